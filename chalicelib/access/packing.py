"""An identity's roles as bytes: gzipped JSON, in one piece while that is small, else in buckets by the hash of the ARN. Pure."""

import gzip
import zlib
from collections.abc import Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from chalicelib.access.rights import Claim, HeldRole, Terms, Word
from chalicelib.core.model import Frozen

HEAD_LIMIT = 64_000
"""Bytes of roles that stand in the identity's first item: sixty of them fit into one transaction's 4 MB. About 3,000 roles."""
PART_LIMIT = 350_000
"""Bytes of one bucket, which is an item of its own: DynamoDB takes 400 KB."""
_AIM = PART_LIMIT * 3 // 4
_LEVEL = 6

Value = TypeVar("Value", bound=Hashable)


class _Packed(Frozen):
    """Roles share most of what is said of them: terms and claims stand once, and roles name their place."""

    terms: tuple[Terms, ...]
    claims: tuple[tuple[Claim, ...], ...]
    roles: dict[str, tuple[int | None, int, int, dict[str, tuple[int, int, int]]]]


_ONE: TypeAdapter[HeldRole] = TypeAdapter(HeldRole)


class _Numbers(Generic[Value]):
    """The place of each value. What was unpacked shares its values, so most are known by identity before they are compared."""

    def __init__(self) -> None:
        self.values: dict[Value, int] = {}
        self._seen: dict[int, int] = {}

    def of(self, value: Value) -> int:
        number = self._seen.get(id(value))
        if number is None:
            number = self._seen[id(value)] = self.values.setdefault(value, len(self.values))
        return number


def packed(roles: Mapping[str, HeldRole]) -> bytes:
    """The same bytes for the same roles."""
    terms, claims = _Numbers[Terms](), _Numbers[tuple[Claim, ...]]()
    rows = {
        arn: (
            None if held.terms is None else terms.of(held.terms),
            held.terms_at,
            held.terms_turn,
            {channel: (claims.of(word.claims), word.at, word.turn) for channel, word in sorted(held.words.items())},
        )
        for arn, held in sorted(roles.items())
    }
    whole = _Packed(terms=tuple(terms.values), claims=tuple(claims.values), roles=rows)
    return gzip.compress(whole.model_dump_json(exclude_defaults=True).encode(), _LEVEL, mtime=0)


def unpacked(data: bytes | None) -> dict[str, HeldRole]:
    if not data:
        return {}
    whole = _Packed.model_validate_json(gzip.decompress(data))
    return {
        arn: HeldRole(
            None if terms is None else whole.terms[terms],
            at,
            {channel: Word(whole.claims[claims], *moment) for channel, (claims, *moment) in words.items()},
            turn,
        )
        for arn, (terms, at, turn, words) in whole.roles.items()
    }


def as_text(held: HeldRole) -> str:
    """One role alone."""
    return _ONE.dump_json(held, exclude_defaults=True).decode()


def from_text(text: str) -> HeldRole:
    return _ONE.validate_json(text)


def bucket_of(arn: str, buckets: int) -> int:
    return zlib.crc32(arn.encode()) % buckets


def split(roles: Mapping[str, HeldRole], buckets: int) -> list[dict[str, HeldRole]]:
    found: list[dict[str, HeldRole]] = [{} for _ in range(buckets)]
    for arn, held in roles.items():
        found[bucket_of(arn, buckets)][arn] = held
    return found


def in_buckets(roles: Mapping[str, HeldRole], whole: int) -> list[bytes]:
    """As few buckets (a power of two) as leave room in each; `whole` is the size of all in one piece."""
    buckets = 1
    while buckets * _AIM < whole:
        buckets *= 2
    while True:
        packs = [packed(part) for part in split(roles, buckets)]
        if fits(packs):
            return packs
        buckets *= 2


def fits(packs: Iterable[bytes]) -> bool:
    return all(len(pack) <= PART_LIMIT for pack in packs)
