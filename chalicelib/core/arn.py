"""ARNs: neutral to the partition (aws, aws-cn, aws-us-gov), and they keep the path of the resource."""

import re
from dataclasses import dataclass
from typing import Self

from chalicelib.core.errors import InvalidInput

_PARTS = 6
_ACCOUNT = re.compile(r"[0-9]{12}")
_IAM_NAME = re.compile(r"[\w+=,.@-]{1,128}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Arn:
    """`arn:partition:service:region:account:resource`; the resource may itself hold colons and slashes."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises InvalidInput when the text is not an ARN."""
        parts = text.split(":", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] != "arn" or not parts[1] or not parts[2] or not parts[5]:
            raise InvalidInput(
                f"'{text[:200]}' is not an ARN. An ARN looks like arn:aws:iam::123456789012:role/name.",
                reason="bad_arn",
            )
        return cls(*parts[1:])

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def resource_type(self) -> str:
        """`role` of `role/team/name`; empty for a bucket, a queue or a topic, whose ARN names no type."""
        return self.resource.split("/", 1)[0] if "/" in self.resource else ""

    @property
    def path_and_name(self) -> str:
        """`team/name` of `role/team/name`."""
        return self.resource.split("/", 1)[1] if "/" in self.resource else self.resource

    @property
    def name(self) -> str:
        """The last component: what IAM's APIs call the role's name."""
        return self.resource.rsplit("/", 1)[-1]

    @property
    def is_iam_role(self) -> bool:
        return self.is_iam("role")

    def is_iam(self, kind: str) -> bool:
        """Whether it is an account's own `role`, `user`, `group` or `policy`; AWS's managed policies are no account's."""
        return (
            self.service == "iam"
            and not self.region
            and self.resource_type == kind
            and _ACCOUNT.fullmatch(self.account) is not None
            and _IAM_NAME.fullmatch(self.name) is not None
        )


def role_arn(partition: str, account: str, path_and_name: str) -> str:
    """The ARN of a role from its account and `path/name`."""
    return f"arn:{partition}:iam::{account}:role/{path_and_name.lstrip('/')}"


def parse_role_arn(text: str) -> Arn:
    """An ARN that must be an IAM role's. Raises InvalidInput."""
    arn = Arn.parse(text)
    if not arn.is_iam_role:
        raise InvalidInput(f"'{text[:200]}' is not the ARN of an IAM role.", reason="not_a_role_arn")
    return arn
