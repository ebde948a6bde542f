"""All or none: when one change of a request fails, those that were applied are taken back, where nobody else has a hand in them."""

from typing import Any

import pytest

from chalicelib.requests.states import ChangeStatus
from tests.support.aws import refusing
from tests.support.request_world import ADA, EVE, World, body, document, wish

OTHER = document("s3:ListBucket", resource="arn:aws:s3:::exports")
FOREIGN = document("s3:DeleteObject")


def approved(shop: World, *wishes: Any) -> str:
    """All or none, approved; its workflow has not gone on yet."""
    request_id = shop.requested(EVE, body(*wishes, on_failure="rollback"))
    shop.order(ADA, request_id, "approve_request")
    return request_id


def statuses(shop: World, request_id: str) -> list[ChangeStatus]:
    return [record.status for record in shop.find(request_id).records]


TWO = (wish(name="one"), wish(name="two"))


def test_what_was_applied_is_taken_back_when_another_change_fails(shop: World) -> None:
    shop.put_policy("one", OTHER)
    request_id = approved(shop, wish(name="one", new=False), wish(name="two"), wish(name="three"))
    shop.put_policy("three", FOREIGN)
    shop.workflows.run()
    assert statuses(shop, request_id) == [
        ChangeStatus.ROLLED_BACK,
        ChangeStatus.ROLLED_BACK,
        ChangeStatus.NEEDS_REBASE,
    ]
    assert shop.policies() == {"one": OTHER, "three": FOREIGN}
    found = shop.find(request_id)
    assert found.head.state == "needs_rebase"
    assert found.records[0].taken == found.records[0].found
    assert [line.kind for line in found.events].count("rolled_back") == 2


def test_without_that_wish_what_was_applied_stays(shop: World) -> None:
    request_id = shop.requested(EVE, body(*TWO))
    shop.order(ADA, request_id, "approve_request")
    shop.put_policy("two", FOREIGN)
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()["one"]) == ("partially_applied", document())


def test_what_is_not_ours_alone_any_more_stays_for_a_person_to_look_at(shop: World) -> None:
    request_id = approved(shop, *TWO)
    with shop.workflows.standing_still():
        shop.invoke("apply_change", {"request_id": request_id, "change_id": f"{request_id}0"})
    shop.put_policy("one", OTHER)
    shop.put_policy("two", FOREIGN)
    shop.workflows.run()
    record = shop.find(request_id).records[0]
    assert record.status is ChangeStatus.APPLIED
    assert str(record.error).startswith("rollback_conflict")
    assert (shop.state(request_id), shop.policies()) == ("partially_applied", {"one": OTHER, "two": FOREIGN})


def test_taking_back_that_fails_is_tried_until_it_is_done(shop: World) -> None:
    request_id = approved(shop, *TWO)
    shop.put_policy("two", FOREIGN)
    with refusing("iam.DeleteRolePolicy", "ServiceFailure", 500):
        shop.workflows.run()
        assert shop.state(request_id) == "applying"
    for _ in range(4):
        shop.sign_in(ADA)
        shop.tick(600)
    assert (shop.state(request_id), shop.policies()) == ("needs_rebase", {"two": FOREIGN})


def test_what_was_given_for_a_time_and_taken_back_has_no_end_left(shop: World) -> None:
    until = shop.clock.now() + 3600
    request_id = approved(shop, wish(name="one", until=until), wish(name="two", until=until))
    shop.put_policy("two", FOREIGN)
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("needs_rebase", {"two": FOREIGN})
    for _ in range(2):
        shop.tick(3600)
    assert shop.find(request_id).dues == ()
    assert shop.policies() == {"two": FOREIGN}


@pytest.mark.parametrize("change", ["0", "1"])
def test_nobody_takes_back_what_no_failure_asks_to_go(shop: World, change: str) -> None:
    request_id = approved(shop, *TWO)
    shop.workflows.run()
    answer = shop.invoke("revert_change", {"request_id": request_id, "change_id": f"{request_id}{change}"})
    assert (answer["status"], set(shop.policies())) == ("refused", {"one", "two"})
