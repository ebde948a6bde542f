"""Objects of the bucket: large files, gzipped on the way, each under a name that is used once, which lifecycle rules remove; and small
ones that are replaced, never unseen.
"""

import gzip
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import NotFound

_LEVEL = 1
"""Of gzip: the slower ones save little of an index."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """`mark` is AWS's ETag: another content has another one."""

    content: bytes
    mark: str


class Objects:
    def __init__(self, sessions: Sessions, bucket: str) -> None:
        self._sessions = sessions
        self._bucket = bucket

    def upload(self, key: str, file: Path) -> None:
        """Raises AccessDeniedByAws, Throttled or Upstream."""
        packed = file.with_suffix(".gz")
        try:
            pack(file, packed)
            with translated(f"to write {key}"):
                self._sessions.client("s3").upload_file(str(packed), self._bucket, key)
        finally:
            packed.unlink(missing_ok=True)

    def download(self, key: str, file: Path) -> None:
        """The file appears only when it is whole. Raises NotFound, AccessDeniedByAws, Throttled or Upstream."""
        growing = file.with_suffix(".part")
        with translated(f"to read {key}"):
            body = self._sessions.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"]
            unpack(cast("IO[bytes]", body), growing)
        growing.replace(file)

    def read(self, key: str) -> Stored | None:
        """None when there is none: S3 says so only to whoever may list the bucket. Raises AccessDeniedByAws, Throttled or Upstream."""
        try:
            with translated(f"to read {key}"):
                answer = self._sessions.client("s3").get_object(Bucket=self._bucket, Key=key)
                return Stored(answer["Body"].read(), answer["ETag"])
        except NotFound:
            return None

    def put(self, key: str, content: bytes, *, replaces: str) -> None:
        """Writes the object if it still is what was read, or still is not there when `replaces` is empty. Raises Conflict otherwise."""
        client = self._sessions.client("s3")
        with translated(f"to write {key}"):
            if replaces:
                client.put_object(Bucket=self._bucket, Key=key, Body=content, IfMatch=replaces)
            else:
                client.put_object(Bucket=self._bucket, Key=key, Body=content, IfNoneMatch="*")


def pack(file: Path, packed: Path) -> None:
    with file.open("rb") as source, gzip.open(packed, "wb", compresslevel=_LEVEL) as target:
        shutil.copyfileobj(source, target, _PIECE)


def unpack(body: IO[bytes], file: Path) -> None:
    """From a stream, piece by piece."""
    with gzip.open(body) as source, file.open("wb") as target:
        shutil.copyfileobj(source, target, _PIECE)
