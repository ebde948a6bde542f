"""The arithmetic of a chain: each digest covers the one before, so nothing can be altered or left out unseen."""

from collections.abc import Sequence

from chalicelib.audit.models import AuditEntry, ChainedEntry
from chalicelib.core.canonical import content_hash

BEGINNING = "0" * 64


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
        expected = _digest(
            link.entry, writer=link.writer, number=link.number, occurred_at=link.occurred_at, previous=link.previous
        )
        if link.digest != expected:
            found.append(f"{link.writer}: entry {link.number} was altered")
        previous = link.digest
    return found


def _digest(entry: AuditEntry, *, writer: str, number: int, occurred_at: int, previous: str) -> str:
    return content_hash([previous, writer, number, occurred_at, entry.model_dump(mode="json")])
