"""What is overdue is done: starts and wakes that were lost, workflows that died, times that ran out; and what keeps failing is
counted and tried again for ever.
"""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.core.errors import AppError, Conflict
from chalicelib.requests.models import STUCK_AFTER
from chalicelib.requests.states import DueKind
from chalicelib.tasks import due as due_task
from tests.support.calls import Crash
from tests.support.request_world import ADA, APP, EVE, World, document

MONTH = 30 * 86_400


def failing(shop: World, *operations: str, code: str = "InternalFailure") -> None:
    """Until `mended`, every call of these operations is refused."""
    real = shop.boundary.cross

    def refused(name: str, call: Any) -> Any:
        if name in operations and not shop.boundary.open:
            raise ClientError({"Error": {"Code": code, "Message": "as the test wants it"}}, name)
        return real(name, call)

    shop.boundary.cross = refused  # type: ignore[method-assign]


def mended(shop: World) -> None:
    del shop.boundary.cross


@pytest.fixture(autouse=True)
def always_mended(shop: World) -> Any:
    yield
    shop.boundary.__dict__.pop("cross", None)


def submitted(shop: World, user: str = EVE) -> str:
    request_id = shop.submit(user).request_id
    assert request_id is not None
    return request_id


def told(shop: World, *ids: str) -> None:
    """What whoever takes from the queue does right after a step."""
    with shop.boundary.unguarded():
        for request_id in ids:
            assert shop.container().requests.telling.teller.tell_all(request_id) == 0


def test_nothing_is_due_while_everything_went_well(shop: World) -> None:
    request_id = shop.requested()
    told(shop, request_id)
    report = shop.tick()
    assert (report.done, report.failed, report.stuck) == (0, 0, 0)
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    told(shop, request_id)
    assert shop.find(request_id).head.due_at is None
    assert shop.tick().done == 0


def test_a_submission_succeeds_although_its_workflow_cannot_be_started_and_the_start_follows(shop: World) -> None:
    failing(shop, "StartExecution")
    request_id = submitted(shop)
    assert shop.find(request_id).head.due_kind is DueKind.START
    assert shop.workflows.executions == {}
    mended(shop)
    told(shop, request_id)
    assert shop.tick(61).done == 1
    assert shop.workflows.executions[f"{request_id}-0"].state == "AwaitDecision"
    assert shop.find(request_id).head.due_kind is DueKind.EXPIRE


