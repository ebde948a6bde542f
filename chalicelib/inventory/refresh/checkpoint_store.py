"""Table `jobs`, the part about listings that one step of a visit began and the next one goes on with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.core.clock import Clock
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_LIFE = 3 * 3600
"""Seconds; a run is given up after two hours."""
_MARK = 8
_PART = 40_000
"""Marks in one item: 320 KB."""


class CheckpointRow(Table):
    suffix = "jobs"

    observed_at = NumberAttribute(null=True)
    after = UnicodeAttribute(null=True)
    found = NumberAttribute(null=True)
    seen = BinaryAttribute(legacy_encoding=False, null=True)
    expires_at = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a listing that began at `observed_at` goes on, how many it has found, and the marks (eight bytes each) of them."""

    observed_at: int
    after: str
    found: int = 0
    seen: frozenset[bytes] = field(default_factory=frozenset)


class Checkpoints:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def put(self, run_id: str, account_id: str, scope: tuple[str, str], checkpoint: Checkpoint) -> None:
        """Marks first: a crash in between leaves the place where the listing went on before, and it sees the same again."""
        kind, scope_id = scope
        marks = b"".join(sorted(checkpoint.seen))
        parts = [marks[start : start + _PART * _MARK] for start in range(0, len(marks), _PART * _MARK)]
        ends = self._clock.now() + _LIFE
        with translated(f"the checkpoint of {kind} {scope_id}"):
            for number, part in enumerate(parts):
                key = f"{kind}#{scope_id}#SEEN#{number:03d}"
                CheckpointRow(_key(run_id, account_id), key, seen=part, expires_at=ends).save()
            CheckpointRow(
                _key(run_id, account_id),
                f"{kind}#{scope_id}",
                observed_at=checkpoint.observed_at,
                after=checkpoint.after,
                found=checkpoint.found,
                expires_at=ends,
            ).save()

    def of_visit(self, run_id: str, account_id: str) -> dict[tuple[str, str], Checkpoint]:
        """By type and scope id; strongly consistent."""
        with translated(f"the checkpoints of {account_id}"):
            rows = {row.sk: row for row in CheckpointRow.query(_key(run_id, account_id), consistent_read=True)}
        found = {}
        for key, row in rows.items():
            if "#SEEN#" in key:
                continue
            kind, _, scope_id = key.partition("#")
            marks = b"".join(part.seen for name, part in sorted(rows.items()) if name.startswith(f"{key}#SEEN#"))
            found[kind, scope_id] = Checkpoint(
                observed_at=int(row.observed_at),
                after=row.after or "",
                found=int(row.found or 0),
                seen=frozenset(_cut(marks)),
            )
        return found


def _cut(marks: bytes) -> Iterator[bytes]:
    for start in range(0, len(marks), _MARK):
        yield marks[start : start + _MARK]


def _key(run_id: str, account_id: str) -> str:
    return f"CHECKPOINT#{run_id}#{account_id}"
