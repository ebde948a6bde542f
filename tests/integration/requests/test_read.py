"""One request over HTTP: its review, its revisions side by side, and threads of comments."""

import json
from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.requests.models import Due
from chalicelib.requests.states import DueKind
from tests.support.request_world import ADA, BO, EVE, ZOE, World, document


@pytest.fixture
def edited(shop: World) -> str:
    """A request of Eve's at its second revision."""
    request_id = shop.requested(EVE)
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:PutObject"))
    return request_id


def read(shop: World, request_id: str, user: str = ADA) -> dict[str, Any]:
    shown = shop.container().requests.read.read(request_id, shop.person(user))
    return shown.model_dump(mode="json")


def test_reading_is_one_round_trip_and_changes_nothing(shop: World, edited: str) -> None:
    before = shop.find(edited)
    shop.boundary.arm()
    read(shop, edited)
    assert shop.boundary.crossed.count("Query") == 1
    assert not {"PutItem", "UpdateItem", "TransactWriteItems"} & set(shop.boundary.crossed)
    assert shop.find(edited) == before


def test_the_review_names_both_revisions_and_who_must_approve(shop: World, edited: str) -> None:
    review = read(shop, edited)["review"]
    assert [(one["number"], one["author"], one["current"]) for one in review["revisions"]] == [
        (1, EVE, False),
        (2, EVE, True),
    ]
    (stage,) = review["approval"]["stages"]
    assert (stage["stage"], stage["count"], stage["approved_by"], stage["open"]) == (1, 1, [], True)
    assert json.loads(read(shop, edited)["request"])["changes"]["changes"][0]["updated_by"] == EVE


def test_two_revisions_are_compared_the_last_two_unless_others_are_asked_for(shop: World, edited: str) -> None:
    reader, person = shop.container().requests.read, shop.person(ADA)
    last = reader.compare(edited, person, None, None)
    assert (last.older.number, last.newer.number) == (1, 2)
    (change,) = last.changes
    assert (change.older, change.newer, change.same) == (document(), document("s3:PutObject"), False)
    same = reader.compare(edited, person, 2, 2)
    assert same.changes[0].same
    assert reader.compare(edited, person, None, 1).older.number == 1
    with pytest.raises(InvalidInput, match=r"no revision 3. It has: 1, 2"):
        reader.compare(edited, person, 1, 3)


def test_an_unknown_request_has_no_revisions(shop: World) -> None:
    with pytest.raises(NotFound):
        shop.container().requests.read.compare("missing", shop.person(ADA), None, None)


def _is_of_a_comment(due: Due) -> bool:
    return due.kind is DueKind.SEND and due.payload["notice"]["kind"] == "commented"


def test_comments_answer_each_other(shop: World, edited: str) -> None:
    shop.order(ZOE, edited, "add_comment", comment_text="why?")
    (first,) = shop.find(edited).comments
    shop.order(EVE, edited, "add_comment", comment_text="because", reply_to=first.id)
    shop.order(BO, edited, "add_comment", comment_text="fine with me")
    comments = read(shop, edited)["review"]["comments"]
    assert [(one["actor"], one["text"], one["reply_to"]) for one in comments] == [
        (ZOE, "why?", None),
        (EVE, "because", first.id),
        (BO, "fine with me", None),
    ]
    told = {due.payload["notice"]["actor"] for due in shop.find(edited).dues if _is_of_a_comment(due)}
    assert told >= {f"user:{BO}"}, "what is not told at once is still to be told"
    with pytest.raises(InvalidInput, match="reply_to"):
        shop.order(EVE, edited, "add_comment", comment_text="to whom?", reply_to="01ARZ3NDEKTSV4RRFFQ69G5FAV")
