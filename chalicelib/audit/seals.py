"""Seals: how long each chain was, and its last digest, at a moment; each seal covers the one before. Pure.

A seal names every chain that may still grow, and each that has just been closed. Under Object Lock and signed, it is what a chain
is measured by later: entries can't be taken from its end, nor the chain written anew, without differing from a seal.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field, ValidationError

from chalicelib.audit.chain import BEGINNING, CHAIN_OPEN
from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen


class ChainHead(Frozen):
    """A chain as it stood at `read_at` (0: found, and not read yet). `digest` is that of its last entry."""

    begun_at: int
    count: int = 0
    digest: str = BEGINNING
    read_at: int = 0
    closed: bool = False


class Seal(Frozen):
    """Epoch seconds. Of the chains that began before `found_until`, all are in this seal or closed by one before."""

    number: int = Field(ge=1)
    sealed_at: int
    found_until: int
    previous: str
    """Digest of the seal before."""
    chains: dict[str, ChainHead]

    @property
    def digest(self) -> str:
        return content_hash(self.model_dump(mode="json"))


class SignedSeal(Frozen):
    """A seal as it is stored: `signature` (base64) is of its digest."""

    seal: Seal
    signature: str


def parsed(body: bytes) -> SignedSeal | None:
    """None for what is no seal."""
    try:
        return SignedSeal.model_validate_json(body)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class Sighting:
    """What the table holds at a chain's end; `count` is the number of its last entry and one."""

    count: int
    digest: str


def search_from(last: Seal | None, now: int) -> int:
    """From which moment chains may have begun that no seal knows. Looks back as far as a chain stays open: an index that lags
    for hours hides nothing.
    """
    return (last.found_until if last else now) - CHAIN_OPEN


def carried(last: Seal | None, begun: Mapping[str, int]) -> dict[str, ChainHead]:
    """The chains that the next seal names: those of the last that may be found again, and those that were found by now."""
    if last is None:
        kept = {}
    else:
        kept = {
            writer: head
            for writer, head in last.chains.items()
            if not head.closed or head.begun_at > last.found_until - CHAIN_OPEN
        }
    return kept | {writer: ChainHead(begun_at=moment) for writer, moment in begun.items() if writer not in kept}


def in_turn(chains: Mapping[str, ChainHead]) -> tuple[str, ...]:
    """The chains to read, those that waited longest first."""
    waiting = {writer: head for writer, head in chains.items() if not head.closed}
    return tuple(sorted(waiting, key=lambda writer: (waiting[writer].read_at, writer)))


def advanced(head: ChainHead, seen: Sighting | None, now: int) -> ChainHead:
    """The head after a look at the chain. It only ever grows: a chain that lost entries keeps the head that it had, and a
    verifier then names what is missing.
    """
    grown = seen is not None and seen.count > head.count
    return head.model_copy(
        update={
            "count": seen.count if seen and grown else head.count,
            "digest": seen.digest if seen and grown else head.digest,
            "read_at": now,
            "closed": now >= head.begun_at + CHAIN_OPEN,
        }
    )


def has_lost(head: ChainHead, seen: Sighting | None) -> bool:
    """Whether the chain is shorter than it was, or as long and other."""
    count, digest = (seen.count, seen.digest) if seen else (0, BEGINNING)
    return count < head.count or (count == head.count and digest != head.digest)


def next_seal(last: Seal | None, chains: Mapping[str, ChainHead], *, found_until: int, now: int) -> Seal:
    return Seal(
        number=last.number + 1 if last else 1,
        sealed_at=now,
        found_until=found_until,
        previous=last.digest if last else BEGINNING,
        chains=dict(sorted(chains.items())),
    )
