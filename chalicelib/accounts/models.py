"""Types of accounts, and the section of the configuration that says where they come from."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from chalicelib.core.arn import parse_role_arn
from chalicelib.core.model import Frozen

AccountId = Annotated[str, StringConstraints(pattern=r"^\d{12}$")]
RoleArn = Annotated[str, AfterValidator(lambda text: str(parse_role_arn(text)))]
TagKey = Annotated[str, StringConstraints(min_length=1, max_length=128)]
SourceName = Literal["organizations", "static", "current_account", "plugins"]


class OrganizationConfig(Frozen):
    role_arn: RoleArn | None = None
    """The role to read the organisation by, in its management account or in that of a delegated administrator; None for the function's
    own. The functions that read organisations get the right to take it when they are deployed."""
    account_tags: bool = False
    """Whether the tags of accounts are read too, for scopes and visibility rules that name them: one call for each account."""

    @property
    def source(self) -> str:
        """What accounts of it remember as the source that speaks for them."""
        return f"organizations {self.role_arn}" if self.role_arn else "organizations"


class StaticAccount(Frozen):
    name: str | None = None
    environment: str | None = None
    owner: str | None = None
    tags: dict[str, str] | None = None
    """Laid over the account's tags key by key."""


class AccountsConfig(Frozen):
    """Section `accounts`. What `static` says of an account is laid over what the other sources say of it."""

    sources: tuple[SourceName, ...] = Field(default=("organizations",), min_length=1)
    organizations: tuple[OrganizationConfig, ...] = Field(default=(OrganizationConfig(),), min_length=1)
    """One entry for each organisation. One that can't be read keeps its accounts as they were, and stops no other."""
    static: dict[AccountId, StaticAccount] = Field(default_factory=dict)
    environment_tags: tuple[TagKey, ...] = ("environment",)
    """Tag keys of accounts that name their environment, where tags are read and `static` says nothing; the first that is there counts."""
    owner_tags: tuple[TagKey, ...] = ("owner",)
    """The same for their owner."""
    keep_rows_days: int = Field(default=30, ge=1, le=3650)
    """Days for which the inventory keeps the resources of an account that left or is not active. Its rights go at once."""

    @field_validator("organizations", mode="before")
    @classmethod
    def _one_without_a_list(cls, given: Any) -> Any:
        return [given] if isinstance(given, dict) else given

    @field_validator("organizations")
    @classmethod
    def _each_once(cls, given: tuple[OrganizationConfig, ...]) -> tuple[OrganizationConfig, ...]:
        roles = [organization.role_arn for organization in given]
        if len(set(roles)) < len(roles):
            message = "two organisations are read by the same role: each needs its own"
            raise ValueError(message)
        return given


class AccountStatus(StrEnum):
    """AWS's words, and one of ours: LEFT is no longer named by any source."""

    ACTIVE = "ACTIVE"
    PENDING_ACTIVATION = "PENDING_ACTIVATION"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    CLOSED = "CLOSED"
    LEFT = "LEFT"


class Account(Frozen):
    """`ou_path` is the names of the organisational units above it (`Workloads/Prod`); None when the source knows no tree.

    `parent_id` is the unit that holds it in its organisation's tree, `source` the one that speaks for it.
    """

    account_id: str
    name: str
    environment: str | None = None
    owner: str | None = None
    ou_path: str | None = None
    status: AccountStatus = AccountStatus.ACTIVE
    tags: dict[str, str] = Field(default_factory=dict)
    organization_id: str | None = None
    parent_id: str | None = None
    source: str = ""


class AccountRecord(Frozen):
    """An account as the directory holds it; `rights_withdrawn` once nobody has a role of an account that is not active.

    `inactive_since` is when it was first seen not to be active; `rows_removed` once the inventory holds nothing of it either.
    """

    account: Account
    observed_at: int
    rights_withdrawn: bool = False
    inactive_since: int | None = None
    rows_removed: bool = False
