"""Types of accounts, and the section of the configuration that says where they come from."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.model import Frozen

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
SourceName = Literal["organizations", "static", "current_account", "plugins"]


class OrganizationsConfig(Frozen):
    role_arn: str | None = None
    """The role to read the organisation by; None for the function's own."""
    account_tags: bool = False
    """Whether the tags of accounts are read too, for scopes and visibility rules that name them: one call for each account."""


class StaticAccount(Frozen):
    name: str | None = None
    environment: str | None = None
    owner: str | None = None
    tags: dict[str, str] | None = None
    """Laid over the account's tags key by key."""


class AccountsConfig(Frozen):
    """Section `accounts`. What `static` says of an account is laid over what the other sources say of it."""

    sources: tuple[SourceName, ...] = Field(default=("organizations",), min_length=1)
    organizations: OrganizationsConfig = OrganizationsConfig()
    static: dict[AccountId, StaticAccount] = Field(default_factory=dict)


class AccountStatus(StrEnum):
    """AWS's words, and one of ours: LEFT is no longer named by any source."""

    ACTIVE = "ACTIVE"
    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"
    LEFT = "LEFT"


class Account(Frozen):
    """`ou_path` is the names of the organisational units above it (`Workloads/Prod`); None when the source knows no tree."""

    account_id: str
    name: str
    environment: str | None = None
    owner: str | None = None
    ou_path: str | None = None
    status: AccountStatus = AccountStatus.ACTIVE
    tags: dict[str, str] = Field(default_factory=dict)


class AccountRecord(Frozen):
    """An account as the directory holds it; `rights_withdrawn` once nobody has a role of an account that is not active."""

    account: Account
    observed_at: int
    rights_withdrawn: bool = False
