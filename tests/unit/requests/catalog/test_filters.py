"""Which requests a table shows: filters of ConsoleMe's and ours, pages, and what is hidden."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.catalog import filters as filters_module
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.list_requests import ROWS_LIMIT, RequestLister
from chalicelib.requests.rules import Person
from chalicelib.requests.states import State
from chalicelib.requests.wire_list import RequestTable, TableQuery
from tests.support.clock import START
from tests.support.request_builders import NO, YES, head, person, revision
from tests.support.request_world import ADA, APP, EVE, ZOE

BUCKET = "arn:aws:s3:::ledger"
OTHER = "arn:aws:iam::333333333333:role/other"


def listed(request_id: str, created_at: int, **more: Any) -> Listed:
    return Listed.of(head(revision(), id=request_id, created_at=created_at, last_updated=created_at, **more))


def change(change_type: str = "inline_policy", **more: Any) -> dict[str, Any]:
    return {"id": "0", "change_type": change_type, "title": "Add inline policy export", "target": APP, **more}


ROWS = (
    listed("r-4", START + 180, requester=ADA, state=State.DRAFT, summary=(change(),)),
    listed("r-3", START + 120, requester=ZOE, justification="for zoe", summary=(change(until=START + 9_999),)),
    listed(
        "r-2",
        START + 60,
        requester=ADA,
        justification="for ada",
        principal_arn=BUCKET,
        summary=(change("resource_policy", target=BUCKET, title="Replace the policy of ledger"),),
    ),
    listed(
        "r-1",
        START,
        requester=EVE,
        justification="for eve",
        state=State.REJECTED,
        summary=(change(), change("sts_resource_policy", target=OTHER, title="Trust")),
    ),
)


class Table:
    """A draft is its author's alone."""

    at_hand = True

    def rows(self) -> Sequence[Listed]:
        return [listed for listed in ROWS if listed.state is not State.DRAFT]

    def newest(self, page: int) -> Iterable[Listed]:
        return iter(self.rows())

    def own(self, user: str) -> Iterable[Listed]:
        return [listed for listed in reversed(ROWS) if listed.requester == user]


def table(user: str | Person = ADA, **query: Any) -> RequestTable:
    asker = user if isinstance(user, Person) else person(user)
    lister = RequestLister(everything=Table(), indexes=Table())
    return lister.table(TableQuery.model_validate(query), asker, links=False)


def ids(found: RequestTable) -> str:
    return " ".join(row.request_id.removeprefix("r-") for row in found.data)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, "3 2 1"),
        ({"states": ["rejected"]}, "1"),
        ({"states": ["rejected", "pending"], "requester": ADA}, "2"),
        ({"states": ["draft"]}, ""),
        ({"change_types": ["resource_policy", "sts_resource_policy"]}, "2 1"),
        ({"change_types": ["role_access"]}, ""),
        ({"target": APP}, "3 1"),
        ({"target": OTHER}, "1"),
        ({"target": APP[:-1]}, ""),
        ({"account_id": "222222222222"}, "3 1"),
        ({"account_id": "22222222222"}, ""),
        ({"text": "FOR EVE"}, "1"),
        ({"text": "policy of ledger"}, "2"),
        ({"temporary": True}, "3"),
        ({"temporary": False, "text": "ledger"}, "2"),
        ({"created_from": START, "created_before": START + 120}, "2 1"),
        ({"created_from": START + 60}, "3 2"),
    ],
)
def test_our_filters_must_all_hold(where: dict[str, Any], found: str) -> None:
    assert ids(table(where=where)) == found


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"username": "EVE"}, "1"),
        ({"status": "pend", "username": "ada|eve"}, "2"),
        ({"justification": " ^for (ada|zoe) "}, "3 2"),
        ({"principal": "principal_arn.*ledger"}, "2"),
        ({"extended_request": "resource_policy"}, "2 1"),
        ({"title": "^replace"}, "2"),
        ({"state": "rejected"}, "1"),
        ({"request_time": [START, START + 120]}, "2"),
        ({"username": ""}, "3 2 1"),
        ({"username": None}, "3 2 1"),
        ({"username": []}, "3 2 1"),
        ({"username": 0}, "3 2 1"),
        ({"nonsense": ".*"}, ""),
        ({"nonsense": "None"}, ""),
        ({"username": "(eve"}, "3 2 1"),
    ],
)
def test_consolemes_filters_search_cells_without_case(filters: dict[str, Any], found: str) -> None:
    assert ids(table(filters=filters)) == found


