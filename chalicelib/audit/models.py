"""What is recorded of every act: who, what, on what, why, and how it ended."""

from enum import StrEnum

from pydantic import Field

from chalicelib.core.model import Frozen


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class AuditEntry(Frozen):
    """`person` is a principal (`user:x`) or `system:<task>`; `details` hold names and ids, never a secret."""

    action: str
    person: str
    target: str
    outcome: Outcome
    reason: str = ""
    details: dict[str, str | int | bool | None] = Field(default_factory=dict)


class ChainedEntry(Frozen):
    """An entry in its chain: `digest` covers the entry, its place, and the digest before it."""

    writer: str
    number: int
    occurred_at: int
    previous: str
    digest: str
    entry: AuditEntry
