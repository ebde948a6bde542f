"""The configuration document that fits the demo organisation."""

from typing import Any

import yaml

from infra.local.demo.model import Organisation, Role
from infra.local.demo.people import people
from infra.local.demo.tables import table
from infra.local.telling import setting


class _Quoting(yaml.SafeDumper):
    """Account ids stay text for every reader: some begin with a zero, which YAML 1.2 reads as a number."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="'" if value.isdigit() else None)


_Quoting.add_representer(str, _text)


def configuration_yaml(organisation: Organisation, roles: tuple[Role, ...], regions: list[str]) -> str:
    permissions = table("people")["permissions"]
    configuration = {
        "deployment": {
            "administrators": list(permissions["can_admin"]),
            "hub": {
                "account_id": organisation.hub.id,
                "partition": "aws",
                "api_role": "ConsoleMeApi",
                "sync_role": "ConsoleMeSync",
                "apply_role": "ConsoleMeApply",
            },
            "spoke": {"read_role": "ConsoleMeSpokeRead", "apply_role": "ConsoleMeSpokeApply"},
            "regions": list(regions),
            "sign_in": ["session"],
        },
        "accounts": {
            "sources": ["organizations"],
            "organizations": {"role_arn": None},
            "static": {
                account.id: {"name": account.key, "environment": account.environment, "owner": account.owner}
                for account in organisation.accounts
            },
        },
        "authorization": {
            "role_tags": {
                "authorized": ["consoleme-authorized"],
                "cli_only": ["consoleme-authorized-cli-only"],
                "delimiters": [":"],
            },
            "group_mapping": _group_mapping(organisation, roles),
            "max_authorization_age": 86400,
        },
        "credentials": {"session_duration": 3600, "require_source_identity": False},
        "console": {"federation_url": None, "issuer": "consoleme", "region": regions[0]},
        "sessions": {"web_minutes": 60, "cli_hours": 12, "cookie_name": None},
        "directory": {
            "sources": ["static"],
            "static": {
                "people": {one.email: {"name": one.name, "groups": list(one.groups)} for one in people()},
            },
        },
        "groups": {permission: list(identities) for permission, identities in permissions.items()},
        "notifications": setting.section(),
        "guardrails": {"denied_actions": ["organizations:LeaveOrganization", "account:CloseAccount"]},
        "requests": {"allow_self_approval": False},
        "site": {"support_contact": organisation.hub.owner, "documentation_url": None},
    }
    return yaml.dump(configuration, Dumper=_Quoting, sort_keys=False, allow_unicode=True, width=120)


def _group_mapping(organisation: Organisation, roles: tuple[Role, ...]) -> dict[str, dict[str, list[str]]]:
    """The table's mapping with ARNs for `account/name`, without what this size leaves out."""
    keys = {account.id: account.key for account in organisation.accounts}
    arns = {f"{keys[role.account_id]}/{role.name}": role.arn for role in roles}

    def known(names: list[str]) -> list[str]:
        return [arns[name] for name in names if name in arns]

    rows: dict[str, dict[str, Any]] = table("people")["group_mapping"]
    mapped = {
        identity: {key: found for key, names in row.items() if (found := known(names))}
        for identity, row in rows.items()
    }
    return {identity: row for identity, row in mapped.items() if row}
