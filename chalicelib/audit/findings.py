"""What a verification reads, and what it finds."""

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.core.model import Frozen


class Fault(StrEnum):
    ALTERED = "altered"
    """An entry, or a column that it is found by, is not what was written."""
    MISSING = "missing"
    """An entry between others, or a whole chain, is gone."""
    MOVED = "moved"
    """An entry stands at another's place."""
    CUT_OFF = "cut_off"
    """The end of a chain, as a seal has seen it, is gone."""
    FORKED = "forked"
    """The chain goes on otherwise than it did: it was written anew from some place."""
    LATE = "late"
    """An entry, or a chain, appeared after a seal and says that it is older."""
    UNKNOWN = "unknown"
    """A chain that no seal names."""
    SEAL_MISSING = "seal_missing"
    SEAL_ALTERED = "seal_altered"
    """Its signature, its digest, its place or its time is wrong."""
    SEAL_REWRITTEN = "seal_rewritten"
    """Something was laid over it. The first version stands, and is the one that counts."""
    SEAL_UNLOCKED = "seal_unlocked"
    """It stands, and could be deleted."""


class Finding(Frozen):
    """`chain` and `number` name an entry, `seal` a seal; `text` says it for people."""

    fault: Fault
    text: str
    chain: str = ""
    number: int | None = None
    seal: int | None = None


class Position(Frozen):
    """A seal that was verified. `digest` is what it was then."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A row of table `audit` as it stands: nothing about it is believed. `place` is its sort key, `link` its JSON."""

    place: str
    link: str
    day: str
    person: str
    target: str
    occurred_at: int
    begun: str | None


@dataclass(frozen=True, slots=True)
class StoredSeal:
    """The first version of a seal in the bucket. `number` is that of its key; `others` counts what was laid over it."""

    number: int
    body: bytes
    stored_at: int
    locked_until: int | None
    others: int
