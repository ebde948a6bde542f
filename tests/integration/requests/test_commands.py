"""Everything that people may tell a request beside deciding about it."""

from typing import Any

import pytest

from chalicelib.core.errors import AppError, Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.requests.states import ChangeStatus, Command, DueKind
from tests.support.aws import refusing
from tests.support.request_world import ADA, APP, BO, EVE, ZOE, World, body, document, wish

HOUR = 3600
OTHER = document("s3:ListBucket", resource="arn:aws:s3:::exports")
TWO = (wish(name="one"), wish(name="two"))


def approve(shop: World, request_id: str, user: str = ADA) -> None:
    shop.sign_in(user)
    shop.order(user, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()


def granted(shop: World, *wishes: Any) -> str:
    until = shop.clock.now() + HOUR
    request_id = shop.requested(EVE, body(*[{**one, "until": until} for one in wishes or [wish()]]))
    approve(shop, request_id)
    assert shop.state(request_id) == "applied"
    return request_id


def no(shop: World, kind: type[AppError], reason: str, user: str, request_id: str, command: str, **more: Any) -> None:
    with pytest.raises(kind) as refusal:
        shop.order(user, request_id, command, **more)
    assert refusal.value.reason == reason


@pytest.mark.parametrize("stage", ["pending", "applied"])
@pytest.mark.parametrize("command", [one for one in Command if one is not Command.ADD_COMMENT])
def test_a_stranger_may_see_it_and_give_no_command(shop: World, command: Command, stage: str) -> None:
    request_id = shop.requested() if stage == "pending" else granted(shop)
    before = shop.find(request_id)
    asked = {
        **shop.shown(request_id),
        "change_id": f"{request_id}0",
        "policy_document": OTHER if command is Command.UPDATE_CHANGE else None,
        "until": shop.clock.now() + HOUR // 2,
        "comment_text": "because",
    }
    with pytest.raises(Forbidden):
        shop.order(ZOE, request_id, command.value, **asked)
    assert shop.find(request_id) == before


def test_one_change_is_taken_out_and_the_rest_is_decided_about_anew(shop: World) -> None:
    request_id = shop.requested(EVE, body(*TWO))
    seen = shop.shown(request_id)
    shop.order(EVE, request_id, "cancel_change", change_id=f"{request_id}0")
    no(shop, Conflict, "stale_revision", ADA, request_id, "approve_request", **seen)
    no(shop, InvalidInput, "no_such_change", EVE, request_id, "cancel_change", change_id=f"{request_id}0")
    approve(shop, request_id)
    assert (shop.state(request_id), set(shop.policies())) == ("applied", {"two"})
    assert [one.status for one in shop.find(request_id).records] == [ChangeStatus.CANCELLED, ChangeStatus.APPLIED]


def test_without_its_last_change_a_request_is_cancelled(shop: World) -> None:
    request_id = shop.requested()
    shop.order(EVE, request_id, "cancel_change", change_id=f"{request_id}0")
    assert shop.state(request_id) == "cancelled"


@pytest.mark.parametrize("command", ["reject_request", "cancel_request"])
def test_what_was_ended_is_taken_up_again_by_those_who_decide(shop: World, command: str) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, command)
    shop.workflows.run()
    with pytest.raises(Forbidden):
        shop.order(EVE, request_id, "move_back_to_pending")
    shop.order(ADA, request_id, "move_back_to_pending")
    shop.workflows.run()
    found = shop.find(request_id)
    assert (found.head.state, found.head.revision, found.revision.authors) == ("pending", 2, (EVE,))
    approve(shop, request_id)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_what_was_rejected_more_than_a_day_ago_is_not_taken_up_again_whatever_was_said_since(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "reject_request")
    shop.clock.advance(86_400)
    shop.sign_in(ADA)
    assert (
        "move_back_to_pending"
        in shop.container().requests.read.read(request_id, shop.person(ADA)).review.allowed_actions
    )
    shop.order(EVE, request_id, "add_comment", comment_text="Please")
    shop.clock.advance(1)
    no(shop, Conflict, "nothing_to_do", ADA, request_id, "move_back_to_pending")
    assert shop.state(request_id) == "rejected"


def test_a_draft_is_its_authors_own_until_it_is_submitted(shop: World) -> None:
    draft = str(shop.submit(EVE, body(draft=True)).request_id)
    assert (shop.state(draft), shop.workflows.executions, shop.find(draft).head.due_at) == ("draft", {}, None)
    with pytest.raises(NotFound):
        shop.container().requests.read.read(draft, shop.person(ADA))
    no(shop, InvalidInput, "request_not_found", ADA, draft, "add_comment", comment_text="hello")
    no(shop, Conflict, "wrong_state", EVE, draft, "end_request")
    changes = body(*TWO)["changes"]
    shop.order(EVE, draft, "update_change", changes=changes, justification="why", on_failure="rollback")
    head = shop.find(draft).head
    assert (head.state, head.justification, head.on_failure, head.revision) == ("draft", "why", "rollback", 2)
    assert shop.container().audit.of_target(APP) == ()
    shop.order(EVE, draft, "submit_draft")
    shop.workflows.run()
    assert shop.state(draft) == "pending"
    assert [link.entry.action for link in shop.container().audit.of_target(APP)] == ["request.create"]
    no(shop, InvalidInput, "no_draft", EVE, draft, "update_change", changes=changes)
    approve(shop, draft)
    assert (shop.state(draft), set(shop.policies())) == ("applied", {"one", "two"})


