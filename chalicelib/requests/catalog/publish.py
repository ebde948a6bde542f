"""The digest of all requests is brought forward each minute, and read whole from the table once a day."""

from collections.abc import Iterable
from typing import Protocol

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.requests.catalog.catalog import OVERLAP, Snapshot, forward
from chalicelib.requests.catalog.models import Digest, Listed

WHOLE_EVERY = 86_400


class Source(Protocol):
    def changed(self, since: int) -> Iterable[Listed]: ...

    def stuck(self) -> frozenset[str]: ...


class Shelf(Protocol):
    def read(self) -> tuple[Digest | None, str]: ...

    def put(self, digest: Digest, *, replaces: str) -> None: ...


class DigestReport(Frozen):
    """What the task did. Nothing is written when nothing has changed."""

    published: bool
    rows: int
    stuck: int


class DigestPublisher:
    def __init__(self, *, store: Source, digests: Shelf, clock: Clock) -> None:
        self._store = store
        self._digests = digests
        self._clock = clock

    def run(self) -> DigestReport:
        """May be repeated, and run twice at once: one of them writes. Raises Upstream or Throttled."""
        now = self._clock.now()
        before, mark = self._digests.read()
        whole = before is None or now - before.whole_at >= WHOLE_EVERY
        begun = _EMPTY if before is None or whole else _snapshot(before)
        after = forward(begun, self._store.changed(max(begun.covers - OVERLAP, 0)), now)
        stuck = self._store.stuck()
        rows = tuple(_marked(row, stuck) for row in after.rows)
        unchanged = before is not None and not whole and rows == before.rows
        if not unchanged:
            digest = Digest(
                covers=after.covers, whole_at=now if before is None or whole else before.whole_at, rows=rows
            )
            try:
                self._digests.put(digest, replaces=mark)
            except Conflict:
                unchanged = True
        return DigestReport(published=not unchanged, rows=len(rows), stuck=len(stuck))


_EMPTY = Snapshot({}, (), 0, 0.0)


def _snapshot(digest: Digest) -> Snapshot:
    return Snapshot({row.id: row for row in digest.rows}, digest.rows, digest.covers, 0.0)


def _marked(row: Listed, stuck: frozenset[str]) -> Listed:
    return row if row.stuck == (row.id in stuck) else row.model_copy(update={"stuck": row.id in stuck})
