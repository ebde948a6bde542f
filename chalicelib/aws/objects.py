"""Objects of the bucket: large files, gzipped on the way, each under a name that is used once. Its lifecycle rules remove them."""

import gzip
import shutil
from pathlib import Path

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions

_LEVEL = 1
"""Of gzip: the slower ones save little of an index."""
_PIECE = 1 << 20


class Objects:
    def __init__(self, sessions: Sessions, bucket: str) -> None:
        self._sessions = sessions
        self._bucket = bucket

    def upload(self, key: str, file: Path) -> None:
        """Raises AccessDeniedByAws, Throttled or Upstream."""
        packed = file.with_suffix(".gz")
        try:
            with file.open("rb") as source, gzip.open(packed, "wb", compresslevel=_LEVEL) as target:
                shutil.copyfileobj(source, target, _PIECE)
            with translated(f"to write {key}"):
                self._sessions.client("s3").upload_file(str(packed), self._bucket, key)
        finally:
            packed.unlink(missing_ok=True)

    def download(self, key: str, file: Path) -> None:
        """The file appears only when it is whole. Raises NotFound, AccessDeniedByAws, Throttled or Upstream."""
        growing = file.with_suffix(".part")
        with translated(f"to read {key}"):
            body = self._sessions.client("s3").get_object(Bucket=self._bucket, Key=key)["Body"]
            with gzip.open(body) as source, growing.open("wb") as target:
                shutil.copyfileobj(source, target, _PIECE)
        growing.replace(file)
