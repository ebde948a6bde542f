"""The arithmetic of a chain: each digest covers the one before, so nothing can be altered or left out unseen."""

from collections.abc import Sequence

from chalicelib.audit.models import AuditEntry, ChainedEntry
from chalicelib.core.canonical import content_hash

BEGINNING = "0" * 64
CHAIN_LIFE = 6 * 3600
"""Seconds after its first entry during which a chain grows; then its writer begins another. So a sealer can close each chain."""
CHAIN_OPEN = CHAIN_LIFE + 3600
"""Seconds after its first entry at which a chain is over, whatever was still on its way."""


def chained(entry: AuditEntry, *, writer: str, number: int, occurred_at: int, previous: str) -> ChainedEntry:
    digest = _digest(entry, writer=writer, number=number, occurred_at=occurred_at, previous=previous)
    return ChainedEntry(
        writer=writer, number=number, occurred_at=occurred_at, previous=previous, digest=digest, entry=entry
    )


def faults(chain: Sequence[ChainedEntry]) -> list[str]:
    """What is wrong with a chain read in order; empty when it is whole."""
    found: list[str] = []
    previous = BEGINNING
    for place, link in enumerate(chain):
        if link.number != place:
            found.append(f"{link.writer}: entry {place} is missing or out of order")
        if link.previous != previous:
            found.append(f"{link.writer}: entry {link.number} does not follow the entry before it")
        if not genuine(link):
            found.append(f"{link.writer}: entry {link.number} was altered")
        previous = link.digest
    return found


def genuine(link: ChainedEntry) -> bool:
    """Whether the digest is that of what the link says."""
    return link.digest == _digest(
        link.entry, writer=link.writer, number=link.number, occurred_at=link.occurred_at, previous=link.previous
    )


def _digest(entry: AuditEntry, *, writer: str, number: int, occurred_at: int, previous: str) -> str:
    return content_hash([previous, writer, number, occurred_at, entry.model_dump(mode="json")])
