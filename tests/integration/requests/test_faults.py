"""Every call of every journey goes wrong in turn. After the task `due` ran, the request is where it was meant to be."""

import itertools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.core.errors import AppError
from chalicelib.requests.create_request import request_id_of
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.models import Head, Request
from chalicelib.requests.states import ChangeStatus, DueKind
from tests.support.calls import Crash
from tests.support.faults import Fault
from tests.support.request_world import ADA, APP, EVE, World, body, document, wish

NAME = "export"
HOUR = 3600
FOREIGN = document("s3:DeleteObject")
APPROVED = {"approved", "applying", "applied"}
EDITED = document("s3:ListBucket", resource="arn:aws:s3:::exports")
_RUNS = 60
LATE = 120
"""Seconds after its end when nothing of it may be left, whatever went wrong."""
SAMPLED = 41
"""One of so many points is tried by every `make test`; all of them by `make test-long`."""


class Run:
    """One journey through a world; people try again until they see what they wanted."""

    def __init__(self, shop: World, number: int) -> None:
        self.shop = shop
        self.key = f"key-{number}"
        self.request_id = request_id_of(EVE, self.key)
        self.began = shop.clock.now() // 60 * 60 + 60

    @property
    def head(self) -> Head | None:
        with self.shop.boundary.unguarded():
            return self.shop.container().requests.store.head(self.request_id)

    def until(self, reached: Callable[[Head | None], bool], step: Callable[[], object]) -> None:
        for _ in range(4):
            try:
                step()
            except AppError:
                pass
            except Crash:
                self.shop.crash()
            if reached(self.head):
                break
        else:
            pytest.fail(f"tried four times: {self.head}")
        self.shop.workflows.run()

    def submit(self, **more: Any) -> None:
        asked = body(wish(name=NAME, **more))
        self.until(lambda head: head is not None, lambda: self.shop.submit(EVE, asked, key=self.key))

    def be(self, states: set[str], user: str, command: str) -> None:
        def step() -> None:
            with self.shop.boundary.unguarded():
                shown = self.shop.shown(self.request_id)
            self.shop.order(user, self.request_id, command, **shown)

        self.until(lambda head: head is not None and head.state.value in states, step)

    def ends(self) -> set[int]:
        """When what was given ends, as it is stored."""
        found = self.shop.find(self.request_id)
        return {int(due.payload["until"]) for due in found.dues if due.kind is DueKind.END}

    def order_until(self, reached: Callable[[Head | None], bool], user: str, command: str) -> None:
        self.until(reached, lambda: self.shop.order(user, self.request_id, command))

    def edit(self) -> None:
        change = f"{self.request_id}0"
        self.until(
            lambda head: head is not None and head.revision == 2,
            lambda: self.shop.order(EVE, self.request_id, "update_change", change_id=change, policy_document=EDITED),
        )


@dataclass(frozen=True)
class Journey:
    name: str
    walk: Callable[[Run], None]
    state: str
    policy: dict[str, object] | None
    writes: int = 0
    """Times that the policy is put; whatever ends is taken back as often."""


def _approve(run: Run) -> None:
    run.submit()
    run.be({"approved", "applying", "applied"}, ADA, "approve_request")


def _reject(run: Run) -> None:
    run.submit()
    run.be({"rejected"}, ADA, "reject_request")


def _cancel(run: Run) -> None:
    run.submit()
    run.be({"cancelled"}, EVE, "cancel_request")


def _edit(run: Run) -> None:
    run.submit()
    run.edit()
    run.be({"approved", "applying", "applied"}, ADA, "approve_request")


def _expire(run: Run) -> None:
    run.submit()
    run.shop.clock.advance(30 * 86_400)


def _applied_until(run: Run) -> None:
    run.submit(until=run.began + HOUR)
    run.be(APPROVED, ADA, "approve_request")
    applied(run)


def _end(run: Run) -> None:
    """The task `due` runs each minute, and ends are to the minute."""
    _applied_until(run)
    run.shop.tick(max(run.began + HOUR - run.shop.clock.now(), 0))


def _end_now(run: Run) -> None:
    _applied_until(run)
    run.order_until(lambda head: run.ends() != {run.began + HOUR}, EVE, "end_request")


def _extend(run: Run) -> None:
    """The longer one is the journey's request: it must live on when the first one ends, and end itself."""
    _applied_until(run)
    first, until = run.request_id, run.began + 2 * HOUR
    run.request_id = request_id_of(EVE, f"extend {first}  {until}")
    run.until(lambda head: head is not None, lambda: run.shop.order(EVE, first, "extend_request", until=until))
    run.be(APPROVED, ADA, "approve_request")
    applied(run)
    for end in (run.began + HOUR, until):
        run.shop.clock.advance(max(end - run.shop.clock.now(), 0))
        settled(run.shop, run)


def _compensate(run: Run) -> None:
    asked = body(wish(name=NAME), wish(name="other"), on_failure="rollback")
    run.until(lambda head: head is not None, lambda: run.shop.submit(EVE, asked, key=run.key))
    run.shop.put_policy("other", FOREIGN)
    run.be({*APPROVED, "needs_rebase"}, ADA, "approve_request")


def applied(run: Run) -> None:
    """What was approved comes to be applied before the journey goes on."""
    for _ in range(_RUNS):
        head = run.head
        if head is not None and head.state == "applied":
            return
        run.shop.tick()
    pytest.fail(f"{run.head} is not applied")


