"""All requests as lists show them: a digest, brought forward by what was done since."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import Conflict
from chalicelib.requests.catalog.catalog import OVERLAP, Catalog
from chalicelib.requests.catalog.digests import packed, unpacked
from chalicelib.requests.catalog.models import Digest, Listed
from chalicelib.requests.catalog.publish import WHOLE_EVERY, DigestPublisher
from chalicelib.requests.models import STUCK_AFTER
from chalicelib.requests.states import State
from tests.support.clock import START, FrozenClock
from tests.support.request_builders import head, revision

NEVER = "no such request"


def listed(request_id: str, at: int = START, version: int = 1, **more: object) -> Listed:
    shown = head(revision(), id=request_id, created_at=START, last_updated=at, **more)
    return Listed.of(shown).model_copy(update={"lock_version": version})


class Table:
    """Requests by id, and when each was looked for."""

    def __init__(self, *rows: Listed) -> None:
        self.rows = {row.id: row for row in rows}
        self.looked: list[int] = []
        self.failing: frozenset[str] = frozenset()

    def put(self, row: Listed) -> None:
        self.rows[row.id] = row

    def changed(self, since: int) -> Iterable[Listed]:
        self.looked.append(since)
        return [row for row in self.rows.values() if row.last_updated >= since]

    def stuck(self) -> frozenset[str]:
        return self.failing


class Shelf:
    def __init__(self) -> None:
        self.content: bytes | None = None
        self.mark = 0
        self.reads = 0

    def read(self) -> tuple[Digest | None, str]:
        self.reads += 1
        return (unpacked(self.content), str(self.mark)) if self.content else (None, "")

    def put(self, digest: Digest, *, replaces: str) -> None:
        if replaces != (str(self.mark) if self.content else ""):
            raise Conflict("somebody was faster", reason="changed")
        self.content, self.mark = packed(digest), self.mark + 1


def ids(rows: Iterable[Listed]) -> list[str]:
    return [row.id for row in rows]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(START)


def test_without_a_digest_everything_is_read_from_the_table() -> None:
    table = Table(listed("b"), listed("a"))
    assert ids(Catalog(store=table, digests=Shelf(), clock=FrozenClock(START + 9_999)).rows()) == ["a", "b"]
    assert table.looked == [0]


def test_a_new_process_reads_the_digest_and_what_was_done_since(clock: FrozenClock) -> None:
    table, shelf = Table(listed("old", START)), Shelf()
    DigestPublisher(store=table, digests=shelf, clock=clock).run()
    table.put(listed("new", START + 1000))
    table.looked.clear()
    catalog = Catalog(store=table, digests=shelf, clock=clock)
    assert ids(catalog.rows()) == ["new", "old"]
    assert table.looked == [START - OVERLAP]


def test_a_process_that_has_read_it_asks_only_for_what_was_done_since(clock: FrozenClock) -> None:
    table, shelf = Table(listed("a", START)), Shelf()
    DigestPublisher(store=table, digests=shelf, clock=clock).run()
    now = [0.0]
    clock.advance(500)
    catalog = Catalog(store=table, digests=shelf, clock=clock, elapsed=lambda: now[0])
    catalog.rows()
    table.put(listed("a", START + 500, 2, state=State.REJECTED))
    read = shelf.reads
    (row,) = catalog.rows()
    assert (row.state, shelf.reads) == (State.REJECTED, read)
    catalog.rows()
    assert table.looked[-1] == START + 500 - OVERLAP
    now[0] += 300
    catalog.rows()
    assert shelf.reads == read + 1


def test_what_is_newer_stays_though_the_index_is_behind() -> None:
    table = Table(listed("a", START + 10, 3, state=State.APPLIED))
    catalog = Catalog(store=table, digests=Shelf(), clock=FrozenClock(START + 9_999))
    catalog.rows()
    table.put(listed("a", START + 5, 2))
    assert [row.state for row in catalog.rows()] == [State.APPLIED]


def test_a_comment_moves_the_time_but_not_the_state() -> None:
    table = Table(listed("a", START, 3))
    catalog = Catalog(store=table, digests=Shelf(), clock=FrozenClock(START + 9_999))
    catalog.rows()
    table.put(listed("a", START + 60, 3))
    assert [row.last_updated for row in catalog.rows()] == [START + 60]


def test_a_clock_that_is_fast_hides_nothing_of_what_others_do(clock: FrozenClock) -> None:
    table, shelf = Table(listed("fast", START + 86_400)), Shelf()
    publisher = DigestPublisher(store=table, digests=shelf, clock=clock)
    publisher.run()
    table.put(listed("right", START + 60))
    clock.advance(60)
    assert ids(Catalog(store=table, digests=shelf, clock=clock).rows()) == ["fast", "right"]
    assert publisher.run().rows == 2


def test_nothing_is_written_while_nothing_changes(clock: FrozenClock) -> None:
    table, shelf = Table(listed("a")), Shelf()
    publisher = DigestPublisher(store=table, digests=shelf, clock=clock)
    assert publisher.run().model_dump() == {"published": True, "rows": 1, "stuck": 0}
    assert publisher.run().published is False
    table.put(listed("b", START + 5))
    assert publisher.run().model_dump() == {"published": True, "rows": 2, "stuck": 0}
    assert shelf.mark == 2


def test_what_keeps_failing_is_marked_and_unmarked_though_nobody_touched_it(clock: FrozenClock) -> None:
    table, shelf = Table(listed("a", state=State.APPLIED)), Shelf()
    publisher = DigestPublisher(store=table, digests=shelf, clock=clock)
    publisher.run()
    table.failing = frozenset({"a"})
    assert publisher.run().stuck == 1
    assert Catalog(store=Table(), digests=shelf, clock=clock).rows()[0].shown_state is State.STUCK
    table.failing = frozenset()
    publisher.run()
    assert Catalog(store=Table(), digests=shelf, clock=clock).rows()[0].shown_state is State.APPLIED


def test_once_a_day_the_digest_is_read_from_the_table_itself(clock: FrozenClock) -> None:
    table, shelf = Table(listed("a"), listed("b")), Shelf()
    publisher = DigestPublisher(store=table, digests=shelf, clock=clock)
    publisher.run()
    del table.rows["b"]
    clock.advance(WHOLE_EVERY - 1)
    assert publisher.run().rows == 2
    clock.advance(1)
    assert publisher.run().model_dump() == {"published": True, "rows": 1, "stuck": 0}
    assert table.looked[-1] == 0


def test_of_two_that_publish_at_once_one_writes(clock: FrozenClock) -> None:
    class Overtaken(Shelf):
        def read(self) -> tuple[Digest | None, str]:
            return super().read()[0], NEVER

    table, shelf = Table(listed("a")), Overtaken()
    assert DigestPublisher(store=table, digests=shelf, clock=clock).run().published is False
    assert shelf.content is None


def test_a_stuck_request_is_listed_as_stuck() -> None:
    assert listed("a", state=State.APPROVED, attempts=STUCK_AFTER).shown_state is State.STUCK


def test_documents_stay_out_of_lists() -> None:
    change = {"id": "0", "change_type": "inline_policy", "title": "t", "document": {"a": 1}, "statements": [1]}
    (shown,) = Listed.of(head(revision(), summary=(change,))).summary
    assert set(shown.model_dump()) & {"document", "statements"} == set()


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1000), st.booleans()), max_size=30))
def test_whatever_is_done_and_published_lists_hold_exactly_what_the_table_holds(
    steps: list[tuple[str, int, bool]],
) -> None:
    """Steps are a request that is touched, seconds that pass, and whether the task runs then."""
    table, shelf, clock = Table(), Shelf(), FrozenClock(START)
    warm = Catalog(store=table, digests=shelf, clock=clock, elapsed=lambda: float(clock.now()))
    publisher = DigestPublisher(store=table, digests=shelf, clock=clock)
    for number, (name, seconds, publishes) in enumerate(steps):
        clock.advance(seconds)
        table.put(listed(name, clock.now(), number + 1))
        if publishes:
            publisher.run()
        cold = Catalog(store=table, digests=shelf, clock=clock)
        wanted = sorted(table.rows.values(), key=lambda row: row.place)
        assert list(warm.rows()) == list(cold.rows()) == wanted
