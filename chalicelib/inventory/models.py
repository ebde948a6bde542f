"""Types of the inventory: a role as IAM tells it, and what is kept about any resource to notice that it changed."""

from typing import Any

from chalicelib.core.model import Frozen
from chalicelib.core.roles import AuthorizedRole


class InventoryConfig(Frozen):
    """Section `inventory`."""

    owner_tags: tuple[str, ...] = ("owner",)
    """Tag keys that name who owns a resource; the first that is there counts."""


class NamedPolicy(Frozen):
    name: str
    document: dict[str, Any]


class AttachedPolicy(Frozen):
    name: str
    arn: str


class LastUse(Frozen):
    at: str
    region: str


class RoleRecord(Frozen):
    """An IAM role, whole. Times are ISO 8601 in UTC, as the wire shows them."""

    arn: str
    name: str
    path: str
    account_id: str
    role_id: str
    create_date: str
    description: str | None
    max_session_duration: int
    tags: dict[str, str]
    trust_policy: dict[str, Any]
    inline_policies: tuple[NamedPolicy, ...]
    attached_policies: tuple[AttachedPolicy, ...]
    permissions_boundary: str | None
    instance_profiles: tuple[str, ...]
    last_used: LastUse | None

    @property
    def authorizing(self) -> AuthorizedRole:
        """The part that decides who may use it."""
        return AuthorizedRole(
            arn=self.arn,
            tags=self.tags,
            trust_policy=self.trust_policy,
            max_session_duration=self.max_session_duration,
        )


class Known(Frozen):
    """What the table says of a resource: enough to see whether it changed, and who would lose a right to it.

    `granted` holds a digest of the claims by identity, and one of what the role's trust policy allows.
    """

    arn: str
    name: str
    content_hash: str
    observed_at: int
    granted: dict[str, str]


class Listed(Frozen):
    """What tables and search boxes show of a resource."""

    arn: str
    name: str
    tags: dict[str, str]
    owner: str | None
    observed_at: int


class ResourceWrite(Frozen):
    """One resource to be written: the small row that is listed and the gzipped detail that is read alone.

    `replaces` is the content's hash before; empty for a new resource.
    """

    arn: str
    name: str
    content_hash: str
    tags: dict[str, str]
    owner: str | None
    granted: dict[str, str]
    detail: bytes
    replaces: str = ""
