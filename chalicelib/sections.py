"""The sections of the configuration document, each with the type of the package that owns it. A new section is one line here."""

import importlib

from pydantic import BaseModel

SECTIONS = {
    "accounts": "chalicelib.accounts.models:AccountsConfig",
    "authorization": "chalicelib.access.authorization:AuthorizationConfig",
    "console": "chalicelib.access.models:ConsoleConfig",
    "credentials": "chalicelib.access.models:CredentialsConfig",
    "denies": "chalicelib.inventory.denies.models:DeniesConfig",
    "deployment": "chalicelib.identity.methods.registry:FullDeployment",
    "directory": "chalicelib.identity.directory.models:DirectoryConfig",
    "groups": "chalicelib.identity.scopes:GroupsConfig",
    "guardrails": "chalicelib.requests.guardrails.config:GuardrailsConfig",
    "inventory": "chalicelib.inventory.models:InventoryConfig",
    "notifications": "chalicelib.notifications.models:NotificationsConfig",
    "requests": "chalicelib.requests.models:RequestsConfig",
    "sessions": "chalicelib.identity.models:SessionsConfig",
    "site": "chalicelib.identity.models:SiteConfig",
    "user_role_creator": "chalicelib.requests.role_life.models:RoleCreatorConfig",
    "visibility": "chalicelib.identity.scopes:VisibilityConfig",
}
"""The sections of the configuration document and the types that read them; any other section is a misspelling."""


def section_models() -> dict[str, type[BaseModel]]:
    """The types themselves, which whoever checks a whole document needs."""
    places = {name: place.partition(":") for name, place in SECTIONS.items()}
    return {name: getattr(importlib.import_module(module), word) for name, (module, _, word) in places.items()}
