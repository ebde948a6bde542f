"""IAM roles and users as AWS describes them, and their ARNs."""

from typing import Any

from pydantic import Field

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen


class Described(Frozen):
    """A role or user as one look shows it. `id` is AWS's own, which one made again under the same name does not have."""

    arn: str
    id: str
    trust: dict[str, Any] | None = None
    """None for a user."""
    boundary: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)
    description: str = ""
    longest_session: int | None = None
    """Seconds; None for a user."""


class NewRole(Frozen):
    """What AWS makes of a role in one call."""

    trust: dict[str, Any]
    description: str = ""
    longest_session: int = 3600
    boundary: str | None = None
    tags: dict[str, str] = Field(default_factory=dict)


def parse_principal_arn(text: str) -> Arn:
    """An ARN that must be an IAM role's or user's. Raises InvalidInput."""
    arn = Arn.parse(text)
    if not (arn.is_iam("role") or arn.is_iam("user")):
        raise InvalidInput(f"'{text[:200]}' is not the ARN of an IAM role or user.", reason="not_a_principal_arn")
    return arn


def parse_policy_arn(text: str) -> Arn:
    """An ARN that must be a managed policy's, an account's own or AWS's. Raises InvalidInput."""
    arn = Arn.parse(text)
    own = arn.is_iam("policy")
    of_aws = arn.account == "aws" and arn.service == "iam" and arn.resource_type == "policy" and bool(arn.name)
    if not (own or of_aws):
        raise InvalidInput(f"'{text[:200]}' is not the ARN of a managed policy.", reason="not_a_policy_arn")
    return arn


def check_same_account(policy_arn: str, principal_arn: str) -> None:
    """A managed policy fits principals of its own account, AWS's own ones those of their partition. Raises InvalidInput."""
    principal, policy = parse_principal_arn(principal_arn), parse_policy_arn(policy_arn)
    if policy.account not in {"aws", principal.account} or policy.partition != principal.partition:
        raise InvalidInput(
            f"{policy_arn} is of another account than {principal_arn}; AWS lets a principal have policies of its own account only.",
            reason="policy_of_another_account",
        )


def noun(arn: Arn) -> str:
    """`role` or `user`."""
    return arn.resource_type