def test_a_draft_that_is_thrown_away_leaves_nothing(shop: World) -> None:
    draft = str(shop.submit(EVE, body(draft=True)).request_id)
    shop.order(EVE, draft, "cancel_request")
    assert shop.container().requests.store.find(draft) is None


def test_the_end_that_is_asked_for_may_be_another_one_while_nobody_has_decided(shop: World) -> None:
    request_id = shop.requested(EVE, body(*TWO))
    until = shop.clock.now() + 2 * HOUR
    shop.order(EVE, request_id, "change_expiry", until=until, change_id=f"{request_id}0")
    assert [change.spec.until for change in shop.find(request_id).revision.changes] == [until, None]
    no(shop, InvalidInput, "end_passed", EVE, request_id, "change_expiry", until=1)
    no(
        shop,
        InvalidInput,
        "change_unchanged",
        EVE,
        request_id,
        "change_expiry",
        until=until,
        change_id=f"{request_id}0",
    )
    approve(shop, request_id)
    shop.tick(2 * HOUR)
    assert (shop.state(request_id), set(shop.policies())) == ("applied", {"two"})
    assert [one.status for one in shop.find(request_id).records] == [ChangeStatus.ENDED, ChangeStatus.APPLIED]


def test_what_is_applied_ends_sooner_never_later(shop: World) -> None:
    request_id = granted(shop)
    now = shop.clock.now()
    no(shop, InvalidInput, "not_sooner", EVE, request_id, "change_expiry", until=now + HOUR)
    no(shop, InvalidInput, "bad_end", EVE, request_id, "change_expiry", until=now)
    shop.order(ADA, request_id, "change_expiry", until=now + 600)
    found = shop.find(request_id)
    (due,) = [due for due in found.dues if due.kind is DueKind.END]
    assert (due.at, found.records[0].until) == (now + 600, now + 600)
    shop.tick(600)
    assert (shop.state(request_id), shop.policies()) == ("ended", {})


def test_what_is_applied_may_be_ended_now_by_its_requester(shop: World) -> None:
    request_id = granted(shop, *TWO)
    with pytest.raises(Forbidden):
        shop.order(ZOE, request_id, "end_request")
    shop.order(EVE, request_id, "end_request", change_id=f"{request_id}0")
    shop.workflows.run()
    assert (shop.state(request_id), set(shop.policies())) == ("applied", {"two"})
    shop.order(EVE, request_id, "end_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("ended", {})
    no(shop, Conflict, "wrong_state", EVE, request_id, "end_request")
    actions = [link.entry.action for link in shop.container().audit.of_target(APP)]
    assert actions.count("request.end_now") == 2


def test_more_time_is_another_request_that_is_decided_anew(shop: World) -> None:
    request_id = granted(shop)
    until = shop.clock.now() + 3 * HOUR
    no(shop, InvalidInput, "not_later", EVE, request_id, "extend_request", until=shop.clock.now() + HOUR)
    asked = [shop.order(EVE, request_id, "extend_request", until=until, comment_text="not done yet") for _ in range(2)]
    (longer,) = {answer.action_results[0].message.rpartition("/")[2] for answer in asked}
    head = shop.find(longer).head
    assert (head.extends, head.state, head.justification) == (request_id, "pending", "not done yet")
    shop.workflows.run()
    approve(shop, longer)
    shop.tick(HOUR)
    assert (shop.state(request_id), shop.policies()) == ("ended", {"export": document()})
    shop.tick(2 * HOUR)
    assert (shop.state(longer), shop.policies()) == ("ended", {})


@pytest.mark.parametrize("end", ["reject_request", "cancel_request"])
def test_more_time_that_was_asked_for_in_vain_is_not_asked_for_by_repeating_it(shop: World, end: str) -> None:
    request_id = granted(shop)
    until = shop.clock.now() + 3 * HOUR
    answer = shop.order(EVE, request_id, "extend_request", until=until)
    longer = answer.action_results[0].message.rpartition("/")[2]
    shop.order(ADA, longer, end)
    no(shop, Conflict, "asked_before", EVE, request_id, "extend_request", until=until)
    again = shop.order(EVE, request_id, "extend_request", until=until + 60)
    assert longer not in again.action_results[0].message


def test_what_stays_has_no_end_to_move(shop: World) -> None:
    request_id = shop.requested()
    approve(shop, request_id)
    for command in ("end_request", "extend_request", "change_expiry"):
        no(shop, Conflict, "nothing_to_do", EVE, request_id, command, until=shop.clock.now() + 60)


def test_what_failed_is_tried_again_as_it_was_approved(shop: World) -> None:
    request_id = shop.requested(EVE, body(*TWO))
    with refusing("iam.PutRolePolicy", "AccessDenied"):
        approve(shop, request_id)
    assert shop.state(request_id) == "failed"
    shop.sign_in(BO)
    shop.order(EVE, request_id, "retry_failed")
    shop.workflows.run()
    assert (shop.state(request_id), set(shop.policies())) == ("applied", {"one", "two"})
    no(shop, Conflict, "wrong_state", EVE, request_id, "retry_failed")
