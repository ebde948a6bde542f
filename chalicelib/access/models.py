"""Types of access: a right to a role, how it changes, and the sections of the configuration that this package owns."""

from typing import Any

from pydantic import Field, field_validator

from chalicelib.core.model import Frozen
from chalicelib.core.principals import Principal


class RoleTags(Frozen):
    """Which tags of a role grant its use. A tag's value names users or groups, separated by the delimiter."""

    authorized: tuple[str, ...] = ("consoleme-authorized",)
    cli_only: tuple[str, ...] = ("consoleme-authorized-cli-only",)
    delimiter: str = Field(default=":", min_length=1)


class MappedRoles(Frozen):
    roles: tuple[str, ...] = ()
    cli_only_roles: tuple[str, ...] = ()


class AuthorizationConfig(Frozen):
    """Section `authorization`."""

    role_tags: RoleTags = RoleTags()
    group_mapping: dict[str, MappedRoles] = Field(default_factory=dict)
    """Principal (`user:` or `group:`) to role ARNs."""
    max_authorization_age: int = Field(default=86_400, ge=60)
    """Seconds after the last successful sync of an account during which its rows may decide."""

    @field_validator("group_mapping")
    @classmethod
    def _principals(cls, mapping: dict[str, MappedRoles]) -> dict[str, MappedRoles]:
        parsed = {str(Principal.parse(name)): roles for name, roles in mapping.items()}
        if len(parsed) != len(mapping):
            message = "two names differ only in case: names are compared without it"
            raise ValueError(message)
        return parsed


class CredentialsConfig(Frozen):
    """Section `credentials`."""

    session_duration: int = Field(default=3600, ge=900, le=43_200)
    require_source_identity: bool = False
    """Refuse roles whose trust policy does not let the hub set SourceIdentity."""
    external_id: str | None = None
    """Sent with every AssumeRole of a person's role, for trust policies that ask for it."""


class ConsoleConfig(Frozen):
    """Section `console`."""

    federation_url: str | None = None
    """Default: the partition's own."""
    issuer: str = "consoleme"
    region: str = "us-east-1"


class AuthorizedRole(Frozen):
    """What decides who may use a role and how, as read from IAM. `tags` and `trust_policy` are as AWS gives them."""

    arn: str
    tags: dict[str, str]
    trust_policy: dict[str, Any]
    max_session_duration: int = 3600


class RoleGrant(Frozen):
    """One identity's right to one role, with its provenance and with what the role's trust policy lets the hub send."""

    role_arn: str
    cli_only: bool
    sources: tuple[str, ...]
    source_identity: bool
    session_tags: bool
    max_session_duration: int = 3600
    not_before: int | None = None
    not_after: int | None = None


class GrantChange(Frozen):
    """A role that an identity gains, keeps in another form, or (`grant` None) loses; by an observation at epoch seconds."""

    role_arn: str
    grant: RoleGrant | None
    observed_at: int


class GrantMessage(Frozen):
    """What the authorisation queue carries: changes of one identity (`user:x` or `group:x`), grouped by it."""

    identity: str
    changes: tuple[GrantChange, ...]
