"""Objects of a bucket under Object Lock: each is written once, and stays, whatever is laid over it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    """One version of a key, or (`deleted`) a marker that hides the others. `stored_at` is S3's own epoch second."""

    key: str
    version_id: str
    stored_at: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class StoredObject:
    """`locked_until` in epoch seconds; None for an object that anybody with the right could delete."""

    body: bytes
    locked_until: int | None


class LockedObjects:
    def __init__(self, sessions: Sessions, bucket: str) -> None:
        self._sessions = sessions
        self._bucket = bucket

    def put_new(self, key: str, body: bytes) -> None:
        """Raises Conflict when the key exists, unless what it holds is this very body (an answer that was lost)."""
        try:
            with translated(f"to write {key}"):
                self._sessions.client("s3").put_object(Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*")
        except Conflict:
            if self.read(key).body != body:
                raise

    def read(self, key: str, version_id: str = "") -> StoredObject:
        """The version, or the current one. Raises NotFound, AccessDeniedByAws, Throttled or Upstream."""
        which: Any = {"VersionId": version_id} if version_id else {}
        with translated(f"to read {key}"):
            answer = self._sessions.client("s3").get_object(Bucket=self._bucket, Key=key, **which)
            body = answer["Body"].read()
        until: datetime | None = answer.get("ObjectLockRetainUntilDate")
        return StoredObject(body, None if until is None else int(until.timestamp()))

    def versions(self, prefix: str, after: str = "") -> Iterator[ObjectVersion]:
        """Every version and marker below `prefix`, by key, for the keys that come after `after`; newest version first."""
        marker: Any = {"KeyMarker": after} if after else {}
        while True:
            with translated(f"to list {prefix}"):
                page: Any = self._sessions.client("s3").list_object_versions(
                    Bucket=self._bucket, Prefix=prefix, **marker
                )
            versions = [_version(found, deleted=False) for found in page.get("Versions", [])]
            markers = [_version(found, deleted=True) for found in page.get("DeleteMarkers", [])]
            yield from sorted(versions + markers, key=lambda one: one.key)
            if not page.get("IsTruncated"):
                return
            marker = {name: page[f"Next{name}"] for name in ("KeyMarker", "VersionIdMarker") if page.get(f"Next{name}")}


def _version(found: Any, *, deleted: bool) -> ObjectVersion:
    return ObjectVersion(found["Key"], found["VersionId"], int(found["LastModified"].timestamp()), deleted)
