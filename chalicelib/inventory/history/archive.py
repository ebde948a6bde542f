"""One object of the bucket for each resource that ever changed: its versions, gzipped."""

import gzip
import hashlib
from dataclasses import dataclass

from chalicelib.aws.objects import Objects
from chalicelib.core.canonical import canonical_json
from chalicelib.inventory.history.models import ResourceHistory

_MOST = 4_000_000
"""Bytes of an object. Somebody waits for it to be read; of a huge resource fewer versions are kept."""


@dataclass(frozen=True, slots=True)
class Archived:
    """`mark` is what this state of the object is told by, for whoever replaces it."""

    history: ResourceHistory
    mark: str


class Archive:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def find(self, arn: str) -> Archived | None:
        """Raises AccessDeniedByAws, Throttled or Upstream."""
        found = self._objects.read(_key(arn))
        if found is None:
            return None
        return Archived(ResourceHistory.model_validate_json(gzip.decompress(found.content)), found.mark)

    def put(self, history: ResourceHistory, *, replaces: str) -> None:
        """`replaces` is the mark of what was found, empty for nothing. Raises Conflict when somebody else was first."""
        packed = _packed(history)
        while len(packed) > _MOST and len(history.versions) > 1:
            history = history.model_copy(update={"versions": history.versions[1:]})
            packed = _packed(history)
        self._objects.put(_key(history.arn), packed, replaces=replaces)


def _packed(history: ResourceHistory) -> bytes:
    return gzip.compress(canonical_json(history.model_dump(mode="json")).encode(), mtime=0)


def _key(arn: str) -> str:
    """ARNs hold what keys should not, and are longer than a key may be."""
    return f"history/{hashlib.sha256(arn.encode()).hexdigest()}.json.gz"