APPROVE = Journey("approve", _approve, "applied", document(), writes=1)
END = Journey("end", _end, "ended", None, writes=1)
COMPENSATE = Journey("compensate", _compensate, "needs_rebase", None, writes=1)
JOURNEYS = [
    APPROVE,
    Journey("reject", _reject, "rejected", None),
    Journey("cancel", _cancel, "cancelled", None),
    Journey("edit and approve", _edit, "applied", EDITED, writes=1),
    Journey("expire", _expire, "expired", None),
    END,
    Journey("end now", _end_now, "ended", None, writes=1),
    Journey("extend", _extend, "ended", None, writes=1),
    COMPENSATE,
]


def settled(shop: World, run: Run) -> None:
    """The task `due` runs each minute until nothing is due any more."""
    for _ in range(_RUNS):
        head = run.head
        running = any(one.status == "RUNNING" for one in shop.workflows.executions.values())
        waits = head is not None and (head.due_at is None or head.state == "needs_rebase")
        if waits and not running and not _overdue(shop, run):
            return
        shop.tick()
    pytest.fail(f"{run.head} is still due")


def _overdue(shop: World, run: Run) -> bool:
    """An end that lies in the future is nothing to wait for; a notice is."""
    soon = shop.clock.now() + 60
    return any(due.kind is DueKind.SEND or due.at <= soon for due in shop.find(run.request_id).dues)


def points_of(shop: World, journey: Journey) -> int:
    begin(shop)
    run = Run(shop, 0)
    journey.walk(run)
    settled(shop, run)
    check(shop, run, journey)
    return len(shop.boundary.crossed)


def begin(shop: World, point: int = 0, fault: Fault = Fault.CRASH_BEFORE) -> None:
    shop.begin_anew()
    shop.crash()
    with shop.boundary.unguarded():
        for user in (ADA, EVE):
            shop.sign_in(user)
    shop.crash()
    shop.boundary.arm(point, fault)


def check(shop: World, run: Run, journey: Journey) -> None:
    request = shop.find(run.request_id)
    assert request.head.state == journey.state
    assert request.head.outbox == ()
    assert request.head.due_kind in {None, DueKind.EXPIRE}
    assert request.dues == ()
    policies = shop.policies()
    policies.pop("other", None)
    assert policies == ({NAME: journey.policy} if journey.policy else {})
    with shop.boundary.unguarded():
        assert Ledger().of(APP) == ()
        entries = [link.entry for link in shop.container().audit.of_target(APP)]
    assert shop.boundary.effects.count("PutRolePolicy") == journey.writes, "applied more than once"
    taken = 0 if journey.policy else journey.writes
    assert shop.boundary.effects.count("DeleteRolePolicy") == taken, "taken back more than once"
    _check_record(request, journey)
    actions = {entry.action for entry in entries if entry.details["request_id"] == run.request_id}
    wanted = {"rejected": "request.reject", "cancelled": "request.cancel", "expired": "request.expire"}
    assert {"request.create", wanted.get(journey.state, "request.approve")} <= actions
    assert ({"request.change.applying", "request.change.ended"} <= actions) == bool(journey.writes)


def _check_record(request: Request, journey: Journey) -> None:
    record, preview = request.records[0], request.revision.changes[0].preview
    statuses = {"applied": ChangeStatus.APPLIED, "ended": ChangeStatus.ENDED, "needs_rebase": ChangeStatus.ROLLED_BACK}
    assert record.status is statuses.get(journey.state, ChangeStatus.PROPOSED)
    if journey.writes:
        assert (record.found, record.left) == (request.revision.changes[0].base or preview.before, preview.after)
        assert (record.taken is not None) == (journey.policy is None)
    if journey.state == "ended":
        assert record.until is not None
        assert record.ended_at is not None
        assert record.ended_at <= record.until + LATE, "access past its end"


def walk(shop: World, journey: Journey, point: int, fault: Fault) -> None:
    """Once, and the call of this number goes wrong."""
    begin(shop, point, fault)
    run = Run(shop, point)
    journey.walk(run)
    settled(shop, run)
    assert shop.boundary.struck
    try:
        check(shop, run, journey)
    except AssertionError as error:
        raise AssertionError(f"{fault} at point {point}, {shop.boundary.crossed[point - 1]}") from error


@pytest.mark.long
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.name)
def test_whatever_call_goes_wrong_the_request_comes_to_its_end_and_is_applied_once(
    shop: World, journey: Journey, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    points = points_of(shop, journey)
    for point in range(1, points + 1):
        walk(shop, journey, point, fault)
    with capsys.disabled():
        sys.stdout.write(f"\n{journey.name}, {fault}: {points} points\n")


@pytest.mark.parametrize("journey", [END, COMPENSATE], ids=lambda journey: journey.name)
def test_some_calls_of_the_longest_journeys_go_wrong_in_some_way_each(shop: World, journey: Journey) -> None:
    points, faults = points_of(shop, journey), itertools.cycle(Fault)
    for point in range(3, points + 1, SAMPLED):
        walk(shop, journey, point, next(faults))


@pytest.mark.parametrize(
    "journey",
    [pytest.param(one, id=one.name, marks=() if one.name == "end" else pytest.mark.long) for one in JOURNEYS],
)
def test_a_step_that_is_delivered_twice_does_its_work_once(
    shop: World, journey: Journey, capsys: pytest.CaptureFixture[str]
) -> None:
    points_of(shop, journey)
    steps = shop.invoked
    for step in range(1, steps + 1):
        begin(shop)
        shop.twice = step
        run = Run(shop, step)
        journey.walk(run)
        settled(shop, run)
        check(shop, run, journey)
    with capsys.disabled():
        sys.stdout.write(f"\n{journey.name}, duplicate delivery: {steps} steps\n")
