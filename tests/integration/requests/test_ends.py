"""What was given for a time is taken back at its end, by itself, whatever else has happened to it."""

from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput, Throttled
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.states import ChangeStatus, DueKind
from tests.support.aws import refusing
from tests.support.calls import Crash
from tests.support.request_world import ADA, APP, BO, EVE, World, body, document, wish

HOUR = 3600
OTHER = document("s3:ListBucket", resource="arn:aws:s3:::exports")


def granted(shop: World, *, seconds: int | None = HOUR, policy: Any = None, user: str = EVE, **more: Any) -> str:
    """A request that is applied: for so many seconds, or for ever."""
    until = shop.clock.now() + seconds if seconds is not None else None
    request_id = shop.requested(user, body(wish(policy or document(), until=until, **more)))
    approve(shop, request_id)
    assert shop.state(request_id) == "applied", shop.find(request_id).records
    return request_id


def approve(shop: World, request_id: str, user: str = ADA) -> None:
    shop.sign_in(user)
    shop.order(user, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()


def held(shop: World) -> list[tuple[str, int | None]]:
    with shop.boundary.unguarded():
        return [(hold.request_id, hold.until) for hold in Ledger().of(APP)]


def test_a_temporary_policy_ends_by_itself_and_the_proof_is_stored(shop: World) -> None:
    request_id = granted(shop)
    until = shop.clock.now() + HOUR
    (due,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.END]
    assert (due.at, held(shop)) == (until, [(request_id, until)])
    shop.tick(HOUR - 61)
    assert shop.policies() == {"export": document()}
    shop.tick(61)
    assert shop.policies() == {}
    shop.tick()
    found = shop.find(request_id)
    (record,) = found.records
    assert (found.head.state, record.status) == ("ended", ChangeStatus.ENDED)
    assert record.taken == found.revision.changes[0].preview.before
    assert (held(shop), found.dues, found.head.due_at, found.head.outbox) == ([], (), None, ())
    actions = [link.entry.action for link in shop.container().audit.of_target(APP)]
    assert actions[:2] == ["request.end", "request.change.ended"]
    assert found.events[-1].kind == "ended"


def test_what_was_replaced_for_a_time_comes_back_and_what_somebody_added_by_hand_stays(shop: World) -> None:
    shop.put_policy("export", OTHER)
    request_id = granted(shop, new=False)
    by_hand = document("s3:DeleteObject")["Statement"]
    shop.put_policy("export", {**document(), "Statement": [*document()["Statement"], *by_hand]})
    shop.tick(HOUR)
    left = shop.policies()["export"]["Statement"]
    assert sorted(one["Action"] for one in left) == [["s3:DeleteObject"], ["s3:ListBucket"]]
    assert shop.state(request_id) == "ended"


def test_an_approval_may_end_sooner_what_was_asked_for_ever(shop: World) -> None:
    request_id = shop.requested()
    soon = shop.clock.now() + 600
    shop.order(ADA, request_id, "approve_request", until=soon)
    shop.workflows.run()
    assert shop.find(request_id).records[0].until == soon
    shop.tick(600)
    assert (shop.state(request_id), shop.policies()) == ("ended", {})


def test_what_two_requests_keep_stays_until_the_last_of_them_lets_go(shop: World) -> None:
    first = granted(shop, seconds=HOUR)
    second = granted(shop, seconds=2 * HOUR)
    planned = shop.find(second).revision.changes[0]
    assert planned.preview.before == planned.preview.after
    assert planned.base == shop.find(first).revision.changes[0].preview.before
    shop.tick(HOUR)
    assert (shop.state(first), shop.policies()) == ("ended", {"export": document()})
    assert "stays for them" in shop.find(first).events[-1].text
    shop.tick(HOUR)
    assert (shop.state(second), shop.policies(), held(shop)) == ("ended", {}, [])


def test_what_is_kept_for_ever_outlives_what_was_kept_for_a_time_and_leaves_no_rows(shop: World) -> None:
    first = granted(shop)
    forever = granted(shop, seconds=None)
    assert [until for _, until in held(shop)].count(None) == 1
    shop.tick(HOUR)
    assert (shop.state(first), shop.state(forever)) == ("ended", "applied")
    assert (shop.policies(), held(shop)) == ({"export": document()}, [])


def test_what_replaces_it_for_ever_is_not_taken_away_with_it(shop: World) -> None:
    first = granted(shop)
    granted(shop, seconds=None, policy=OTHER, new=False)
    shop.tick(HOUR)
    assert (shop.state(first), shop.policies(), held(shop)) == ("ended", {"export": OTHER}, [])


def test_a_join_whose_partner_ended_before_it_was_applied_writes_it_anew(shop: World) -> None:
    granted(shop)
    waiting = shop.requested(BO, body(wish(until=shop.clock.now() + 3 * HOUR)))
    shop.tick(HOUR)
    assert shop.policies() == {}
    approve(shop, waiting)
    assert (shop.state(waiting), shop.policies()) == ("applied", {"export": document()})
    shop.tick(2 * HOUR)
    assert (shop.state(waiting), shop.policies()) == ("ended", {})


def refused(shop: World, reason: str, *wishes: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        shop.submit(EVE, body(*wishes))
    assert refusal.value.reason == reason


def test_ends_that_make_no_sense_are_refused_with_the_reason(shop: World) -> None:
    now = shop.clock.now()
    refused(shop, "end_passed", wish(until=now))
    refused(shop, "end_passed", wish(expiration_date=20200229))
    refused(shop, "end_too_far", wish(until=now + 10 * 366 * 86_400))
    refused(shop, "bad_expiration_date", wish(expiration_date="20230229"))
    refused(shop, "two_ends", wish(until=now + 60, expiration_date=20991231))
    shop.put_policy("old", OTHER)
    gone = wish(name="old", new=False, action="detach", policy=None, until=now + 60)
    refused(shop, "temporary_removal", gone)
    granted(shop)
    refused(shop, "held_for_a_time", wish(OTHER, new=False, until=now + 60))
    refused(shop, "already_so", wish(name="old", policy=OTHER, new=False, until=now + 60))


def test_a_request_whose_time_passed_before_its_approval_is_never_applied(shop: World) -> None:
    request_id = shop.requested(EVE, body(wish(until=shop.clock.now() + 60)))
    shop.clock.advance(60)
    approve(shop, request_id)
    found = shop.find(request_id)
    assert (found.head.state, shop.policies(), held(shop)) == ("failed", {}, [])
    assert found.records[0].error == "Its time had passed before it could be applied."
    assert [due for due in found.dues if due.kind is DueKind.END] == []


def test_a_target_that_is_gone_or_another_one_has_nothing_to_give_back(shop: World) -> None:
    request_id = granted(shop)
    shop.drop_policy("export")
    with shop.boundary.unguarded():
        shop.iam.delete_role(RoleName="app")
    shop.tick(HOUR)
    assert shop.state(request_id) == "ended"
    shop.ensure_role()
    again = granted(shop)
    shop.drop_policy("export")
    with shop.boundary.unguarded():
        shop.iam.delete_role(RoleName="app")
    shop.ensure_role()
    shop.put_policy("export", OTHER)
    shop.tick(HOUR)
    assert (shop.state(again), shop.policies()) == ("ended", {"export": OTHER})


def test_whoever_asks_for_it_too_early_takes_nothing_back(shop: World) -> None:
    request_id = granted(shop)
    before = shop.find(request_id)
    answer = shop.invoke("revert_change", {"request_id": request_id, "change_id": f"{request_id}0"})
    assert (answer["status"], shop.policies()) == ("refused", {"export": document()})
    assert shop.invoke("revert_change", {"request_id": "x", "change_id": "y"})["status"] == "refused"
    assert shop.find(request_id) == before


def test_an_end_that_keeps_failing_is_stuck_and_seen_and_heals(shop: World) -> None:
    request_id = granted(shop)
    with refusing("iam.DeleteRolePolicy", "AccessDenied"):
        shop.clock.advance(HOUR)
        reports = [shop.tick(300) for _ in range(6)]
    assert reports[-1].stuck == 1
    assert (shop.state(request_id), shop.find(request_id).shown_state) == ("applied", "stuck")
    (due,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.END]
    assert "AccessDenied" in str(due.failure)
    shop.tick(300)
    assert (shop.state(request_id), shop.policies()) == ("ended", {})
    assert shop.tick().stuck == 0


@pytest.mark.parametrize("dies_at", ["PutItem", "StartExecution"])
def test_an_end_whose_start_died_is_begun_with_the_next_minute(shop: World, dies_at: str) -> None:
    request_id = granted(shop)
    (before,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.END]
    shop.clock.advance(before.at - shop.clock.now())
    real = shop.boundary.cross

    def dies(name: str, call: Any) -> Any:
        if name != dies_at:
            return real(name, call)
        shop.workflows.abort_all()
        raise Crash

    shop.boundary.cross = dies  # type: ignore[method-assign]
    shop.tick(0)
    del shop.boundary.cross
    assert shop.policies() == {"export": document()}
    shop.tick(60)
    assert (shop.state(request_id), shop.policies()) == ("ended", {})


def test_a_start_that_is_refused_is_counted_once_and_says_why(shop: World) -> None:
    request_id = granted(shop)
    shop.clock.advance(HOUR)
    real = shop.workflows.start

    def refuses(*_: Any) -> str:
        raise Throttled("Step Functions is busy.")

    shop.workflows.start = refuses  # type: ignore[method-assign,assignment]
    shop.tick(60)
    (due,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.END]
    assert (due.attempts, due.failure) == (1, "Step Functions is busy.")
    shop.workflows.start = real  # type: ignore[method-assign]
    shop.tick(60)
    assert (shop.state(request_id), shop.policies()) == ("ended", {})