@pytest.mark.parametrize("shape", [{"a": 1}, [1], [1, 2, 3], ["a", "b"], 7, True])
def test_a_filter_of_another_shape_is_bad_input(shape: Any) -> None:
    with pytest.raises(InvalidInput, match=r"filters\.username"):
        table(filters={"username": shape})


def test_no_regular_expression_takes_longer_than_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters_module, "_BUDGET", 0.2)
    slow = listed("r-0", START, justification="a" * 4_000 + "!")
    monkeypatch.setattr(Table, "rows", lambda _: (slow,))
    begun = time.monotonic()
    with pytest.raises(InvalidInput, match="takes too long"):
        table(filters={"justification": "^(a|aa|a?)+$"})
    assert time.monotonic() - begun < 5
    with pytest.raises(InvalidInput, match="longer than 500"):
        table(filters={"justification": "a" * 501})


def test_a_value_beyond_measure_is_bad_input() -> None:
    with pytest.raises(InvalidInput, match=r"where\.text"):
        table(where={"text": "x" * 2_001})


@pytest.mark.parametrize("cursor", ["x", "1", "1.", ".a", "1.a b", "-1.a", "9" * 13 + ".a"])
def test_a_cursor_that_is_none_is_bad_input(cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        table(cursor=cursor)


def test_a_draft_is_its_authors_and_stands_under_mine() -> None:
    assert ids(table()) == "3 2 1"
    assert ids(table(count=False)) == "3 2 1"
    assert ids(table(tab="mine")) == "4 2"
    for other in (EVE, ZOE):
        for tab in ("all", "mine", "review"):
            assert "4" not in ids(table(other, tab=tab))


def test_a_draft_that_an_index_still_holds_is_not_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Table, "rows", lambda _: ROWS)
    assert ids(table(EVE)) == ids(table()) == ids(table(EVE, count=False)) == "3 2 1"


def test_the_own_ones_do_not_wait_for_the_others_to_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = table(tab="mine", where={"states": ["draft"]})
    assert (ids(counted), counted.totalCount, counted.matchingCount) == ("4", 2, 1)
    assert counted.tabs is not None
    monkeypatch.setattr(Table, "at_hand", False)
    alone = table(tab="mine")
    assert (ids(alone), alone.totalCount, alone.tabs) == ("4 2", 2, None)


def test_what_somebody_does_not_see_is_neither_listed_nor_counted() -> None:
    blind = Person("new@example.com", lambda _: NO, lambda arn: arn == APP)
    found = table(blind)
    assert (ids(found), found.totalCount) == ("3", 1), "one of two targets is not enough"
    assert ids(table(blind, count=False)) == "3"
    assert found.tabs is not None
    assert found.tabs.model_dump() == {"all": 1, "mine": 0, "review": 0}


def test_to_review_is_what_waits_for_the_person_over_everything_that_it_changes() -> None:
    over_bucket = Person(ZOE, lambda arns: YES if set(arns) == {BUCKET} else NO)
    assert ids(table(over_bucket, tab="review")) == "2"
    assert ids(table(tab="review")) == "3"


@pytest.mark.parametrize(
    ("approvers", "user", "groups", "found"),
    [
        (["user:zoe@example.com"], ZOE, [], "9"),
        (["group:owners"], ZOE, ["group:owners"], "9"),
        (["group:owners"], ZOE, ["group:others"], ""),
        (["group:owners"], ADA, [], ""),
        (["administrators", "group:owners"], ADA, [], "9"),
        (["group:owners"], EVE, ["group:owners"], ""),
    ],
)
def test_to_review_is_what_the_approval_rules_ask_the_person_for_but_never_their_own(
    monkeypatch: pytest.MonkeyPatch, approvers: list[str], user: str, groups: list[str], found: str
) -> None:
    asked = listed("r-9", START, requester=EVE, summary=(change(approvers=approvers),))
    monkeypatch.setattr(Table, "rows", lambda _: (asked,))
    names = frozenset({f"user:{user}", *groups})
    asker = Person(user, lambda _: YES if user == ADA else NO, principals=names)
    assert ids(table(asker, tab="review")) == found


def test_nobody_gets_more_than_an_answer_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(listed(f"m-{number}", START - number) for number in range(ROWS_LIMIT + 1))
    monkeypatch.setattr(Table, "rows", lambda _: many)
    found = table(limit=None)
    assert (len(found.data), found.totalCount, found.cursor) == (
        ROWS_LIMIT,
        ROWS_LIMIT + 1,
        f"{many[-2].created_at}.{many[-2].id}",
    )
