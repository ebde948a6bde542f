"""What auditors are told: who may use a role and why, and which roles a person may use and why."""

from chalicelib.core.model import Frozen


class Holder(Frozen):
    """An identity's right to the role: where it comes from, and when it counts. Epoch seconds."""

    identity: str
    sources: tuple[str, ...]
    cli_only: bool
    not_before: int | None
    not_after: int | None
    in_force: bool


class RoleReview(Frozen):
    """`refusal` says why nobody gets the role whatever they hold; `synced_at` is when the account was last read."""

    role_arn: str
    account_name: str | None
    synced_at: int | None
    too_old: bool
    refusal: str | None
    holders: tuple[Holder, ...]


class Reason(Frozen):
    identity: str
    source: str


class HeldRole(Frozen):
    """`too_old` roles are given only after a look at IAM itself."""

    role_arn: str
    account_name: str | None
    reasons: tuple[Reason, ...]
    cli_only: bool
    not_after: int | None
    too_old: bool


class PersonReview(Frozen):
    """`groups` as `source` said them at `observed_at`: None when nobody knows the person, who may still be named by roles."""

    user: str
    groups: tuple[str, ...]
    source: str | None
    observed_at: int | None
    suspended: bool
    roles: tuple[HeldRole, ...]
