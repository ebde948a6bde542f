"""Types of the inventory: a role as IAM tells it, and what is kept about any resource to notice that it changed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen
from chalicelib.core.roles import AuthorizedRole
from chalicelib.inventory.resource_type import Resource

_WEEK = 7 * 86_400


class InventoryConfig(Frozen):
    """Section `inventory`."""

    owner_tags: tuple[str, ...] = ("owner",)
    """Tag keys that name who owns a resource; the first that is there counts."""

    types: tuple[str, ...] | None = None
    """Types of resources that are listed (`iam_role`, `s3_bucket`...); None for all that this product knows."""
    listings_at_once: int = Field(default=4, ge=1, le=16)
    """Types and regions of one account that are listed at the same time."""

    def owner_of(self, tags: Mapping[str, str]) -> str | None:
        return next((tags[key] for key in self.owner_tags if tags.get(key)), None)


class NamedPolicy(Frozen):
    name: str
    document: dict[str, Any]


class AttachedPolicy(Frozen):
    name: str
    arn: str


class LastUse(Frozen):
    at: str
    region: str


class RoleRecord(Resource):
    """An IAM role, whole."""

    VOLATILE: ClassVar[frozenset[str]] = frozenset({"last_used"})

    path: str
    role_id: str
    create_date: str
    description: str | None
    max_session_duration: int
    trust_policy: dict[str, Any]
    inline_policies: tuple[NamedPolicy, ...]
    attached_policies: tuple[AttachedPolicy, ...]
    permissions_boundary: str | None
    instance_profiles: tuple[str, ...]
    last_used: LastUse | None

    @property
    def config_id(self) -> str:
        return self.role_id

    def content_hash(self) -> str:
        """Of the last use only the week counts: a busy role is not a changed one."""
        used = self.last_used
        week = int(datetime.fromisoformat(used.at).timestamp()) // _WEEK if used else None
        return content_hash({"role": super().content_hash(), "used_in_week": week})

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
    """What the table says of a resource: enough to see whether it changed, and who would lose a right to it. `observed_at` is when it
    was last seen to have changed.

    `granted` holds a digest of the claims by identity, and one of what the role's trust policy allows.
    """

    arn: str
    name: str
    content_hash: str
    observed_at: int
    granted: dict[str, str]
    region: str = ""


class Listed(Frozen):
    """What tables and search boxes show of a resource."""

    arn: str
    name: str
    tags: dict[str, str]
    owner: str | None
    observed_at: int
    technology: str = ""
    region: str = ""
    config_id: str = ""


class ResourceWrite(Frozen):
    """One resource to be written: the small row that is listed and the gzipped detail that is read alone.

    `technology` is AWS Config's word for its type, `config_id` its word for the resource, kept where tables link to its history.
    `replaces` is the content's hash before; empty for a new resource.
    """

    arn: str
    name: str
    content_hash: str
    tags: dict[str, str]
    owner: str | None
    granted: dict[str, str]
    detail: bytes
    technology: str = ""
    region: str = ""
    config_id: str = ""
    replaces: str = ""