def test_a_start_whose_answer_was_lost_is_not_made_twice(shop: World) -> None:
    real = shop.boundary.cross

    def lost(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "StartExecution":
            raise ClientError({"Error": {"Code": "InternalFailure", "Message": ""}}, name)
        return answer

    shop.boundary.cross = lost  # type: ignore[method-assign]
    request_id = submitted(shop)
    mended(shop)
    shop.tick(61)
    assert list(shop.workflows.executions) == [f"{request_id}-0"]
    assert shop.find(request_id).head.due_kind is DueKind.EXPIRE


def test_without_the_audit_entry_of_a_submission_no_workflow_is_started(shop: World) -> None:
    failing(shop, "PutItem")
    request_id = submitted(shop)
    assert (shop.workflows.executions, len(shop.find(request_id).head.outbox)) == ({}, 1)
    shop.tick(61)
    assert shop.workflows.executions == {}
    mended(shop)
    shop.tick(3600)
    assert shop.workflows.executions
    assert shop.find(request_id).head.outbox == ()


def test_without_the_audit_entry_of_an_approval_nothing_is_applied(shop: World) -> None:
    request_id = shop.requested()
    failing(shop, "PutItem")
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert (shop.find(request_id).head.state, shop.policies()) == ("approved", {})
    mended(shop)
    shop.tick(3600)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_a_lost_wake_is_made_up_for(shop: World) -> None:
    request_id = shop.requested()
    failing(shop, "SendTaskSuccess")
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "approved"
    mended(shop)
    shop.tick(61)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_an_approval_whose_workflow_died_meanwhile_is_carried_out_by_another_one(shop: World) -> None:
    request_id = shop.requested()
    shop.workflows.abort_all()
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "approved"
    shop.tick(61)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert {name: one.status for name, one in shop.workflows.executions.items()} == {
        f"{request_id}-0": "ABORTED",
        f"{request_id}-1": "SUCCEEDED",
    }


@pytest.mark.parametrize("command", ["reject_request", "cancel_request"])
def test_a_request_that_ended_needs_no_other_workflow_when_its_own_died(shop: World, command: str) -> None:
    request_id = shop.requested()
    shop.workflows.abort_all()
    shop.order(ADA, request_id, command)
    shop.tick(61)
    assert list(shop.workflows.executions) == [f"{request_id}-0"]
    assert shop.find(request_id).head.due_at is None


def test_an_execution_that_was_overtaken_ends_without_doing_anything(shop: World) -> None:
    request_id = shop.requested()
    shop.workflows.abort_all()
    shop.order(ADA, request_id, "approve_request")
    shop.tick(61)
    zombie = shop.workflows.executions[f"{request_id}-0"]
    zombie.status, zombie.state, zombie.token, zombie.answer = "RUNNING", "AwaitDecision", None, None
    shop.boundary.arm()
    shop.workflows.run()
    assert zombie.status == "SUCCEEDED"
    assert "PutRolePolicy" not in shop.boundary.crossed


def test_a_request_that_nobody_decides_about_expires_and_its_workflow_ends(shop: World) -> None:
    request_id = shop.requested()
    shop.tick(MONTH - 120)
    assert shop.state(request_id) == "pending"
    shop.tick(180)
    assert shop.state(request_id) == "expired"
    assert shop.workflows.executions[f"{request_id}-0"].status == "SUCCEEDED"
    assert shop.find(request_id).head.due_at is None
    shown = shop.container().requests.read.read(request_id, shop.person(EVE))
    assert '"request_status":"cancelled"' in shown.request


def test_a_workflow_that_waits_longer_than_a_request_may_stay_undecided_ends_it(shop: World) -> None:
    request_id = shop.requested()
    shop.clock.advance(MONTH + 86_400)
    shop.workflows.run()
    assert shop.state(request_id) == "expired"
    assert shop.policies() == {}


def test_a_decision_in_the_last_minute_beats_the_expiry(shop: World) -> None:
    request_id = shop.requested()
    shop.clock.advance(MONTH)
    shop.sign_in(ADA)
    shop.order(ADA, request_id, "approve_request")
    shop.tick(0)
    shop.tick()
    assert shop.state(request_id) == "applied"


def test_a_worker_that_died_is_replaced_by_the_workflow_itself(shop: World) -> None:
    request_id = shop.requested()
    real = shop.boundary.cross
    deaths = iter(range(2))

    def dying(name: str, call: Any) -> Any:
        if name == "PutRolePolicy" and next(deaths, None) is not None:
            raise Crash
        return real(name, call)

    shop.boundary.cross = dying  # type: ignore[method-assign]
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert shop.find(request_id).records[0].attempt == 3
    assert len(shop.workflows.executions) == 1


def test_what_keeps_failing_is_stuck_counted_tried_for_ever_at_a_growing_distance_and_healed(shop: World) -> None:
    request_id = shop.requested()
    failing(shop, "PutRolePolicy", code="Throttling")
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    distances: list[int] = []
    report = None
    for _ in range(60):
        head = shop.find(request_id).head
        assert head.due_at is not None
        distances.append(max(head.due_at - shop.clock.now(), 0))
        shop.sign_in(ADA)
        report = shop.tick(max(head.due_at - shop.clock.now(), 0) + 1)
        if len(shop.workflows.executions) > STUCK_AFTER + 3:
            break
    assert report is not None
    assert report.stuck == 1
    assert shop.state(request_id) == "stuck"
    head = shop.find(request_id).head
    assert (head.state, head.due_kind) == ("applying", DueKind.WATCH)
    assert head.failure is not None
    assert "Throttling" in head.failure
    assert max(distances) <= 3600 + 300
    assert distances[-1] > distances[0]
    assert shop.policies() == {}
    review = shop.container().requests.read.read(request_id, shop.person(EVE)).review
    assert (review.state, review.failure) == ("stuck", head.failure)
    mended(shop)
    shop.sign_in(ADA)
    for _ in range(3):
        shop.tick(4000)
        shop.sign_in(ADA)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert shop.tick().stuck == 0


def test_a_start_that_keeps_failing_is_stuck_and_may_still_be_decided(shop: World) -> None:
    failing(shop, "StartExecution")
    request_id = submitted(shop)
    for _ in range(STUCK_AFTER):
        shop.tick(4000)
    assert shop.state(request_id) == "stuck"
    shop.sign_in(ADA)
    shop.order(ADA, request_id, "approve_request")
    mended(shop)
    shop.tick(4000)
    shop.tick(4000)
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})


def test_one_request_that_fails_does_not_stop_the_others(shop: World) -> None:
    failing(shop, "StartExecution")
    ids = [submitted(shop) for _ in range(3)]
    mended(shop)
    told(shop, *ids)
    real = shop.boundary.cross
    struck: list[str] = []

    def once(name: str, call: Any) -> Any:
        if name == "DescribeExecution" and not struck:
            struck.append(name)
            raise ClientError({"Error": {"Code": "InternalFailure", "Message": ""}}, name)
        return real(name, call)

    shop.boundary.cross = once  # type: ignore[method-assign]
    report = shop.tick(61)
    assert (report.done, report.failed) == (2, 1)
    mended(shop)
    shop.tick(200)
    assert {shop.find(one).head.due_kind for one in ids} == {DueKind.EXPIRE}


