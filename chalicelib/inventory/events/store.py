"""Table `jobs`, the part about events: which were dealt with, so that one that comes twice is dealt with once."""

from collections.abc import Collection

from pynamodb.attributes import NumberAttribute

from chalicelib.core.clock import Clock
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

LIFE = 4 * 86_400
"""Seconds; a queue keeps what it could not deliver for as long."""


class SeenRow(Table):
    suffix = "jobs"

    expires_at = NumberAttribute(null=True)


class SeenEvents:
    """Of one reader: what one has dealt with, another has not."""

    def __init__(self, reader: str, clock: Clock) -> None:
        self._reader = reader
        self._clock = clock

    def among(self, ids: Collection[str]) -> frozenset[str]:
        """Those that were dealt with; strongly consistent."""
        keys = [(_key(one), self._reader) for one in sorted(set(ids))]
        if not keys:
            return frozenset()
        with translated("the events"):
            rows = list(SeenRow.batch_get(keys, consistent_read=True))
        now = self._clock.now()
        return frozenset(row.pk.removeprefix(_key("")) for row in rows if int(row.expires_at or 0) > now)

    def note(self, ids: Collection[str]) -> None:
        """After the work, never before it: after a crash in between it is done again, which changes nothing."""
        expires_at = self._clock.now() + LIFE
        with translated("the events"), SeenRow.batch_write() as batch:
            for one in sorted(set(ids)):
                batch.save(SeenRow(_key(one), self._reader, expires_at=expires_at))


def _key(event_id: str) -> str:
    return f"TRAIL#{event_id}"
