"""The index against a plain reading of every row."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.search import schema
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import AccountRow, Change, Column, Condition, Operator, Search, SearchRow, Sight
from chalicelib.inventory.search.scan import Deadline
from chalicelib.inventory.search.suggest import suggest

ACCOUNTS = {"111111111111": "payments-prod", "222222222222": "Payments-Test", "333333333333": "data_lake"}
_WORDS = st.sampled_from(["ledger", "Export", "a", "ab", "q.x", "50%", "x_y", "tür", '"quoted"', "role"])
_NAMES = st.lists(_WORDS, min_size=1, max_size=3).map("-".join)
_ROWS = st.builds(
    lambda name, account, kind, owner, errors, number: SearchRow(
        arn=f"arn:aws:{kind}:eu-west-1:{account}:{name}/{number}",
        name=name,
        account_id=account,
        technology=f"AWS::{kind.upper()}",
        region="eu-west-1" if kind == "sqs" else "",
        owner=owner,
        tags=f"team={owner}\nstage={kind}" if owner else "",
        errors=errors,
    ),
    _NAMES,
    st.sampled_from([*ACCOUNTS, "999999999999"]),
    st.sampled_from(["iam", "s3", "sqs"]),
    st.sampled_from(["", "Ana@example.com", "bo@example.com"]),
    st.integers(0, 3),
    st.integers(0, 5),
)
_VALUES = st.sampled_from(
    ["ledger", "LEDGER-export", "a", "%", "x_y", "role", "arn:aws:s3", "TÜR", '"quo', "Ana", "", "-", "prod"]
)
_PATTERNS = st.sampled_from(
    [
        "led.er",
        "^arn:aws:(s3|sqs)",
        "export$",
        "[^a]xport",
        r"\d{12}:a",
        "(",
        "x?y",
        "a|b",
        r"\W50",
        "q.x/[0-3]",
        "l.*t",
        r"tür\s*",
        "^$",
    ]
)
_CONDITIONS = st.one_of(
    st.builds(
        Condition,
        column=st.sampled_from([column for column in Column if column is not Column.ERRORS]),
        operator=st.sampled_from([op for op in Operator if op not in {Operator.BETWEEN, Operator.MATCHES}]),
        value=_VALUES,
    ),
    st.builds(Condition, column=st.sampled_from(list(Column)), operator=st.just(Operator.MATCHES), value=_PATTERNS),
    st.builds(
        Condition,
        column=st.just(Column.ERRORS),
        operator=st.just(Operator.BETWEEN),
        low=st.integers(-1, 2),
        high=st.integers(0, 4),
    ),
)
_SORTS = st.sampled_from([Column.ARN, Column.NAME, Column.ACCOUNT_ID, Column.TECHNOLOGY, Column.OWNER, Column.ERRORS])


def cell(row: SearchRow, column: Column) -> str:
    if column is Column.ACCOUNT_NAME:
        return ACCOUNTS.get(row.account_id, "Unknown")
    return str(getattr(row, column))


def lower(text: str) -> str:
    """As SQLite's LIKE compares."""
    return text.casefold()


def fits(row: SearchRow, condition: Condition) -> bool:
    value, wanted = lower(cell(row, condition.column)), lower(condition.value)
    match condition.operator:
        case Operator.EQUALS:
            return value == wanted
        case Operator.NOT_EQUALS:
            return value != wanted
        case Operator.CONTAINS:
            return wanted in value
        case Operator.NOT_CONTAINS:
            return wanted not in value
        case Operator.STARTS_WITH:
            return value.startswith(wanted)
        case Operator.BETWEEN:
            return condition.low < row.errors < condition.high
        case Operator.MATCHES:
            try:
                lines = cell(row, condition.column).split("\n")
                return any(re.search(condition.value, line, re.IGNORECASE) for line in lines)
            except re.error:
                return True