def test_when_the_database_does_not_answer_the_next_minute_goes_on(shop: World) -> None:
    failing(shop, "StartExecution")
    request_id = submitted(shop)
    mended(shop)
    failing(shop, "Query")
    shop.clock.advance(61)
    with pytest.raises(AppError):
        shop.container().requests.steps.due.run()
    mended(shop)
    shop.tick()
    assert shop.find(request_id).head.due_kind is DueKind.EXPIRE


def test_running_twice_at_once_does_everything_once(shop: World) -> None:
    failing(shop, "StartExecution")
    request_id = submitted(shop)
    mended(shop)
    shop.clock.advance(61)
    store = shop.container().requests.store
    head = store.head(request_id)
    assert head is not None
    due = shop.container().requests.steps.due
    due.run()
    with pytest.raises(Conflict):
        due._do(head)  # what a second run would do that has read the request before the first one wrote
    assert list(shop.workflows.executions) == [f"{request_id}-0"]


def test_a_run_ends_in_time_and_the_next_one_goes_on(shop: World) -> None:
    failing(shop, "StartExecution")
    ids = [submitted(shop) for _ in range(4)]
    mended(shop)
    told(shop, *ids)
    real = shop.boundary.cross

    def slow(name: str, call: Any) -> Any:
        if name == "StartExecution":
            shop.clock.advance(25)
        return real(name, call)

    shop.boundary.cross = slow  # type: ignore[method-assign]
    assert shop.tick(61).done == 2
    assert shop.tick(0).done == 2


def test_a_guardrail_that_came_later_ends_a_request_before_anybody_decides(shop: World) -> None:
    request_id = submitted(shop)
    spoke = {"read_role": "app"}
    shop.configure(
        deployment={"administrators": [f"user:{ADA}"], "hub": {"account_id": "123456789012"}, "spoke": spoke}
    )
    shop.workflows.run()
    assert shop.state(request_id) == "rejected"
    assert shop.find(request_id).head.reviewer == "system:prepare_request"
    shop.tick(61)
    assert shop.find(request_id).head.due_at is None


def test_the_task_is_declared_each_minute_and_reports(shop: World) -> None:
    event = {
        "time": "2030-01-01T00:00:00Z",
        "source": "aws.events",
        "account": "1",
        "region": "us-east-1",
        "detail": {},
    }
    event |= {"detail-type": "Scheduled Event", "version": "0", "resources": [], "id": "1"}
    handler: Any = due_task.due
    assert handler(event, None) == {"done": 0, "failed": 0, "stuck": 0}
    (record,) = [one for one in shop.container().jobs.tasks() if one.name == "due"]
    assert record.succeeded_at == shop.clock.now()


def test_an_edit_that_could_not_be_recorded_at_once_is_recorded_a_minute_later(shop: World) -> None:
    request_id = shop.requested()
    failing(shop, "PutItem")
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:ListBucket"))
    assert shop.find(request_id).head.outbox
    mended(shop)
    shop.tick(61)
    head = shop.find(request_id).head
    assert (head.outbox, head.due_kind, head.due_at) == ((), DueKind.EXPIRE, head.decide_by)
    actions = [link.entry.action for link in shop.container().audit.of_target(APP)]
    assert actions == ["request.revise", "request.create"]
    assert shop.workflows.executions[f"{request_id}-0"].status == "RUNNING"


def test_tries_without_end_do_not_fill_the_timeline(shop: World) -> None:
    request_id = shop.requested()
    failing(shop, "PutRolePolicy", code="Throttling")
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    request = shop.find(request_id)
    assert request.records[0].attempt > 5
    assert [line.kind for line in request.events] == ["created", "approved", "applying"]


def test_an_execution_that_was_overtaken_does_not_take_the_bell_from_the_one_that_waits(shop: World) -> None:
    request_id = shop.requested()
    shop.put_policy("export", document("s3:DeleteObject"))
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0")
    shop.workflows.run()
    waiting = shop.find(request_id).head
    assert (waiting.state, waiting.generation, bool(waiting.task_token)) == ("pending", 1, True)
    zombie = shop.workflows.executions[f"{request_id}-0"]
    zombie.status, zombie.state, zombie.token, zombie.answer = "RUNNING", "AwaitDecision", None, None
    shop.workflows.run()
    assert zombie.status == "SUCCEEDED"
    assert shop.find(request_id).head.task_token == waiting.task_token
