"""What a module of `resources/` offers: one type of AWS resource, how it is listed, read again, and shown.

A module holds one constant `RESOURCE_TYPE`; `registry.py` finds it. The engine that refreshes knows nothing else of a type.
"""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, Self, TypeVar

from pydantic import Field

from chalicelib.core.arn import Arn
from chalicelib.core.canonical import canonical_json, content_hash
from chalicelib.core.model import Frozen

if TYPE_CHECKING:
    from chalicelib.aws.spoke_read import AccountReader

HOUR = 3600
IAM_EVERY, REGIONAL_EVERY = HOUR, 6 * HOUR
"""Seconds between two listings: events carry what changes in between, and IAM is where rights come from."""


class Resource(Frozen):
    """One resource as it was read. Each type adds fields of its own; times are ISO 8601 in UTC.

    `account_id` is where it is, also when its ARN does not say so (buckets); `region` is empty for IAM.
    """

    FORM: ClassVar[int] = 1
    """Raised when the record's fields change: every row is then written anew by the next run."""
    VOLATILE: ClassVar[frozenset[str]] = frozenset()
    """Fields that change without the resource having changed; kept, never compared."""

    arn: str
    name: str
    account_id: str
    region: str = ""
    tags: dict[str, str] = Field(default_factory=dict)

    @property
    def technology(self) -> str:
        """AWS Config's word for its type when that differs from its type's own; empty otherwise."""
        return ""

    @property
    def config_id(self) -> str:
        """What AWS Config calls it: for most types its ARN."""
        return self.arn

    def content_hash(self) -> str:
        return content_hash({**self.model_dump(mode="json", exclude=set(self.VOLATILE)), "form": self.FORM})

    def packed(self) -> bytes:
        return gzip.compress(canonical_json(self.model_dump(mode="json")).encode(), mtime=0)

    @classmethod
    def unpacked(cls, detail: bytes) -> Self:
        return cls.model_validate_json(gzip.decompress(detail))


R_co = TypeVar("R_co", bound=Resource, covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type is listed; `region` is empty for global types."""

    account_id: str
    region: str = ""

    @property
    def scope(self) -> str:
        """What succeeds or fails as one, within a type: the account, or `account/region`."""
        return f"{self.account_id}/{self.region}" if self.region else self.account_id


@dataclass(frozen=True, slots=True)
class Page(Generic[R_co]):
    """`unreadable` are resources that exist and can't be understood, by ARN with the reason: they stay as they were.

    `after` is where a later call of `pages` may go on behind this page; empty at the end, or when the listing can't be cut.
    """

    records: tuple[R_co, ...]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    after: str = ""


class Shown(Protocol):
    """What a link needs to know of a resource: its record knows it, and so does a row of a table."""

    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def region(self) -> str: ...


class ResourceType(Protocol[R_co]):
    """One type. Its methods raise AccessDeniedByAws, Throttled or Upstream, also in the middle of a listing."""

    @property
    def name(self) -> str:
        """`iam_user`, `s3_bucket`...: the key of rows and of last successes."""

    @property
    def technology(self) -> str:
        """AWS Config's word: `AWS::IAM::User`. What tables show and filter by; tables leave out a type without one."""

    @property
    def regional(self) -> bool:
        """Whether it is listed region by region."""

    @property
    def every(self) -> int:
        """Seconds between two scheduled listings."""

    @property
    def actions(self) -> frozenset[str]:
        """IAM actions that the spoke's reading role needs for it."""

    @property
    def record(self) -> type[R_co]:
        """The class of its records, which unpacks the stored detail."""

    def pages(self, reader: "AccountReader", place: Place, after: str = "") -> Iterator[Page[R_co]]:
        """Every resource of the place. One that vanishes while it is read is left out; one that can't be read is `unreadable`."""

    def read(self, reader: "AccountReader", arn: Arn) -> R_co | None:
        """One resource now; None when it does not exist."""

    def owns(self, arn: Arn) -> bool:
        """Whether an ARN is of this type."""

    def console(self, record: Shown) -> str:
        """The page of AWS's console that shows it: path and query without the host, empty when there is none."""