def ascii_lower(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def expected(rows: dict[str, SearchRow], search: Search) -> list[SearchRow]:
    found = [
        row
        for row in rows.values()
        if lower(search.text.strip()) in lower(row.arn) and all(fits(row, one) for one in search.conditions)
    ]
    fold = ascii_lower if search.sort in {Column.NAME, Column.OWNER} else (lambda value: value)
    key = {row.arn: (getattr(row, search.sort), row.arn) for row in found}
    return sorted(found, key=lambda row: (fold(key[row.arn][0]), row.arn), reverse=search.descending)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index") / "index.sqlite"


def opened(place: Path, rows: list[SearchRow]) -> SearchIndex:
    build(place, iter(rows), [AccountRow(*one) for one in ACCOUNTS.items()])
    return SearchIndex(place)


_SEARCHES = st.builds(
    Search,
    text=_VALUES,
    conditions=st.lists(_CONDITIONS, max_size=2).map(tuple),
    sort=_SORTS,
    descending=st.booleans(),
    limit=st.integers(1, 4),
)


@given(first=st.lists(_ROWS, max_size=12), later=st.lists(_ROWS, max_size=5), gone=st.integers(0, 3), search=_SEARCHES)
def test_pages_hold_what_a_plain_reading_finds(
    place: Path, first: list[SearchRow], later: list[SearchRow], gone: int, search: Search
) -> None:
    index = opened(place, first)
    try:
        dropped = [row.arn for row in first[:gone]]
        index.take([Change(arn, 1, None) for arn in dropped])
        index.take([Change(row.arn, 1, replace(row, observed_at=1)) for row in later])
        later = [replace(row, observed_at=1) for row in later]
        rows = {row.arn: row for row in first if row.arn not in dropped} | {row.arn: row for row in later}
        wanted = expected(rows, search)
        page = index.page(search)
        assert list(page.rows) == wanted[: search.limit]
        assert (page.matching, page.total, page.more) == (len(wanted), len(rows), len(wanted) > search.limit)
        assert list(index.each(search)) == wanted
    finally:
        index.close()


@given(
    first=st.lists(_ROWS, max_size=12),
    later=st.lists(_ROWS, max_size=5),
    gone=st.integers(0, 3),
    whole=st.sets(st.sampled_from(list(ACCOUNTS))),
    partly=st.sets(st.sampled_from(list(ACCOUNTS))),
    search=_SEARCHES,
)
def test_a_reader_gets_what_a_plain_reading_finds_in_what_they_see(
    place: Path,
    first: list[SearchRow],
    later: list[SearchRow],
    gone: int,
    whole: set[str],
    partly: set[str],
    search: Search,
) -> None:
    index = opened(place, first)
    sight = Sight(frozenset(whole), frozenset(partly - whole), lambda _account, arn: arn.endswith(("1", "3")))
    try:
        dropped = [row.arn for row in first[:gone]]
        index.take([Change(arn, 1, None) for arn in dropped])
        later = [replace(row, observed_at=1) for row in later]
        index.take([Change(row.arn, 1, row) for row in later])
        rows = {row.arn: row for row in first if row.arn not in dropped} | {row.arn: row for row in later}
        seen = {arn: row for arn, row in rows.items() if sight.shows(row.account_id, arn)}
        wanted = expected(seen, search)
        page = index.page(search, sight)
        assert list(page.rows) == wanted[: search.limit]
        assert (page.matching, page.total) == (len(wanted), len(seen))
        assert list(index.each(search, sight)) == wanted
    finally:
        index.close()


def row(name: str, account: str = "111111111111", kind: str = "iam", **more: str | int) -> SearchRow:
    return SearchRow(f"arn:aws:{kind}::{account}:role/{name}", name, account, f"AWS::{kind.upper()}", **more)  # type: ignore[arg-type]


def seen(row: SearchRow, at: int = 1) -> Change:
    return Change(row.arn, at, replace(row, observed_at=at))


@pytest.fixture
def index(place: Path) -> Iterator[SearchIndex]:
    names = ["export", "export-ledger", "ledger-export", "reexporter", "Exporter", "team/export", "other"]
    found = opened(place, [row(name) for name in names])
    yield found
    found.close()


def test_suggestions_are_exact_then_prefix_then_word_then_substring(index: SearchIndex) -> None:
    found = [(one.rank, one.row.name) for one in suggest(index, "export", limit=10)]
    assert found == [
        (0, "export"),
        (1, "export-ledger"),
        (1, "Exporter"),
        (2, "ledger-export"),
        (2, "team/export"),
        (3, "reexporter"),
    ]


def test_a_limit_cuts_the_worst_suggestions(index: SearchIndex) -> None:
    assert [one.row.name for one in suggest(index, "export", limit=3)] == ["export", "export-ledger", "Exporter"]


def test_two_letters_are_enough_for_suggestions(index: SearchIndex) -> None:
    assert {one.row.name for one in suggest(index, "ot", limit=10)} == {"other"}


def test_a_suggestion_for_nothing_is_the_beginning_of_everything(index: SearchIndex) -> None:
    assert len(suggest(index, "", limit=4)) == 4


def test_what_a_reader_does_not_see_is_neither_shown_nor_counted_nor_suggested(index: SearchIndex) -> None:
    for one in (
        row("export-hidden", "222222222222"),
        row("export-secret", "333333333333"),
        row("export-open", "333333333333"),
    ):
        index.take([seen(one)])
    sight = Sight(
        accounts=frozenset({"111111111111"}),
        partly=frozenset({"333333333333"}),
        sees=lambda _account, arn: "open" in arn,
    )
    page = index.page(Search(text="export-"), sight)
    assert [one.name for one in page.rows] == ["export-ledger", "export-open"]
    assert (page.matching, page.total) == (2, 8)
    assert "export-hidden" not in {one.row.name for one in suggest(index, "export", limit=20, sight=sight)}


def test_a_row_is_found_by_its_arn_as_it_is_now(index: SearchIndex) -> None:
    arn = row("export").arn
    index.take([seen(row("export", owner="ana"))])
    assert (index.find(arn) or row("none")).owner == "ana"
    index.take([Change(arn, 1, None)])
    assert index.find(arn) is None


def test_an_expression_that_takes_for_ever_is_refused(index: SearchIndex) -> None:
    index.take([seen(row("a" * 4000))])
    nested = Condition(column=Column.ARN, operator=Operator.MATCHES, value="(?=a)(a+)+(b|c)$")
    with pytest.raises(InvalidInput, match="takes too long"):
        index.page(Search(conditions=(nested,)))
    assert index.page(Search()).matching == 8


def test_an_expression_that_is_stopped_takes_nothing_else_with_it(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = opened(place, [row(f"ledger-{number}") for number in range(300)])
    index.take([seen(row("ledger-new"))])

    def asked(source: str) -> int:
        matches = Condition(column=Column.ARN, operator=Operator.MATCHES, value=source)
        return index.page(Search(conditions=(matches,))).matching

    assert asked("[0-9]$") == 300
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.inventory.search.index.Deadline", lambda: Deadline(-1))
        with pytest.raises(InvalidInput, match="takes too long"):
            asked("[0-9][a-z]*$")
    assert asked("[0-9]$") == 300
    assert asked("[0-9][a-z]*$") == 300
    assert index.page(Search()).total == 301
    index.close()


def test_an_expression_that_would_take_for_ever_elsewhere_is_answered(index: SearchIndex) -> None:
    index.take([seen(row("a" * 4000))])
    nested = Condition(column=Column.ARN, operator=Operator.MATCHES, value="(a+)+(b|c)$")
    assert index.page(Search(conditions=(nested,))).matching == 0


def test_what_fits_the_file_is_found_once_and_what_changed_is_looked_at_again(index: SearchIndex) -> None:
    wanted = [f"^arn.*(export|other){'x?' * number}$" for number in range(6)]
    searches = [
        Search(conditions=(Condition(column=Column.ARN, operator=Operator.MATCHES, value=one),)) for one in wanted
    ]
    assert [index.page(one).matching for one in searches] == [4] * 6
    index.take([seen(row("new-export")), Change(row("other").arn, 1, None)])
    assert [index.page(one).matching for one in searches] == [4] * 6
    assert "new-export" in {one.name for one in index.page(searches[0]).rows}


def test_the_names_of_accounts_can_be_searched_and_change(index: SearchIndex) -> None:
    named = Condition(column=Column.ACCOUNT_NAME, operator=Operator.CONTAINS, value="payments")
    assert index.page(Search(conditions=(named,))).matching == 7
    index.name_accounts([AccountRow("111111111111", "renamed")])
    assert index.page(Search(conditions=(named,))).matching == 0


def test_rows_cannot_be_sorted_by_tags(index: SearchIndex) -> None:
    with pytest.raises(InvalidInput, match="can't be sorted"):
        index.page(Search(sort=Column.TAGS))


def test_only_errors_can_be_between_two_numbers(index: SearchIndex) -> None:
    with pytest.raises(InvalidInput, match="Only errors"):
        index.page(Search(conditions=(Condition(column=Column.ARN, operator=Operator.BETWEEN),)))


def test_of_two_rows_with_one_arn_the_later_counts(place: Path) -> None:
    index = opened(place, [row("app", owner="old"), row("app", owner="new")])
    (only,) = index.page(Search()).rows
    assert only.owner == "new"
    index.close()


def test_a_file_of_another_shape_is_not_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(place, []).close()
    assert SearchIndex.readable(place)
    monkeypatch.setattr("chalicelib.inventory.search.schema.VERSION", schema.VERSION + 1)
    assert not SearchIndex.readable(place)


def test_what_was_seen_later_counts_whatever_comes_last(index: SearchIndex) -> None:
    arn = row("export").arn
    index.take([Change(arn, 9, None)])
    index.take([seen(row("export"), 8)])
    assert index.find(arn) is None
    index.take([seen(row("export", owner="new"), 10), seen(row("export", owner="old"), 9)])
    assert (index.find(arn) or row("none")).owner == "new"


def test_a_tombstone_of_the_file_keeps_an_old_word_from_bringing_back_what_is_gone(place: Path) -> None:
    build(place, [], [], {row("app").arn: 5})
    index = SearchIndex(place)
    index.take([seen(row("app"), 4)])
    assert index.find(row("app").arn) is None
    index.take([seen(row("app"), 6)])
    assert index.find(row("app").arn) is not None
    index.close()
