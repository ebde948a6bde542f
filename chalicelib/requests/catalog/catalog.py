"""All requests as lists show them, held by the process and brought forward with one query of what was done since."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from chalicelib.core.clock import Clock
from chalicelib.requests.catalog.models import Digest, Listed

OVERLAP = 120
"""Seconds that are read again: clocks differ, writes take time, and the index is a little behind."""
_ANEW = 300.0
"""Seconds after which the digest is read anew: what it tells beside the heads gets no older than that."""


class Changes(Protocol):
    def changed(self, since: int) -> Iterable[Listed]: ...


class Digests(Protocol):
    def read(self) -> tuple[Digest | None, str]: ...


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`rows` are the newest first. Everything up to a while before `covers` is in it."""

    by_id: Mapping[str, Listed]
    rows: tuple[Listed, ...]
    covers: int
    began: float


class Catalog:
    """Safe for several threads: a snapshot is replaced whole, and the older one is right for whoever has it."""

    def __init__(
        self, *, store: Changes, digests: Digests, clock: Clock, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._clock = clock
        self._digests = digests
        self._elapsed = elapsed
        self._snapshot: Snapshot | None = None

    def rows(self) -> tuple[Listed, ...]:
        """Every request, newest first, as it is now. Raises Upstream or Throttled."""
        before = self._snapshot
        if before is None or self._elapsed() - before.began >= _ANEW:
            digest, _ = self._digests.read()
            before = self._begun(digest)
        self._snapshot = forward(before, self._store.changed(max(before.covers - OVERLAP, 0)), self._clock.now())
        return self._snapshot.rows

    @property
    def at_hand(self) -> bool:
        """Whether they are there but for one query."""
        return self._snapshot is not None

    def _begun(self, digest: Digest | None) -> Snapshot:
        rows = digest.rows if digest else ()
        return Snapshot(
            by_id={row.id: row for row in rows},
            rows=tuple(rows),
            covers=digest.covers if digest else 0,
            began=self._elapsed(),
        )


def forward(before: Snapshot, changed: Iterable[Listed], now: int) -> Snapshot:
    """With what was done since: of each request what is newer. A clock that is fast makes nobody believe that all before it was read."""
    news: dict[str, Listed] = {}
    covers = before.covers
    for row in changed:
        covers = max(covers, min(row.last_updated, now))
        known = news.get(row.id) or before.by_id.get(row.id)
        if known is None or row.version > known.version:
            news[row.id] = row
    if not news:
        return Snapshot(before.by_id, before.rows, covers, before.began)
    by_id = {**before.by_id, **news}
    rows = tuple(sorted(by_id.values(), key=lambda row: row.place))
    return Snapshot(by_id, rows, covers, before.began)
