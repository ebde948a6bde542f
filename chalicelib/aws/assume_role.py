"""What is asked of STS, and how sessions are named: plain values, which load nothing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.core.arn import Arn
from chalicelib.core.principals import fold

if TYPE_CHECKING:
    from mypy_boto3_sts.type_defs import AssumeRoleRequestTypeDef


@dataclass(frozen=True, slots=True)
class AssumeRole:
    """One AssumeRole call, and the calls before it: each role of `via` is assumed with the credentials of the one before.

    `duration` in seconds; empty fields are not sent.
    """

    role_arn: str
    session_name: str
    duration: int = 3600
    source_identity: str = ""
    external_id: str = ""
    policy: str = ""
    policy_arns: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    transitive_tags: bool = False
    via: "tuple[AssumeRole, ...]" = ()

    def request(self) -> "AssumeRoleRequestTypeDef":
        request: AssumeRoleRequestTypeDef = {
            "RoleArn": self.role_arn,
            "RoleSessionName": self.session_name,
            "DurationSeconds": self.duration,
        }
        if self.source_identity:
            request["SourceIdentity"] = self.source_identity
        if self.external_id:
            request["ExternalId"] = self.external_id
        if self.policy:
            request["Policy"] = self.policy
        if self.policy_arns:
            request["PolicyArns"] = [{"arn": arn} for arn in self.policy_arns]
        if self.tags:
            request["Tags"] = [{"Key": key, "Value": value} for key, value in self.tags]
            if self.transitive_tags:
                request["TransitiveTagKeys"] = [key for key, _ in self.tags]
        return request


_ALLOWED_IN_SESSION_NAME = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-")
_SESSION_NAME_LIMIT = 64


def session_name(user: str) -> str:
    """A RoleSessionName (2-64 of the characters AWS allows) from a user name; the end of a long e-mail is kept, its domain too."""
    cleaned = "".join(letter if letter in _ALLOWED_IN_SESSION_NAME else "-" for letter in fold(user))
    local, at, domain = cleaned.rpartition("@")
    if len(cleaned) > _SESSION_NAME_LIMIT and at:
        cleaned = local[: max(1, _SESSION_NAME_LIMIT - 1 - len(domain))] + at + domain
    return cleaned[:_SESSION_NAME_LIMIT].ljust(2, "-")


def spoke_role(arn_of: Arn, name: str) -> str:
    """The ARN of the spoke role `name` in the account (and partition) of `arn_of`."""
    return f"arn:{arn_of.partition}:iam::{arn_of.account}:role/{name}"
