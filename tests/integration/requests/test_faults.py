"""Every call of every journey goes wrong in turn. After the task `due` ran, the request is where it was meant to be."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from chalicelib.core.errors import AppError
from chalicelib.requests.create_request import request_id_of
from chalicelib.requests.models import Head
from chalicelib.requests.states import ChangeStatus
from tests.support.calls import Crash
from tests.support.faults import Fault
from tests.support.request_world import ADA, APP, EVE, World, body, document, wish

NAME = "export"
EDITED = document("s3:ListBucket", resource="arn:aws:s3:::exports")
_RUNS = 60


class Run:
    """One journey through a world; people try again until they see what they wanted."""

    def __init__(self, shop: World, number: int) -> None:
        self.shop = shop
        self.key = f"key-{number}"
        self.request_id = request_id_of(EVE, self.key)

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

    def submit(self) -> None:
        asked = body(wish(name=NAME))
        self.until(lambda head: head is not None, lambda: self.shop.submit(EVE, asked, key=self.key))

    def be(self, states: set[str], user: str, command: str) -> None:
        def step() -> None:
            with self.shop.boundary.unguarded():
                shown = self.shop.shown(self.request_id)
            self.shop.order(user, self.request_id, command, **shown)

        self.until(lambda head: head is not None and head.state.value in states, step)

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


APPROVE = Journey("approve", _approve, "applied", document())
JOURNEYS = [
    APPROVE,
    Journey("reject", _reject, "rejected", None),
    Journey("cancel", _cancel, "cancelled", None),
    Journey("edit and approve", _edit, "applied", EDITED),
    Journey("expire", _expire, "expired", None),
]

ALWAYS = {
    ("approve", Fault.CRASH_BEFORE),
    ("approve", Fault.CRASH_AFTER),
}
"""Walked by every `make test`; the rest by `make test-long`."""


def settled(shop: World, run: Run) -> None:
    """The task `due` runs each minute until nothing is due any more."""
    for _ in range(_RUNS):
        head = run.head
        running = any(one.status == "RUNNING" for one in shop.workflows.executions.values())
        if head is not None and head.due_at is None and not running:
            return
        shop.tick()
    pytest.fail(f"{run.head} is still due")


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
    shop.boundary.arm(point, fault)


def check(shop: World, run: Run, journey: Journey) -> None:
    request = shop.find(run.request_id)
    assert request.head.state == journey.state
    assert request.head.outbox == ()
    assert request.head.due_at is None
    assert shop.policies() == ({NAME: journey.policy} if journey.policy else {})
    writes = shop.boundary.effects.count("PutRolePolicy")
    assert writes == (1 if journey.policy else 0), "applied more than once"
    (record,) = request.records
    if journey.policy:
        assert record.status is ChangeStatus.APPLIED
        assert record.found == request.revision.changes[0].preview.before
        assert record.left == request.revision.changes[0].preview.after
    else:
        assert record.status is ChangeStatus.PROPOSED
    with shop.boundary.unguarded():
        entries = [link.entry for link in shop.container().audit.of_target(APP)]
    actions = {entry.action for entry in entries if entry.details["request_id"] == run.request_id}
    wanted = {"applied": "request.approve", "rejected": "request.reject"}.get(journey.state, f"request.{journey.name}")
    assert {"request.create", wanted} <= actions
    assert ({"request.change.applying", "request.change.ended"} <= actions) == bool(journey.policy)


def walk_through(shop: World, journey: Journey, fault: Fault) -> int:
    """The journey once without a fault, then once for each call that it made. How many those are."""
    points = points_of(shop, journey)
    for point in range(1, points + 1):
        begin(shop, point, fault)
        run = Run(shop, point)
        journey.walk(run)
        settled(shop, run)
        assert shop.boundary.struck
        try:
            check(shop, run, journey)
        except AssertionError as error:
            raise AssertionError(f"point {point}, {shop.boundary.crossed[point - 1]}") from error
    return points


@pytest.mark.parametrize(
    ("journey", "fault"),
    [
        pytest.param(
            journey,
            fault,
            id=f"{journey.name}-{fault}",
            marks=() if (journey.name, fault) in ALWAYS else pytest.mark.long,
        )
        for journey in JOURNEYS
        for fault in Fault
    ],
)
def test_whatever_call_goes_wrong_the_request_comes_to_its_end_and_is_applied_once(
    shop: World, journey: Journey, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    points = walk_through(shop, journey, fault)
    with capsys.disabled():
        sys.stdout.write(f"\n{journey.name}, {fault}: {points} points\n")
