"""The activity log: filters, pages and cursors, over rows in memory."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from chalicelib.audit.activity import (
    Activity,
    ActivityFilter,
    After,
    Cursor,
    Index,
    Row,
    decoded,
    encoded,
    fits,
    person_of,
)
from chalicelib.audit.chain import BEGINNING, chained
from chalicelib.audit.columns import columns
from chalicelib.audit.models import ChainedEntry, Outcome
from chalicelib.core.errors import InvalidInput
from tests.support.builders import audit_entry
from tests.support.clock import START, FrozenClock

DAY = 86_400


@dataclass
class MemoryRows:
    links: list[ChainedEntry] = field(default_factory=list)
    unreadable: set[int] = field(default_factory=set)
    calls: int = 0

    def add(self, moment: int, action: str = "act", **more: Any) -> None:
        number = len(self.links)
        entry = audit_entry(action, **more)
        self.links.append(chained(entry, writer="w", number=number, occurred_at=moment, previous=BEGINNING))

    def page(self, index: Index, key: str, since: int, until: int, after: After | None, limit: int) -> Sequence[Row]:
        self.calls += 1
        rows = sorted(self.links, key=lambda link: (-link.occurred_at, link.number))
        rows = [link for link in rows if columns(link)[index] == key and since <= link.occurred_at <= until]
        if after is not None:
            places = [f"{link.number}" for link in rows]
            rows = rows[places.index(after.sk) + 1 :]
        return [
            Row(
                After(pk="CHAIN#w", sk=f"{link.number}", occurred_at=link.occurred_at),
                None if link.number in self.unreadable else link,
            )
            for link in rows[:limit]
        ]


@pytest.fixture
def rows() -> MemoryRows:
    return MemoryRows()


def activity(rows: MemoryRows) -> Activity:
    return Activity(rows=rows, clock=FrozenClock())


def wanted(**filters: Any) -> ActivityFilter:
    return ActivityFilter.model_validate(filters)


def whole(rows: MemoryRows, asked: ActivityFilter, limit: int) -> tuple[list[int], int]:
    """Numbers of all entries, page by page, and how many pages it took."""
    found: list[int] = []
    cursor, pages = None, 0
    while True:
        page = activity(rows).page(asked, cursor, limit)
        found += [link.number for link in page.entries]
        pages += 1
        cursor = page.cursor
        assert pages < 500
        if cursor is None:
            return found, pages


def test_what_happened_last_comes_first_over_several_days(rows: MemoryRows) -> None:
    for moment in (START - 3 * DAY, START - DAY, START, START - 10):
        rows.add(moment)
    page = activity(rows).page(wanted(since=START - 5 * DAY))
    assert [link.number for link in page.entries] == [2, 3, 1, 0]
    assert page.cursor is None


@hypothesis.given(
    st.lists(st.tuples(st.integers(0, 10 * DAY), st.sampled_from(["a", "b"])), max_size=30),
    st.integers(1, 7),
    st.sampled_from([{}, {"action": "a"}, {"person": "ada@example.com"}, {"target": "x"}, {"text": "b"}]),
)
def test_pages_together_hold_every_entry_once_in_order(
    made: list[tuple[int, str]], limit: int, filters: dict[str, str]
) -> None:
    rows = MemoryRows()
    for ago, action in made:
        rows.add(START - ago, action, target="x" if action == "a" else "y")
    asked = wanted(since=START - 10 * DAY, **filters)
    found, _ = whole(rows, asked, limit)
    ordered = sorted(rows.links, key=lambda link: (-link.occurred_at, link.number))
    assert found == [link.number for link in ordered if fits(link, asked)]


def test_a_page_reads_so_much_and_no_more_and_its_cursor_carries_on(rows: MemoryRows) -> None:
    rows.add(START - 200 * DAY, "needle")
    asked = wanted(text="needle", since=START - 300 * DAY)
    page = activity(rows).page(asked)
    assert (page.entries, rows.calls) == ((), 40)
    assert page.cursor is not None
    found, pages = whole(rows, asked, 10)
    assert (found, pages) == ([0], 8)


def test_without_a_beginning_a_month_is_looked_at_and_of_one_person_everything(rows: MemoryRows) -> None:
    rows.add(START - 30 * DAY)
    rows.add(START - 400 * DAY)
    assert whole(rows, wanted(), 10)[0] == [0]
    assert whole(rows, wanted(person="ada@example.com"), 10)[0] == [0, 1]


@pytest.mark.parametrize(
    ("filters", "index", "key"),
    [
        ({"person": "Ada@Example.com"}, "person", "user:ada@example.com"),
        ({"person": "system:due", "target": "x"}, "person", "system:due"),
        ({"target": "arn:of:it"}, "target", "arn:of:it"),
        ({"target_prefix": "arn:"}, "day", "2027-01-15"),
    ],
)
def test_the_narrowest_index_is_asked(filters: dict[str, str], index: str, key: str) -> None:
    asked: list[tuple[str, str]] = []

    class Noted(MemoryRows):
        def page(
            self, index: Index, key: str, since: int, until: int, after: After | None, limit: int
        ) -> Sequence[Row]:
            asked.append((index, key))
            return []

    activity(Noted()).page(wanted(until=START, since=START, **filters))
    assert asked == [(index, key)]


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({}, True),
        ({"action": "credentials.issue"}, True),
        ({"action": "Credentials"}, True),
        ({"action": "cred"}, False),
        ({"person": "ADA@example.com"}, True),
        ({"person": "grace@example.com"}, False),
        ({"target": "arn:aws:iam::222222222222:role/app"}, True),
        ({"target": "arn:aws:iam::222222222222:role/ap"}, False),
        ({"target_prefix": "arn:aws:iam::222222222222:"}, True),
        ({"target_prefix": "arn:aws:iam::333333333333:"}, False),
        ({"outcome": "refused"}, True),
        ({"outcome": "done"}, False),
        ({"text": "198.51 BECAUSE"}, True),
        ({"text": "198.51 nowhere"}, False),
    ],
)
def test_a_filter_takes_what_it_says(filters: dict[str, str], matches: bool) -> None:
    entry = audit_entry(outcome=Outcome.REFUSED, reason="because", details={"address": "198.51.100.7"})
    link = chained(entry, writer="w", number=0, occurred_at=START, previous=BEGINNING)
    assert fits(link, wanted(**filters)) is matches


def test_a_bare_name_is_a_users() -> None:
    assert person_of(" Ada@Example.com ") == "user:ada@example.com"
    assert [person_of(name) for name in ("user:a", "group:g", "system:due")] == ["user:a", "group:g", "system:due"]


def test_an_entry_that_can_not_be_read_is_counted_and_hides_no_other(rows: MemoryRows) -> None:
    rows.add(START)
    rows.add(START)
    rows.unreadable = {0}
    page = activity(rows).page(wanted(since=START))
    assert ([link.number for link in page.entries], page.unreadable) == ([1], 1)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="since must not be later than until"):
        wanted(since=2, until=1)


class TestCursors:
    def cursor(self, rows: MemoryRows, **filters: Any) -> str:
        for _ in range(3):
            rows.add(START)
        found = activity(rows).page(wanted(since=START - DAY, **filters), limit=1).cursor
        assert found is not None
        return found

    def test_a_cursor_of_another_filter_is_refused(self, rows: MemoryRows) -> None:
        cursor = self.cursor(rows)
        with pytest.raises(InvalidInput) as refused:
            activity(rows).page(wanted(since=START - DAY, action="x"), cursor)
        assert refused.value.reason == "bad_cursor"

    @pytest.mark.parametrize("text", ["", "x", "!!!", "e30", "bnVsbA", "ä" * 5])
    def test_what_is_no_cursor_is_refused(self, rows: MemoryRows, text: str) -> None:
        with pytest.raises(InvalidInput):
            activity(rows).page(wanted(), text)

    @pytest.mark.parametrize(
        "change",
        [
            {"key": "2020-01-01"},
            {"key": "yesterday"},
            {"key": ""},
            {"until": START - DAY},
            {"after": {"pk": "x", "sk": "y", "occurred_at": START + 10}},
            {"after": {"pk": "x", "sk": "y", "occurred_at": -1}},
            {"after": {"pk": "x", "sk": "y", "occurred_at": START - 2 * DAY}, "key": "2027-01-13"},
        ],
    )
    def test_a_cursor_that_the_database_would_choke_on_is_refused(
        self, rows: MemoryRows, change: dict[str, Any]
    ) -> None:
        made = json.loads(decoded(self.cursor(rows)).model_dump_json()) | change
        place = Cursor.model_validate(made | {"until": made["until"] if "until" in change else START})
        with pytest.raises(InvalidInput):
            activity(rows).page(wanted(since=START - DAY), encoded(place))

    def test_a_cursor_of_an_index_by_name_holds_that_name(self, rows: MemoryRows) -> None:
        place = decoded(self.cursor(rows, person="ada@example.com"))
        assert place.key == "user:ada@example.com"
        with pytest.raises(InvalidInput):
            activity(rows).page(
                wanted(since=START - DAY, person="ada@example.com"),
                encoded(place.model_copy(update={"key": "user:grace@example.com"})),
            )
