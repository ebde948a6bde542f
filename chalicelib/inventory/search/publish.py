"""The next file: the last one with what changed since; once a day from the rows themselves."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from chalicelib.aws.objects import Objects
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import ulid
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import AS_BEFORE, AccountRow, Change, SearchReport, SearchRow
from chalicelib.inventory.search.news_store import NewsStore, Pointer, told_since

LATE = 60
"""Seconds by which a change may be told late: clocks differ, and writes take time."""
_WHOLE_EVERY = 86_400
_INDEX_LAG = 600
"""Seconds by which the table's index may be behind."""
_TOMBSTONE_LIFE = 2 * 86_400

Rows = Callable[[], Iterable[SearchRow]]
Accounts = Callable[[], Iterable[AccountRow]]


class PublishSearch:
    """`rows` reads every row of the inventory, `accounts` every account's name."""

    def __init__(self, *, news: NewsStore, objects: Objects, rows: Rows, accounts: Accounts, clock: Clock) -> None:
        self._news = news
        self._objects = objects
        self._rows = rows
        self._accounts = accounts
        self._clock = clock

    def run(self) -> SearchReport:
        """May be repeated, and run twice at once: the pointer moves for one of them."""
        now = self._clock.now()
        before = self._news.pointer()
        whole = before is None or now - before.whole_at >= _WHOLE_EVERY
        since = now - _INDEX_LAG if before is None or whole else before.covers
        _, changes = self._news.read(since)
        if before is not None and not whole and told_since(changes, before.covers) == before.told:
            return SearchReport(published=False)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "next.sqlite"
            last = None if before is None or whole else self._last(before, Path(folder))
            # A file of another shape is not read: the rows are.
            whole = last is None
            built = self._build(path, last, changes.values(), now)
            generation = before.generation + 1 if before else 1
            pointer = Pointer(
                generation=generation,
                key=f"search/{generation:08d}-{ulid()}.sqlite.gz",
                covers=now - LATE,
                built_at=now,
                whole_at=now if whole or before is None else before.whole_at,
                rows=built[0],
                size=built[1],
                told=told_since(changes, now - LATE),
            )
            self._objects.upload(pointer.key, path)
        try:
            self._news.move(pointer)
        except Conflict:
            return SearchReport(published=False)
        return SearchReport(
            published=True, generation=generation, rows=built[0], size=built[1], changes=len(changes), whole=whole
        )

    def _last(self, pointer: Pointer, folder: Path) -> SearchIndex | None:
        path = folder / "last.sqlite"
        try:
            self._objects.download(pointer.key, path)
        except NotFound:
            # Lifecycle rules remove old files; the rows are still there.
            return None
        return SearchIndex(path) if SearchIndex.readable(path) else None

    def _build(self, path: Path, last: SearchIndex | None, changes: Iterable[Change], now: int) -> tuple[int, int]:
        """Rows and bytes."""
        told = latest(changes)
        oldest = now - _TOMBSTONE_LIFE
        tombstones = {arn: change.observed_at for arn, change in told.items() if change.row is None}
        if last is not None:
            tombstones = {arn: at for arn, at in last.tombstones() if at > oldest and arn not in told} | tombstones
        source = last.all() if last is not None else self._rows()
        done = build(path, _merged(source, told), self._accounts(), tombstones)
        if last is not None:
            last.close()
        return done.rows, done.size


def latest(changes: Iterable[Change]) -> dict[str, Change]:
    """By ARN what was seen last."""
    found: dict[str, Change] = {}
    for change in changes:
        known = found.get(change.arn)
        if known is None or known.observed_at <= change.observed_at:
            before = known.row if known else None
            found[change.arn] = _carrying(change, before.errors) if before else change
    return found


def _carrying(change: Change, errors: int) -> Change:
    """A change that tells nothing of errors leaves their number as it was."""
    if change.row is None or change.row.errors != AS_BEFORE:
        return change
    return replace(change, row=replace(change.row, errors=errors))


def _merged(rows: Iterable[SearchRow], told: dict[str, Change]) -> Iterator[SearchRow]:
    """The rows with the changes; a row that was seen after its change stays."""
    left = dict(told)
    for row in rows:
        change = told.get(row.arn)
        if change is None or change.observed_at < row.observed_at:
            left.pop(row.arn, None)
            yield row
        else:
            left[row.arn] = _carrying(change, row.errors)
    done = (_carrying(change, 0) for change in left.values())
    yield from (change.row for change in done if change.row is not None)
