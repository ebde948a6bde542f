"""An edit is a new revision: what was approved before it is void, and who edits becomes an author."""

from typing import Any

import pytest

from chalicelib.core.errors import Conflict, Forbidden, InvalidInput
from chalicelib.requests.states import Command
from tests.support.request_world import ADA, BO, EVE, ZOE, World, body, document, wish

EDITED = document("s3:ListBucket", resource="arn:aws:s3:::exports")


def edit(shop: World, request_id: str, user: str = EVE, policy: dict[str, Any] | None = None, **more: Any) -> None:
    shop.order(user, request_id, "update_change", change_id=f"{request_id}0", policy_document=policy or EDITED, **more)


def test_an_edit_makes_a_revision_that_is_previewed_on_what_is_live_now(shop: World) -> None:
    request_id = shop.requested()
    first = shop.find(request_id)
    edit(shop, request_id)
    second = shop.find(request_id)
    assert (second.head.revision, second.head.state) == (2, "pending")
    assert second.head.revision_hash != first.head.revision_hash
    assert second.revision.changes[0].preview.after.content == EDITED
    assert second.revision.authors == (EVE,)
    assert [change.id for change in second.revision.changes] == [f"{request_id}0"]
    assert len(shop.workflows.executions) == 1, "the same workflow goes on waiting"


def test_an_approval_of_the_revision_before_the_edit_is_refused_and_nothing_is_applied(shop: World) -> None:
    request_id = shop.requested()
    seen = shop.shown(request_id)
    edit(shop, request_id)
    with pytest.raises(Conflict, match="edited meanwhile and is at revision 2"):
        shop.order(ADA, request_id, "approve_request", **seen)
    with pytest.raises(Conflict, match="send the fields"):
        shop.order(ADA, request_id, "approve_request")
    with pytest.raises(Conflict, match="send the fields"):
        shop.order(ADA, request_id, "apply_change", change_id=f"{request_id}0")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("pending", {})


def test_an_edit_that_overtakes_an_approval_in_flight_wins_and_the_approver_is_told(shop: World) -> None:
    request_id = shop.requested()
    seen, before = shop.shown(request_id), shop.find(request_id)
    edit(shop, request_id)
    decider = shop.container().requests.modify._decider
    with pytest.raises(Conflict, match="changed meanwhile and is pending at revision 2"):
        decider.decide(before, Command.APPROVE, shop.person(ADA), **seen)
    assert shop.find(request_id).rulings == ()


def test_what_is_applied_is_the_revision_that_was_approved(shop: World) -> None:
    request_id = shop.requested()
    edit(shop, request_id)
    shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert shop.policies() == {"export": EDITED}


def test_an_approver_who_edits_cannot_approve_alone_and_another_one_can(shop: World) -> None:
    request_id = shop.requested()
    edit(shop, request_id, ADA)
    assert shop.find(request_id).revision.authors == (EVE, ADA)
    with pytest.raises(Forbidden, match="edited this change yourself"):
        shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))
    shop.order(BO, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert shop.policies() == {"export": EDITED}


def test_once_an_author_always_an_author(shop: World) -> None:
    request_id = shop.requested()
    edit(shop, request_id, ADA)
    edit(shop, request_id, EVE, document("s3:PutObject"))
    assert shop.find(request_id).revision.authors == (EVE, ADA)
    with pytest.raises(Forbidden):
        shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))


def test_an_edit_after_the_approval_is_refused(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    with pytest.raises(Conflict, match=f"already approved by {ADA}"):
        edit(shop, request_id)


def test_strangers_do_not_edit(shop: World) -> None:
    request_id = shop.requested()
    with pytest.raises(Forbidden):
        edit(shop, request_id, ZOE)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"policy_document": document()}, "already is exactly that"),
        ({"policy_document": {"Version": "2012-10-17"}}, "Statement must be"),
        ({"policy_document": None}, "policy_document: send"),
        ({"change_id": None}, "change_id: the request has the changes"),
        ({"change_id": "other"}, "change_id: the request has the changes"),
    ],
)
def test_an_edit_that_does_not_do_is_refused(shop: World, more: dict[str, Any], words: str) -> None:
    request_id = shop.requested()
    with pytest.raises(InvalidInput, match=words):
        shop.order(
            EVE, request_id, "update_change", **({"change_id": f"{request_id}0", "policy_document": EDITED} | more)
        )
    assert shop.find(request_id).head.revision == 1


def test_an_edit_of_what_somebody_else_has_edited_meanwhile_is_refused(shop: World) -> None:
    request_id = shop.requested()
    seen = shop.shown(request_id)
    edit(shop, request_id, ADA)
    with pytest.raises(Conflict, match="edited meanwhile"):
        edit(shop, request_id, EVE, document("s3:PutObject"), **seen)


def test_a_request_that_needs_a_rebase_is_edited_approved_anew_and_applied(shop: World) -> None:
    request_id = shop.requested()
    shop.put_policy("export", document("s3:DeleteObject"))
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "needs_rebase"
    assert shop.policies() == {"export": document("s3:DeleteObject")}, "what somebody else put was not overwritten"
    with pytest.raises(Conflict, match="needs_rebase"):
        shop.order(BO, request_id, "approve_request")
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0")
    shop.workflows.run()
    again = shop.find(request_id)
    assert (again.head.state, again.head.revision) == ("pending", 2)
    assert again.revision.changes[0].preview.before.content == document("s3:DeleteObject")
    assert again.revision.changes[0].title == "Replace inline policy export"
    shop.order(ADA, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert {one.status for one in shop.workflows.executions.values()} == {"SUCCEEDED"}


def test_one_edited_change_leaves_the_others_as_they_are(shop: World) -> None:
    request_id = shop.requested(asked=body(wish(name="one"), wish(name="two")))
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}1", policy_document=EDITED)
    after = [change.preview.after.content for change in shop.find(request_id).revision.changes]
    assert after == [document(), EDITED]


def test_an_edit_gives_the_decision_its_time_again(shop: World) -> None:
    request_id = shop.requested()
    shop.clock.advance(29 * 86_400)
    edit(shop, request_id)
    for user in (ADA, EVE):
        shop.sign_in(user)
    shop.tick(2 * 86_400)
    assert shop.state(request_id) == "pending"
    shop.tick(29 * 86_400)
    assert shop.state(request_id) == "expired"
