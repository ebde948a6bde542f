"""The table of requests with ConsoleMe's filters."""

from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.wire_list import RequestTable, TableQuery
from tests.support.request_world import ADA, APP, EVE, ZOE, World, body, wish


def table(shop: World, links: bool = False, **query: Any) -> RequestTable:
    return shop.container().requests.table.table(TableQuery.model_validate(query), shop.person(ADA), links=links)


def ids(found: RequestTable) -> list[str]:
    return [row.request_id for row in found.data]


@pytest.fixture
def three(shop: World) -> list[str]:
    """Of Eve, Ada and Zoe, a minute apart; Eve's is rejected."""
    made = []
    for user in (EVE, ADA, ZOE):
        made.append(shop.requested(user, body(wish(name=user.split("@")[0]), justification=f"for {user}")))
        shop.clock.advance(60)
    shop.order(ADA, made[0], "reject_request")
    return made


def test_all_requests_of_everybody_newest_first(shop: World, three: list[str]) -> None:
    found = table(shop)
    assert ids(found) == three[::-1]
    assert (found.totalCount, found.filteredCount) == (3, 3)
    assert [row.username for row in found.data] == [ZOE, ADA, EVE]


def test_the_first_page_is_one_round_trip(shop: World, three: list[str]) -> None:
    shop.boundary.arm()
    table(shop, limit=200)
    assert shop.boundary.crossed == ["Query"]


def test_a_limit_cuts_after_the_newest(shop: World, three: list[str]) -> None:
    found = table(shop, limit=2)
    assert ids(found) == three[:0:-1]
    assert (found.totalCount, found.filteredCount) == (3, 2)
    assert ids(table(shop, limit=None)) == three[::-1]
    assert ids(table(shop, limit=0)) == []


def test_filters_are_searched_without_case_and_all_must_match(shop: World, three: list[str]) -> None:
    assert ids(table(shop, filters={"username": "EVE"})) == [three[0]]
    assert ids(table(shop, filters={"status": "pend"})) == three[:0:-1]
    assert ids(table(shop, filters={"status": "pend", "username": "ada|eve"})) == [three[1]]
    assert ids(table(shop, filters={"justification": "^for (ada|zoe)"})) == three[:0:-1]
    assert len(table(shop, filters={"arn": "role/team"}).data) == 3
    assert len(table(shop, filters={"principal": "principal_arn"}).data) == 3


def test_filters_come_before_the_limit(shop: World, three: list[str]) -> None:
    found = table(shop, limit=1, filters={"username": "eve"})
    assert (ids(found), found.totalCount, found.filteredCount) == ([three[0]], 3, 1)


def test_a_range_of_times_leaves_out_its_ends(shop: World, three: list[str]) -> None:
    times = [row.request_time for row in table(shop).data][::-1]
    assert ids(table(shop, filters={"request_time": [times[0], times[2]]})) == [three[1]]
    assert ids(table(shop, filters={"request_time": [times[0] - 1, times[2] + 1]})) == three[::-1]


@pytest.mark.parametrize("empty", ["", None, [], 0])
def test_an_empty_filter_filters_nothing(shop: World, three: list[str], empty: Any) -> None:
    assert len(table(shop, filters={"username": empty}).data) == 3


def test_an_unknown_column_matches_nothing(shop: World, three: list[str]) -> None:
    assert ids(table(shop, filters={"nonsense": ".*"})) == []
    assert ids(table(shop, filters={"nonsense": "None"})) == []


def test_what_is_no_regular_expression_is_ignored_while_somebody_types(shop: World, three: list[str]) -> None:
    assert len(table(shop, filters={"username": "(eve"}).data) == 3


@pytest.mark.parametrize("shape", [{"a": 1}, [1], [1, 2, 3], ["a", "b"], 7, True])
def test_a_filter_of_another_shape_is_bad_input(shop: World, shape: Any) -> None:
    with pytest.raises(InvalidInput, match=r"filters\.username"):
        table(shop, filters={"username": shape})


def test_no_regular_expression_takes_longer_than_its_time(shop: World) -> None:
    shop.requested(EVE, body(wish(), justification="a" * 4_000 + "!"))
    with pytest.raises(InvalidInput, match="takes too long"):
        table(shop, filters={"justification": "^(a|aa|a?)+$"})
    with pytest.raises(InvalidInput, match="longer than 500"):
        table(shop, filters={"justification": "a" * 501})


def test_links_do_not_get_in_the_way_of_filters(shop: World, three: list[str]) -> None:
    found = table(shop, links=True, filters={"arn": f"^{APP}$"})
    assert found.filteredCount == 3
    assert found.data[0].request_id == f"[{three[2]}](/policies/request/{three[2]})"
