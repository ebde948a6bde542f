"""The table of requests with ConsoleMe's filters."""

import gzip
from typing import Any

import boto3
import pytest

from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.requests.catalog import digests
from chalicelib.requests.wire_list import RequestTable, TableQuery
from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.request_world import ADA, APP, BO, EVE, ZOE, World, body, wish


def table(shop: World, links: bool = False, user: str = ADA, **query: Any) -> RequestTable:
    return shop.container().requests.table.table(TableQuery.model_validate(query), shop.person(user), links=links)


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


def crossed(shop: World, **query: Any) -> list[str]:
    """What a table asks of AWS."""
    shop.boundary.arm()
    table(shop, **query)
    return shop.boundary.crossed


def test_a_first_page_without_counts_is_one_round_trip_of_a_new_process(shop: World, three: list[str]) -> None:
    shop.crash()
    assert crossed(shop, limit=2, count=False) == ["Query"]


def test_a_counted_or_filtered_page_is_two_round_trips_of_a_new_process_and_one_afterwards(
    shop: World, three: list[str]
) -> None:
    shop.crash()
    assert crossed(shop, limit=200, filters={"status": "pend"}) == ["GetObject", "Query"]
    assert crossed(shop, limit=200, tab="review", where={"text": "export"}) == ["Query"]


def test_my_own_are_one_round_trip_and_those_of_the_others_are_counted_by_a_second(
    shop: World, three: list[str]
) -> None:
    shop.crash()
    assert crossed(shop, tab="mine") == ["Query"]
    table(shop)
    assert crossed(shop, tab="mine") == ["Query", "Query"]


def test_a_draft_is_only_its_authors_from_its_beginning_to_its_end(shop: World, three: list[str]) -> None:
    kept = shop.submit(EVE, body(wish(name="kept"), draft=True)).request_id
    gone = shop.submit(EVE, body(wish(name="gone"), draft=True)).request_id
    assert kept is not None
    assert gone is not None
    assert {kept, gone} < set(ids(table(shop, user=EVE, tab="mine")))
    shop.order(EVE, gone, "cancel_request")
    assert kept in ids(table(shop, user=EVE, tab="mine", where={"states": ["draft"]}))
    for user, tab in ((ADA, "all"), (ADA, "review"), (EVE, "all")):
        assert not {kept, gone} & set(ids(table(shop, user=user, tab=tab)))
        assert not {kept, gone} & set(ids(table(shop, user=user, count=False)))
    with pytest.raises(NotFound):
        shop.container().requests.read.read(kept, shop.person(ADA))
    with pytest.raises(InvalidInput, match="not found"):
        shop.order(ADA, kept, "add_comment", comment_text="?")
    shop.order(EVE, kept, "submit_draft")
    for user in (ADA, EVE):
        assert kept in ids(table(shop, user=user))
        assert gone not in ids(table(shop, user=user, tab="mine"))


def test_lists_are_right_before_and_after_the_digest_is_published(shop: World, three: list[str]) -> None:
    shop.crash()
    published = shop.container().requests.catalog.publish.run()
    assert (published.published, published.rows, published.stuck) == (True, 3, 0)
    shop.order(ADA, three[1], "add_comment", comment_text="wait")
    shop.order(BO, three[2], "reject_request")
    fourth = shop.requested(EVE)
    for _ in ("a process that knows them", "a new one"):
        assert ids(table(shop)) == [fourth, *three[::-1]]
        assert [row.status for row in table(shop).data] == ["pending", "rejected", "pending", "rejected"]
        shop.crash()


@pytest.mark.parametrize("content", [b"garbage", gzip.compress(b"{}", mtime=0), b""])
def test_a_digest_that_nobody_can_read_is_made_anew(shop: World, content: bytes) -> None:
    request_id = shop.requested(EVE)
    bucket, s3 = load().bucket, boto3.client("s3", REGION)
    s3.put_object(Bucket=bucket, Key=digests.KEY, Body=content)
    shop.crash()
    assert ids(table(shop)) == [request_id]
    assert shop.container().requests.catalog.publish.run().published
    kept = s3.get_object(Bucket=bucket, Key=digests.KEY)["Body"].read()
    assert [row.id for row in digests.unpacked(kept).rows] == [request_id]


def test_a_first_page_without_counts_is_what_the_counted_one_is(shop: World, three: list[str]) -> None:
    same_second = [shop.requested(EVE, body(wish(name=f"n{number}"))) for number in range(3)]
    newest = sorted(same_second) + three[::-1]
    for limit in range(8):
        quick, counted = table(shop, limit=limit, count=False), table(shop, limit=limit)
        assert ids(quick) == ids(counted) == newest[:limit]
        assert quick.cursor == counted.cursor
        assert (quick.totalCount, counted.totalCount) == (None, 6)


def test_pages_follow_each_other_without_a_gap_or_a_repetition(shop: World, three: list[str]) -> None:
    for name in "abcd":
        shop.requested(EVE, body(wish(name=name)))
    every = ids(table(shop))
    for count in (True, False):
        seen, cursor = [], None
        while True:
            page = table(shop, limit=2, cursor=cursor, count=count)
            seen += ids(page)
            cursor = page.cursor
            if cursor is None:
                break
        assert seen == every


def test_tabs_hold_mine_what_i_may_decide_and_all(shop: World, three: list[str]) -> None:
    assert ids(table(shop, tab="mine")) == [three[1]]
    assert ids(table(shop, tab="review")) == [three[2]], "neither the own one nor the rejected one"
    counted = table(shop, tab="mine", filters={"username": "nobody"})
    assert (ids(counted), counted.totalCount, counted.matchingCount) == ([], 1, 0)
    assert counted.tabs is not None
    assert counted.tabs.model_dump() == {"all": 3, "mine": 1, "review": 1}
    assert ids(table(shop, user=EVE, tab="review")) == []


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


def test_links_do_not_get_in_the_way_of_filters(shop: World, three: list[str]) -> None:
    found = table(shop, links=True, filters={"arn": f"^{APP}$"})
    assert found.filteredCount == 3
    assert found.data[0].request_id == f"[{three[2]}](/policies/request/{three[2]})"
