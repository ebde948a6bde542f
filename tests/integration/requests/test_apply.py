"""The gate: whoever calls `apply_change`, with whatever payload, changes nothing that was not approved."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.db.leases import Lease, Leases
from chalicelib.requests.gate import FUNCTION_TIMEOUT, LEASE_SECONDS
from chalicelib.requests.rows_store import RequestRow
from chalicelib.requests.states import ChangeStatus, State
from tests.support.aws import refusing
from tests.support.calls import Crash
from tests.support.request_world import ADA, APP, BO, EVE, World, body, document, wish
from tests.support.states import StepError

FOREIGN = document("s3:DeleteObject")


def apply(shop: World, request_id: str, change: str = "0") -> Any:
    """The function as Lambda calls it."""
    with shop.workflows.standing_still():
        return shop.invoke("apply_change", {"request_id": request_id, "change_id": f"{request_id}{change}"})


def approved(shop: World, asked: dict[str, Any] | None = None) -> str:
    """A request that is approved, and whose workflow has not gone on yet."""
    request_id = shop.requested(asked=asked)
    shop.order(ADA, request_id, "approve_request")
    return request_id


def record_of(shop: World, request_id: str, number: int = 0) -> Any:
    return shop.find(request_id).records[number]


def audited(shop: World) -> list[tuple[str, str]]:
    links = shop.container().audit.of_target(APP)
    return [(link.entry.action, link.entry.outcome.value) for link in reversed(links)]


def nothing_changed(shop: World, request_id: str, before: Any) -> None:
    assert shop.policies() == {}
    assert shop.find(request_id) == before
    assert "PutRolePolicy" not in shop.boundary.crossed


def test_an_unapproved_request_is_refused_and_nothing_is_touched(shop: World) -> None:
    request_id = shop.requested()
    before = shop.find(request_id)
    outcome = apply(shop, request_id)
    assert (outcome["status"], outcome["reason"]) == ("refused", "The request is pending, not approved.")
    nothing_changed(shop, request_id, before)


@pytest.mark.parametrize("command", ["reject_request", "cancel_request"])
def test_a_request_that_ended_otherwise_is_refused(shop: World, command: str) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, command)
    before = shop.find(request_id)
    assert apply(shop, request_id)["status"] == "refused"
    nothing_changed(shop, request_id, before)


def test_an_unknown_request_or_change_is_refused(shop: World) -> None:
    request_id = approved(shop)
    before = shop.find(request_id)
    assert apply(shop, "nothing")["status"] == "refused"
    assert apply(shop, request_id, "9")["status"] == "refused"
    nothing_changed(shop, request_id, before)


@pytest.mark.parametrize(
    "payload", [{}, {"request_id": "x"}, {"request_id": "x", "change_id": "y", "force": True}, [], 7]
)
def test_a_payload_of_another_shape_is_refused(shop: World, payload: Any) -> None:
    with pytest.raises(StepError, match="InvalidInput"):
        shop.invoke("apply_change", payload)


def test_an_approved_change_is_written_verified_and_recorded_with_its_images(shop: World) -> None:
    request_id = approved(shop)
    assert apply(shop, request_id)["status"] == "applied"
    assert shop.policies() == {"export": document()}
    record = record_of(shop, request_id)
    preview = shop.find(request_id).revision.changes[0].preview
    assert (record.status, record.attempt, record.found, record.left) == (
        ChangeStatus.APPLIED,
        1,
        preview.before,
        preview.after,
    )
    assert audited(shop) == [
        ("request.create", "done"),
        ("request.approve", "done"),
        ("request.change.applying", "done"),
        ("request.change.ended", "done"),
    ]


def test_applying_twice_is_applying_once(shop: World) -> None:
    request_id = approved(shop)
    apply(shop, request_id)
    shop.boundary.arm()
    again = apply(shop, request_id)
    assert again["status"] == "applied"
    assert set(shop.boundary.crossed) == {"Query"}


def test_a_policy_is_replaced_and_deleted_too(shop: World) -> None:
    shop.put_policy("old", FOREIGN)
    shop.put_policy("gone", FOREIGN)
    asked = body(wish(name="old", new=False), wish(name="gone", new=False, action="detach", policy=None))
    request_id = approved(shop, asked)
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"old": document()})
    assert record_of(shop, request_id, 1).found.content == FOREIGN
    assert record_of(shop, request_id, 1).left.content is None


def test_an_approver_who_was_demoted_meanwhile_does_not_count(shop: World) -> None:
    request_id = shop.requested()
    shop.order(BO, request_id, "approve_request")
    shop.container().identity.people.saw(BO, frozenset(), "test")
    outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert "approval does not count any more" in outcome["reason"]
    assert "PutRolePolicy" not in shop.boundary.crossed
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("failed", {})
    assert audited(shop)[-2:] == [("request.change.ended", "failed"), ("request.end", "failed")]


def test_an_approver_whose_groups_were_not_seen_for_a_day_does_not_count(shop: World) -> None:
    request_id = approved(shop)
    shop.clock.advance(86_401)
    outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert "ask ada@example.com to sign in again" in outcome["reason"]
    assert shop.policies() == {}


def test_somebody_who_may_no_longer_approve_their_own_request_does_not_count(shop: World) -> None:
    shop.configure(requests={"allow_self_approval": True})
    request_id = shop.requested(ADA)
    shop.order(ADA, request_id, "approve_request")
    shop.configure()
    outcome = apply(shop, request_id)
    assert (outcome["status"], shop.policies()) == ("failed", {})


def test_a_role_that_became_protected_meanwhile_is_not_changed(shop: World) -> None:
    request_id = approved(shop)
    shop.configure(
        deployment={
            "administrators": [f"user:{ADA}"],
            "hub": {"account_id": "123456789012"},
            "spoke": {"read_role": "app"},
        }
    )
    outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert "is protected" in outcome["reason"]
    assert shop.policies() == {}


def test_changes_that_were_altered_in_the_table_are_not_written(shop: World) -> None:
    request_id = approved(shop)
    store = shop.container().requests.store
    request = shop.find(request_id)
    (change,) = request.revision.changes
    forged_preview = change.preview.model_copy(
        update={"after": change.preview.after.model_copy(update={"content": FOREIGN})}
    )
    forged = request.revision.model_copy(update={"changes": (change.model_copy(update={"preview": forged_preview}),)})
    RequestRow(f"REQ#{request_id}", "REV#000001").update(actions=[RequestRow.body.set(forged.model_dump_json())])
    assert store.find(request_id) != request
    outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert "not those that were reviewed" in outcome["reason"]
    assert shop.policies() == {}


def test_what_somebody_else_put_there_meanwhile_is_not_overwritten(shop: World) -> None:
    request_id = approved(shop)
    shop.put_policy("export", FOREIGN)
    assert apply(shop, request_id)["status"] == "needs_rebase"
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("needs_rebase", {"export": FOREIGN})
    assert audited(shop)[-2:] == [("request.change.ended", "refused"), ("request.end", "refused")]


def test_even_the_very_document_is_not_taken_for_ours_when_we_have_not_written_it(shop: World) -> None:
    request_id = approved(shop)
    shop.put_policy("export", document())
    assert apply(shop, request_id)["status"] == "needs_rebase"


def test_policies_of_other_names_do_not_stand_in_the_way(shop: World) -> None:
    request_id = approved(shop)
    shop.put_policy("other", FOREIGN)
    assert apply(shop, request_id)["status"] == "applied"


def test_a_role_that_was_deleted_and_made_again_is_another_role(shop: World) -> None:
    request_id = approved(shop)
    shop.iam.delete_role(RoleName="app")
    shop.create_role()
    outcome = apply(shop, request_id)
    assert outcome["status"] == "needs_rebase"
    assert "deleted and made again" in outcome["reason"]
    assert shop.policies() == {}


def test_a_role_that_is_gone_fails_and_says_so(shop: World) -> None:
    request_id = approved(shop)
    shop.iam.delete_role(RoleName="app")
    outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert "NoSuchEntity" in outcome["reason"]


@pytest.mark.parametrize("code", ["AccessDenied", "MalformedPolicyDocument", "LimitExceeded"])
def test_a_clear_refusal_of_aws_is_recorded_in_its_own_words(shop: World, code: str) -> None:
    request_id = approved(shop)
    with refusing("iam.PutRolePolicy", code, 403):
        outcome = apply(shop, request_id)
    assert outcome["status"] == "failed"
    assert code in outcome["reason"]
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("failed", {})


@pytest.mark.parametrize(("code", "error"), [("Throttling", "Throttled"), ("ServiceFailure", "Upstream")])
def test_what_may_pass_is_tried_again_and_applied_once(shop: World, code: str, error: str) -> None:
    request_id = approved(shop)
    with refusing("iam.PutRolePolicy", code, 400), pytest.raises(StepError, match=error):
        apply(shop, request_id)
    assert shop.find(request_id).head.failure is not None
    assert record_of(shop, request_id).status is ChangeStatus.APPLYING
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert shop.boundary.effects.count("PutRolePolicy") == 1
    assert shop.find(request_id).head.failure is None


def test_after_an_answer_that_was_lost_nobody_writes_before_the_lease_has_run_out(shop: World) -> None:
    request_id = approved(shop)
    with refusing("iam.PutRolePolicy", "ServiceFailure", 500), pytest.raises(StepError, match="Upstream"):
        apply(shop, request_id)
    with pytest.raises(StepError, match="Throttled"):
        apply(shop, request_id)
    shop.clock.advance(LEASE_SECONDS)
    assert apply(shop, request_id)["status"] == "applied"


def test_without_an_audit_entry_nothing_is_written_to_aws(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def no_audit(name: str, call: Any) -> Any:
        if name == "PutItem":
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": ""}}, name)
        return real(name, call)

    shop.boundary.cross = no_audit  # type: ignore[method-assign]
    try:
        with pytest.raises(StepError, match="Upstream"):
            apply(shop, request_id)
    finally:
        del shop.boundary.cross
    assert "PutRolePolicy" not in shop.boundary.crossed
    assert shop.policies() == {}
    shop.workflows.run()
    assert shop.policies() == {"export": document()}


def test_a_write_that_took_effect_although_the_worker_died_is_verified_and_not_repeated(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def dies_after_the_write(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutRolePolicy":
            raise Crash
        return answer

    shop.boundary.cross = dies_after_the_write  # type: ignore[method-assign]
    with pytest.raises(StepError, match=r"Runtime\.ExitError"):
        apply(shop, request_id)
    del shop.boundary.cross
    assert record_of(shop, request_id).status is ChangeStatus.APPLYING
    shop.clock.advance(LEASE_SECONDS)
    assert apply(shop, request_id)["status"] == "applied"
    assert shop.boundary.effects.count("PutRolePolicy") == 1
    assert record_of(shop, request_id).attempt == 2


def test_somebody_at_the_same_target_is_waited_for(shop: World) -> None:
    request_id = approved(shop)
    leases = Leases(shop.clock)
    lease = leases.take(APP, "somebody else", 60)
    before = shop.find(request_id)
    with pytest.raises(StepError, match="Throttled"):
        apply(shop, request_id)
    assert shop.find(request_id) == before
    leases.release(lease)
    assert apply(shop, request_id)["status"] == "applied"


def test_a_worker_whose_lease_was_taken_over_does_not_write(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def slow(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutItem":
            # The audit entry is written; the process is frozen for longer than its lease lasts.
            with shop.boundary.unguarded():
                shop.clock.advance(LEASE_SECONDS)
                Leases(shop.clock).take(APP, "the next one", LEASE_SECONDS)
        return answer

    shop.boundary.cross = slow  # type: ignore[method-assign]
    try:
        with pytest.raises(StepError, match="Throttled: The lease"):
            apply(shop, request_id)
    finally:
        del shop.boundary.cross
    assert shop.policies() == {}


def test_a_worker_that_dies_right_after_its_record_keeps_nobody_waiting(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def dies_after_the_record(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "TransactWriteItems" and "PutRolePolicy" in shop.boundary.effects:
            raise Crash
        return answer

    shop.boundary.cross = dies_after_the_record  # type: ignore[method-assign]
    with pytest.raises(StepError, match=r"Runtime\.ExitError"):
        apply(shop, request_id)
    del shop.boundary.cross
    assert record_of(shop, request_id).status is ChangeStatus.APPLIED
    with shop.boundary.unguarded():
        assert Leases(shop.clock).take(APP, "the next one", LEASE_SECONDS).owner == "the next one"


def test_what_was_written_is_recorded_also_by_a_worker_whose_lease_was_taken_over(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross
    taken: list[Lease] = []

    def slow(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutRolePolicy":
            with shop.boundary.unguarded():
                shop.clock.advance(LEASE_SECONDS)
                taken.append(Leases(shop.clock).take(APP, "the next one", LEASE_SECONDS))
        return answer

    shop.boundary.cross = slow  # type: ignore[method-assign]
    try:
        assert apply(shop, request_id)["status"] == "applied"
    finally:
        del shop.boundary.cross
    with shop.boundary.unguarded():
        assert Leases(shop.clock).still_held(taken[0])


def test_no_write_begins_in_the_last_ten_seconds_of_an_invocation(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def slow(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "GetRole":
            shop.clock.advance(FUNCTION_TIMEOUT - 9)
        return answer

    shop.boundary.cross = slow  # type: ignore[method-assign]
    try:
        with pytest.raises(StepError, match="Throttled: Too little time"):
            apply(shop, request_id)
    finally:
        del shop.boundary.cross
    assert shop.policies() == {}
    assert LEASE_SECONDS >= FUNCTION_TIMEOUT + 60


def test_a_decision_that_is_taken_back_between_the_mark_and_the_write_would_stop_it(shop: World) -> None:
    """Nothing in the product can do that; whoever alters the table finds the gate shut all the same."""
    request_id = approved(shop)
    real = shop.boundary.cross

    def meddling(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutItem":
            with shop.boundary.unguarded():
                RequestRow(f"REQ#{request_id}", "META").update(actions=[RequestRow.state.set(State.REJECTED.value)])
        return answer

    shop.boundary.cross = meddling  # type: ignore[method-assign]
    try:
        outcome = apply(shop, request_id)
    finally:
        del shop.boundary.cross
    assert (outcome["status"], outcome["reason"]) == ("failed", "The request is rejected, not approved.")
    assert shop.policies() == {}
    assert "PutRolePolicy" not in shop.boundary.crossed


def test_the_gate_reads_last_what_is_live_and_writes_next(shop: World) -> None:
    request_id = approved(shop)
    shop.boundary.arm()
    apply(shop, request_id)
    crossed = [name for name in shop.boundary.crossed if name != "AssumeRole"]
    at = crossed.index("PutRolePolicy")
    assert crossed[at - 5 : at] == ["Query", "BatchGetItem", "GetItem", "GetRole", "GetRolePolicy"]
    assert crossed[at + 1 : at + 3] == ["GetRole", "GetRolePolicy"]
    assert crossed.index("TransactWriteItems") < crossed.index("PutItem") < at


def test_a_write_that_aws_does_not_show_yet_is_looked_for_and_not_repeated(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross
    stale = 3

    def eventually(name: str, call: Any) -> Any:
        nonlocal stale
        if name == "GetRolePolicy" and "PutRolePolicy" in shop.boundary.effects and stale:
            stale -= 1
            raise ClientError({"Error": {"Code": "NoSuchEntity", "Message": ""}}, name)
        return real(name, call)

    shop.boundary.cross = eventually  # type: ignore[method-assign]
    try:
        assert apply(shop, request_id)["status"] == "applied"
    finally:
        del shop.boundary.cross
    assert shop.boundary.effects.count("PutRolePolicy") == 1
    assert shop.paused == [0.0, 0.5, 1.0, 2.0]


def test_what_somebody_puts_there_right_after_the_write_is_not_taken_for_ours(shop: World) -> None:
    request_id = approved(shop)
    real = shop.boundary.cross

    def overwritten(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutRolePolicy" and not shop.boundary.open:
            shop.put_policy("export", FOREIGN)
        return answer

    shop.boundary.cross = overwritten  # type: ignore[method-assign]
    try:
        outcome = apply(shop, request_id)
    finally:
        del shop.boundary.cross
    assert outcome["status"] == "failed"
    assert "held something else" in outcome["reason"]
    assert shop.policies() == {"export": FOREIGN}


def test_a_failed_change_does_not_stop_its_siblings(shop: World) -> None:
    request_id = approved(shop, body(wish(name="one"), wish(name="two"), wish(name="three")))
    shop.put_policy("two", FOREIGN)
    shop.workflows.run()
    assert shop.state(request_id) == "partially_applied"
    assert shop.policies() == {"one": document(), "two": FOREIGN, "three": document()}
    assert [record.status for record in shop.find(request_id).records] == ["applied", "needs_rebase", "applied"]
    review = shop.container().requests.read.read(request_id, shop.person(EVE)).review
    assert review.changes[1].error is not None
    assert "changed since this was reviewed" in review.changes[1].error


def test_the_requester_learns_from_the_timeline_what_happened(shop: World) -> None:
    request_id = approved(shop)
    shop.workflows.run()
    review = shop.container().requests.read.read(request_id, shop.person(EVE)).review
    assert [line.kind for line in review.timeline] == ["created", "approved", "applying", "applied", "finished"]
