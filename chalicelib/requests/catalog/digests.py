"""The digest as an object of the bucket."""

import gzip

from pydantic import ValidationError

from chalicelib.aws.objects import Objects
from chalicelib.requests.catalog.models import DIGEST, Digest

KEY = "requests/digest-1.json.gz"
"""With the number of its shape: a function of another release has its own."""
_LEVEL = 6


class Digests:
    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    def read(self) -> tuple[Digest | None, str]:
        """With its mark, for `put`. None when there is none, or none of a shape that is known. Raises Upstream or Throttled."""
        found = self._objects.read(KEY)
        if found is None:
            return None, ""
        try:
            return unpacked(found.content), found.mark
        except (ValidationError, OSError, EOFError):
            # It is only a copy: whoever publishes makes it anew from the table.
            return None, found.mark

    def put(self, digest: Digest, *, replaces: str) -> None:
        """Raises Conflict when somebody else did meanwhile."""
        self._objects.put(KEY, packed(digest), replaces=replaces)


def packed(digest: Digest) -> bytes:
    return gzip.compress(DIGEST.dump_json(digest, exclude_defaults=True), _LEVEL, mtime=0)


def unpacked(content: bytes) -> Digest:
    return DIGEST.validate_json(gzip.decompress(content))
