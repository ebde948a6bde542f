"""Approving, rejecting, cancelling, commenting: who, when, on what they saw, and what the loser of a race is told."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.errors import Conflict, Forbidden, InvalidInput
from chalicelib.requests.states import Command, DueKind, Verdict
from chalicelib.requests.wire_list import TableQuery
from tests.support.parallel import at_once
from tests.support.request_world import ADA, APP, BO, EVE, ZOE, World, body, document, wish


def test_a_decision_is_stored_and_bound_to_what_was_shown_before_the_workflow_is_woken(shop: World) -> None:
    request_id = shop.requested()
    shop.boundary.arm()
    shop.order(ADA, request_id, "approve_request", comment_text="fine")
    order = shop.boundary.crossed
    assert order.index("TransactWriteItems") < order.index("PutItem") < order.index("SendTaskSuccess")
    request = shop.find(request_id)
    (ruling,) = request.rulings
    assert (ruling.actor, ruling.verdict, ruling.comment) == (ADA, Verdict.APPROVE, "fine")
    assert (ruling.revision, ruling.revision_hash) == (1, request.head.revision_hash)
    assert (request.head.state, request.head.reviewer) == ("approved", ADA)


def test_a_rejected_request_changes_nothing_and_its_workflow_ends(shop: World) -> None:
    request_id = shop.requested()
    result = shop.order(ADA, request_id, "reject_request", comment_text="no need shown")
    assert (result.errors, result.action_results[0].message) == (0, "Successfully rejected request")
    shop.workflows.run()
    assert shop.state(request_id) == "rejected"
    assert shop.policies() == {}
    assert shop.workflows.executions[f"{request_id}-0"].status == "SUCCEEDED"
    assert shop.find(request_id).head.due_at is None


@pytest.mark.parametrize("user", [EVE, ADA])
def test_the_requester_and_who_may_decide_cancel(shop: World, user: str) -> None:
    request_id = shop.requested(EVE)
    shop.order(user, request_id, "cancel_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("cancelled", {})
    assert shop.workflows.executions[f"{request_id}-0"].status == "SUCCEEDED"


@pytest.mark.parametrize(
    ("user", "command"),
    [(ZOE, "approve_request"), (ZOE, "reject_request"), (ZOE, "cancel_request"), (EVE, "approve_request")],
)
def test_who_may_not_is_refused_and_nothing_changes(shop: World, user: str, command: str) -> None:
    request_id = shop.requested(EVE)
    before = shop.find(request_id)
    with pytest.raises(Forbidden):
        shop.order(user, request_id, command)
    assert shop.find(request_id) == before


def test_a_refused_approval_is_in_the_audit_log(shop: World) -> None:
    request_id = shop.requested(ADA)
    with pytest.raises(Forbidden, match="requested this change yourself"):
        shop.order(ADA, request_id, "approve_request")
    refused = [link.entry for link in shop.container().audit.of_target(APP) if link.entry.outcome == "refused"]
    assert [(entry.action, entry.person) for entry in refused] == [("request.approve", f"user:{ADA}")]


def test_a_comment_changes_neither_state_nor_reviewer(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "reject_request")
    before = shop.find(request_id).head
    shop.clock.advance(5)
    shop.order(ZOE, request_id, "add_comment", comment_text="a pity")
    after = shop.find(request_id)
    assert [(comment.actor, comment.text) for comment in after.comments] == [(ZOE, "a pity")]
    assert after.head == before.model_copy(update={"last_updated": before.last_updated + 5})


@pytest.mark.parametrize("text", [None, "", "  \n", "x" * 10_001])
def test_a_comment_needs_a_text_of_some_length(shop: World, text: str | None) -> None:
    request_id = shop.requested()
    with pytest.raises(InvalidInput, match="comment_text"):
        shop.order(EVE, request_id, "add_comment", comment_text=text)


@pytest.mark.parametrize("second", ["approve_request", "reject_request", "cancel_request", "apply_change"])
def test_the_second_decision_is_told_who_was_first_and_where_it_stands(shop: World, second: str) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    with pytest.raises(Conflict, match=f"already approved by {ADA} and is now applied"):
        shop.order(BO, request_id, second, change_id=f"{request_id}0")


def test_an_unknown_request_or_command_is_bad_input(shop: World) -> None:
    request_id = shop.requested()
    with pytest.raises(InvalidInput, match="Request with that ID not found"):
        shop.order(ADA, "00000000-0000-0000-0000-000000000000", "approve_request")
    with pytest.raises(InvalidInput, match=r"'approve' is unknown\. Known are: add_comment"):
        shop.order(ADA, request_id, "approve")


def test_apply_change_is_the_approval_of_a_request_with_one_change(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "apply_change", change_id=f"{request_id}0", policy_document=document())
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_apply_change_does_not_approve_several_changes_at_once(shop: World) -> None:
    request_id = shop.requested(asked=body(wish(name="one"), wish(name="two")))
    with pytest.raises(InvalidInput, match="send approve_request"):
        shop.order(ADA, request_id, "apply_change", change_id=f"{request_id}0")
    assert shop.state(request_id) == "pending"


def test_whoever_applies_cannot_swap_the_document_in_the_same_breath(shop: World) -> None:
    request_id = shop.requested()
    other = document("s3:DeleteObject")
    with pytest.raises(InvalidInput, match="differs from what the request shows"):
        shop.order(ADA, request_id, "apply_change", change_id=f"{request_id}0", policy_document=other)
    with pytest.raises(InvalidInput, match="the request has the changes"):
        shop.order(ADA, request_id, "apply_change", change_id="other")
    assert shop.state(request_id) == "pending"


def test_clients_that_wait_hear_what_became_of_it(shop: World) -> None:
    request_id = shop.requested()
    result = shop.order(ADA, request_id, "approve_request", wait=True)
    assert result.errors == 0
    assert [one.message for one in result.action_results] == [
        "Successfully approved revision 1 of the request",
        "Successfully applied: Add inline policy export, to principal: app",
    ]
    assert all(one.visible for one in result.action_results)
    assert shop.paused[0] == 0.5


def test_clients_that_wait_hear_of_a_failure_in_the_same_shape(shop: World) -> None:
    request_id = shop.requested()
    shop.put_policy("export", document("s3:DeleteObject"))
    result = shop.order(ADA, request_id, "approve_request", wait=True)
    assert result.errors == 1
    assert [one.status for one in result.action_results] == ["success", "error"], result.action_results
    assert "was changed since this was reviewed" in result.action_results[1].message


def test_nobody_waits_longer_than_the_gateway_does(shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    request_id = shop.requested()
    monkeypatch.setattr(shop.workflows, "run", lambda: None)
    result = shop.order(ADA, request_id, "approve_request", wait=True)
    assert shop.paused == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert sum(shop.paused) < 29
    assert result.errors == 0
    assert "being applied" in result.action_results[-1].message


def test_fifty_approvals_at_once_are_one_application_and_forty_nine_who_are_told(shop: World) -> None:
    request_id = shop.requested()
    shop.container().requests.modify  # noqa: B018 made once, not by fifty at a time
    answers = at_once(shop, [lambda: shop.order(ADA, request_id, "approve_request")] * 50)
    shop.workflows.run()
    told = [answer for answer in answers if answer != "done"]
    assert len(told) == 49, told
    assert {answer.split(" and is now")[0].rstrip(".") for answer in told} <= {
        f"Conflict: The request was already approved by {ADA}",
        f"Conflict: The request was already approved by {ADA}. Reload to see it",
    }
    assert len(shop.find(request_id).rulings) == 1
    assert shop.policies() == {"export": document()}
    assert shop.boundary.effects.count("PutRolePolicy") == 1


def test_an_approval_and_a_cancellation_at_once_have_one_winner(shop: World) -> None:
    request_id = shop.requested()
    before = shop.find(request_id)
    modifier = shop.container().requests.modify
    shop.order(ADA, request_id, "approve_request")
    # Eve's page was loaded before: her command goes on from what she has read.
    with pytest.raises(Conflict, match=f"already approved by {ADA}"):
        modifier._canceller.cancel(before, shop.person(EVE))
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_an_approval_of_what_was_cancelled_meanwhile_is_told_so(shop: World) -> None:
    request_id = shop.requested()
    before = shop.find(request_id)
    shop.order(EVE, request_id, "cancel_request")
    decider = shop.container().requests.modify._decider
    with pytest.raises(Conflict, match=f"already cancelled by {EVE}"):
        decider.decide(before, Command.APPROVE, shop.person(ADA), revision=None, revision_hash=None)
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("cancelled", {})


def test_a_note_of_the_workflow_at_the_same_moment_does_not_refuse_a_decision(shop: World) -> None:
    """DynamoDB refuses a transaction also because of a plain write to the same item."""
    request_id = shop.requested()
    cross = shop.boundary.cross
    refused: list[str] = []

    def conflicting(name: str, call: Any) -> Any:
        if name == "TransactWriteItems" and not refused:
            refused.append(name)
            reasons = [{"Code": "TransactionConflict"}, {"Code": "None"}, {"Code": "None"}]
            answer: Any = {
                "Error": {"Code": "TransactionCanceledException", "Message": ""},
                "CancellationReasons": reasons,
            }
            raise ClientError(answer, name)
        return cross(name, call)

    shop.boundary.cross = conflicting  # type: ignore[method-assign]
    try:
        shop.order(ADA, request_id, "approve_request")
    finally:
        del shop.boundary.cross
    assert refused
    assert shop.find(request_id).head.state == "approved"


def test_a_decision_that_came_before_the_workflow_waited_is_not_lost(shop: World) -> None:
    request_id = shop.submit(EVE).request_id
    assert request_id is not None
    shop.order(ADA, request_id, "approve_request")
    assert shop.find(request_id).head.due_kind is DueKind.WAKE, "there was no token yet"
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_a_decision_between_the_first_step_and_the_wait_is_answered_by_the_wait_itself(shop: World) -> None:
    request_id = shop.submit(EVE).request_id
    assert request_id is not None
    plan = shop.invoke("prepare_request", {"request_id": request_id})
    assert plan["step"] == "await"
    shop.order(ADA, request_id, "approve_request")
    execution = shop.workflows.executions[f"{request_id}-0"]
    execution.data, execution.state = plan, "AwaitDecision"
    shop.workflows.run()
    assert shop.policies() == {"export": document()}
    assert execution.status == "SUCCEEDED"


def test_a_bell_that_was_hung_up_while_somebody_decided_is_rung_at_once(shop: World) -> None:
    request_id = shop.submit(EVE).request_id
    assert request_id is not None
    before = shop.find(request_id)
    shop.workflows.run()
    assert before.head.task_token is None
    assert shop.find(request_id).head.task_token is not None
    decider = shop.container().requests.modify._decider
    decider.decide(before, Command.APPROVE, shop.person(ADA), revision=None, revision_hash=None)
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_the_token_never_leaves_the_system(shop: World) -> None:
    request_id = shop.requested()
    token = shop.find(request_id).head.task_token
    assert token
    shown = shop.container().requests.read.read(request_id, shop.person(ADA)).model_dump_json()
    listed = shop.container().requests.table.table(TableQuery(), shop.person(ADA), links=False)
    entries = [link.model_dump_json() for link in shop.container().audit.of_target(APP)]
    assert token not in shown + listed.model_dump_json() + "".join(entries)
    assert token not in repr(shop.find(request_id).head)


def test_only_ids_pass_through_the_workflow(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    for payload in shop.workflows.payloads:
        assert set(payload) <= {"request_id", "step", "change_ids", "change_id", "results", "state", "failure"}
        assert "s3:GetObject" not in str(payload)
        assert "nightly export" not in str(payload)
