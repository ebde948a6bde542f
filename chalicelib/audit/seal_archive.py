"""Where seals are: one object each in a bucket under Object Lock, signed by a key that never leaves KMS."""

import base64
import binascii
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice

from chalicelib.audit.findings import StoredSeal
from chalicelib.audit.seals import Seal, SignedSeal, parsed
from chalicelib.aws.locked_objects import LockedObjects, ObjectVersion
from chalicelib.aws.signatures import Signer

_PREFIX = "seals/"
_SUFFIX = ".json"
_AT_ONCE = 16
"""Seals that are read at the same time: a year has a hundred thousand."""


class SealArchive:
    def __init__(self, objects: LockedObjects, signer: Signer) -> None:
        self._objects = objects
        self._signer = signer

    def add(self, seal: Seal) -> None:
        """Raises Conflict when somebody else was faster, AccessDeniedByAws, Throttled or Upstream."""
        signature = base64.b64encode(self._signer.sign(bytes.fromhex(seal.digest))).decode()
        body = SignedSeal(seal=seal, signature=signature).model_dump_json().encode()
        self._objects.put_new(_key(seal.number), body)

    def is_genuine(self, signed: SignedSeal) -> bool:
        """Whether our key has signed it. Raises what `add` raises, and NotFound for a key that does not exist."""
        try:
            signature = base64.b64decode(signed.signature, validate=True)
        except binascii.Error:
            return False
        return self._signer.is_genuine(bytes.fromhex(signed.seal.digest), signature)

    def last(self, hint: int = 0) -> Seal | None:
        """The newest that our key has signed. `hint` is the number of one that exists, so that not all need to be listed."""
        since = list(self._versions(max(0, hint - 1)))
        for versions in reversed(since):
            signed = parsed(self._read(versions).body)
            if signed is not None and self.is_genuine(signed):
                return signed.seal
        return self.last() if hint else None

    def after(self, number: int) -> Iterator[StoredSeal]:
        """Every seal that follows, in order; read several at once."""
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            for batch in _batches(self._versions(number)):
                yield from readers.map(self._read, batch)

    def find(self, number: int) -> StoredSeal | None:
        key = _key(number)
        versions = [version for version in self._objects.versions(key) if version.key == key]
        return self._read(versions) if versions else None

    def _versions(self, after: int) -> Iterator[list[ObjectVersion]]:
        """Of each seal all versions, newest first."""
        found = self._objects.versions(_PREFIX, _key(after) if after > 0 else "")
        for key, versions in groupby(found, key=lambda version: version.key):
            if _number(key) is not None:
                yield list(versions)

    def _read(self, versions: list[ObjectVersion]) -> StoredSeal:
        """Raises NotFound for a seal that was deleted between the list and the look."""
        kept = [version for version in versions if not version.deleted]
        number = _number(versions[0].key) or 0
        if not kept:
            return StoredSeal(number, b"", versions[-1].stored_at, None, len(versions))
        first = kept[-1]
        stored = self._objects.read(first.key, first.version_id)
        return StoredSeal(number, stored.body, first.stored_at, stored.locked_until, len(versions) - 1)


def _batches(seals: Iterator[list[ObjectVersion]]) -> Iterator[list[list[ObjectVersion]]]:
    while batch := list(islice(seals, 4 * _AT_ONCE)):
        yield batch


def _key(number: int) -> str:
    return f"{_PREFIX}{number:012d}{_SUFFIX}"


def _number(key: str) -> int | None:
    text = key.removeprefix(_PREFIX).removesuffix(_SUFFIX)
    return int(text) if text.isdecimal() and _key(int(text)) == key else None
