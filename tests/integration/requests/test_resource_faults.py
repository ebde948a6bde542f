"""A lent role, added statements, a tag, each for an hour: every call goes wrong in turn; what was given is there once, and then gone."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.requests.states import ChangeStatus
from tests.integration.requests import test_resource_changes as resources
from tests.integration.requests import test_role_access as roles
from tests.integration.requests.test_resource_changes import Bucket, accounts, statement
from tests.integration.requests.test_role_access import Map
from tests.support.faults import Fault
from tests.support.request_world import World

HOUR = 3600
FAULTS = (
    Fault.ERROR,
    Fault.THROTTLE,
    Fault.NO_ANSWER,
    Fault.LOST_ANSWER,
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
)
rights = roles.rights


@dataclass
class Journey:
    """`given` tells how often what was asked for is there."""

    asked: dict[str, Any]
    approve: Callable[[World, str], None]
    given: Callable[[], int]
    writes: frozenset[str]


@pytest.fixture
def journeys(shop: World, rights: Map) -> dict[str, Journey]:
    bucket = Bucket(shop)
    shop.crash()

    def lent() -> int:
        rights.deliver()
        return len(rights.rows())

    return {
        "role": Journey(roles.asked(), resources.approve, lent, frozenset({"SendMessageBatch"})),
        "statements": Journey(
            resources.asked(statements=[statement("444444444444")]),
            resources.approve,
            lambda: accounts(bucket.policy).count("444444444444"),
            frozenset({"PutBucketPolicy"}),
        ),
        "tag": Journey(
            resources.asked("resource_tag", tag_action="create", key="stage", value="test"),
            resources.approve,
            lambda: len(bucket.tags),
            frozenset({"PutBucketTagging", "DeleteBucketTagging"}),
        ),
    }


def begun(shop: World, journey: Journey) -> tuple[str, int]:
    """A request that everybody has approved, and whose workflow has not been told yet; and when it ends."""
    until = shop.clock.now() + HOUR
    (change,) = journey.asked["changes"]["changes"]
    request_id = shop.requested(asked={**journey.asked, "changes": {"changes": [{**change, "until": until}]}})
    running, shop.workflows.run = shop.workflows.run, lambda: None  # type: ignore[method-assign] # nobody is told
    try:
        journey.approve(shop, request_id)
    finally:
        shop.workflows.run = running  # type: ignore[method-assign] # as it was
    return request_id, until


def lived(shop: World, request_id: str, until: int, given: Callable[[], int]) -> None:
    shop.workflows.run()
    for _ in range(12):
        if shop.state(request_id) == "applied":
            break
        shop.tick()
    found = shop.find(request_id)
    assert shop.state(request_id) == "applied", (found.records, found.head.failure)
    assert given() == 1
    (record,), (change,) = found.records, found.revision.changes
    assert (record.found, record.left) == (change.preview.before, change.preview.after)
    shop.clock.advance(max(0, until - shop.clock.now()))
    for _ in range(12):
        shop.tick()
        if shop.state(request_id) == "ended":
            break
    found = shop.find(request_id)
    assert shop.state(request_id) == "ended", (found.records, found.dues)
    assert found.records[0].status is ChangeStatus.ENDED
    assert given() == 0


def crossings(shop: World, journey: Journey) -> list[str]:
    """The journey without a fault."""
    request_id, until = begun(shop, journey)
    shop.boundary.arm()
    lived(shop, request_id, until, journey.given)
    crossed = list(shop.boundary.crossed)
    shop.begin_anew()
    return crossed


def struck(shop: World, journey: Journey, point: int, fault: Fault) -> None:
    request_id, until = begun(shop, journey)
    shop.boundary.arm(point, fault)
    lived(shop, request_id, until, journey.given)
    assert shop.boundary.struck
    shop.boundary.arm()
    shop.begin_anew()


@pytest.mark.parametrize(("kind", "fault"), [("role", Fault.CRASH_AFTER), ("statements", Fault.LOST_ANSWER)])
def test_what_was_given_is_there_once_and_then_gone_whichever_write_fails(
    shop: World, journeys: dict[str, Journey], kind: str, fault: Fault
) -> None:
    journey = journeys[kind]
    crossed = crossings(shop, journey)
    points = [number for number, name in enumerate(crossed, 1) if name in journey.writes]
    assert len(points) >= 2
    for point in points:
        struck(shop, journey, point, fault)


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.value)
@pytest.mark.parametrize("kind", ["role", "statements", "tag"])
def test_what_was_given_is_there_once_and_then_gone_whichever_call_fails(
    shop: World, journeys: dict[str, Journey], kind: str, fault: Fault, capsys: pytest.CaptureFixture[str]
) -> None:
    crossed = crossings(shop, journeys[kind])
    for point in range(1, len(crossed) + 1):
        struck(shop, journeys[kind], point, fault)
    with capsys.disabled():
        sys.stdout.write(f"\n{kind}: {len(crossed)} points x {fault.value}\n")
