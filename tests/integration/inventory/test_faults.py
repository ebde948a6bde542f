"""Every call of a visit fails, or is the last one before a crash, in turn: nothing is lost, nothing comes back, the next run heals."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.errors import AppError, Throttled
from chalicelib.inventory.refresh.lease_store import LEASE
from tests.support.calls import Crash
from tests.support.estate import FIRST, TAG, Estate
from tests.support.faults import Boundary, Fault, guarded

FAULTS = (
    Fault.CRASH_BEFORE,
    Fault.CRASH_AFTER,
    Fault.ERROR,
    Fault.THROTTLE,
    Fault.LOST_ANSWER,
    Fault.NO_ANSWER,
)
CROSSED = {
    *("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"),
    *("AssumeRole", "ListRoles", "GetAccountAuthorizationDetails", "SendMessageBatch", "GetObject", "PutObject"),
}
"""What a visit with a changed role, a new one and a removed one calls."""


class Story:
    """An account in which each chapter changes a role, makes one and removes the one that the chapter before made."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        estate.begin()
        self.stays = estate.create_role(FIRST, "stays", {TAG: "engineers"})
        self.changed = estate.create_role(FIRST, "changed", {TAG: "team-0"})
        self.newest = estate.create_role(FIRST, "new-0", {TAG: "engineers"})
        self._number = 0
        estate.sync(FIRST)

    def goes_on(self) -> None:
        self._number += 1
        estate, number = self._estate, self._number
        estate.iam(FIRST).delete_role(RoleName=f"new-{number - 1}")
        estate.tag_role(FIRST, "changed", consoleme_authorized=f"team-{number}")
        self.newest = estate.create_role(FIRST, f"new-{number}", {TAG: "engineers"})
        # Long enough for whoever visited before to count as gone.
        estate.clock.advance(LEASE + 1)
        estate.crash()

    @property
    def told(self) -> tuple[set[str], ...]:
        """What the table says, and the rights of those whom this chapter and the one before are about."""
        teams = (f"group:team-{number}" for number in (self._number, self._number - 1))
        return self._estate.rows(FIRST), self._estate.rights("group:engineers"), *map(self._estate.rights, teams)

    @property
    def right(self) -> tuple[set[str], ...]:
        there = {self.stays, self.changed, self.newest}
        return there, {self.stays, self.newest}, {self.changed}, set()


@pytest.fixture
def story(estate: Estate) -> Story:
    return Story(estate)


@pytest.fixture
def boundary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Boundary]:
    """Guards nothing before it is armed; what looks at the outcome does so unguarded."""
    found = Boundary(open=True)
    with guarded(monkeypatch, found):
        yield found


def visit(estate: Estate, run_id: str = "broken") -> Any:
    return estate.container().inventory.refresh.sync_account.run(run_id, FIRST)


def broken_visit(estate: Estate, boundary: Boundary, point: int, fault: Fault) -> None:
    """A visit of which the call at `point` (from 1) goes wrong."""
    boundary.arm(point, fault)
    boundary.open = False
    with suppress(AppError, Crash):
        visit(estate, f"broken-{point}-{fault}")
    boundary.open = True


def heals(estate: Estate, story: Story, boundary: Boundary, point: int, fault: Fault) -> bool:
    """A chapter with a fault at the point, and the run after it. Whether there was such a point."""
    story.goes_on()
    broken_visit(estate, boundary, point, fault)
    estate.deliver()
    where = f"{fault} at call {point}, {boundary.crossed[-1]}"
    assert story.stays in estate.rows(FIRST), where
    assert story.stays in estate.rights("group:engineers"), where
    estate.clock.advance(LEASE + 1)
    estate.crash()
    estate.sync(FIRST, f"next-{point}-{fault}")
    assert story.told == story.right, where
    return boundary.struck


def test_without_a_fault_the_story_is_told_right_by_table_search_and_rights(
    estate: Estate, story: Story, boundary: Boundary
) -> None:
    story.goes_on()
    broken_visit(estate, boundary, 0, Fault.ERROR)
    estate.deliver()
    assert (story.told, estate.searched(FIRST)) == (story.right, story.right[0])
    assert set(boundary.crossed) == CROSSED


def test_a_fault_at_a_call_of_a_visit_loses_nothing_and_is_healed_by_the_next_run(
    estate: Estate, story: Story, boundary: Boundary
) -> None:
    """At every third call, each time another kind of fault; the long run has each kind at each call."""
    point, number = 1, 0
    while heals(estate, story, boundary, point, FAULTS[number % len(FAULTS)]):
        point, number = point + 3, number + 1
    assert point > len(CROSSED)
    assert estate.searched(FIRST) == story.right[0]


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_each_kind_of_fault_at_each_call_is_healed_by_the_next_run(
    estate: Estate, story: Story, boundary: Boundary, fault: Fault
) -> None:
    point = 1
    while heals(estate, story, boundary, point, fault):
        assert estate.searched(FIRST) == story.right[0], f"{fault} at call {point}"
        point += 1


@pytest.mark.parametrize("operation", ["ListRoles", "GetAccountAuthorizationDetails", "AssumeRole"])
def test_what_cannot_be_read_changes_nothing_at_all(estate: Estate, story: Story, operation: str) -> None:
    before = story.told
    story.goes_on()
    estate.calls.refuse(operation, "AccessDenied")
    with pytest.raises(AppError):
        visit(estate)
    estate.calls.rules.clear()
    estate.deliver()
    assert (estate.rows(FIRST), estate.rights("group:engineers")) == before[:2]


def test_throttling_is_told_by_a_name_that_the_workflow_retries(estate: Estate, story: Story) -> None:
    estate.calls.refuse("GetAccountAuthorizationDetails", "Throttling")
    with pytest.raises(Throttled):
        visit(estate)
    outcome = estate.container().inventory.refresh.runs.outcomes("broken")[FIRST]
    assert (outcome.status, outcome.roles) == ("failed", 0)
    estate.calls.rules.clear()
    assert visit(estate).status == "succeeded"
    assert estate.container().inventory.refresh.runs.outcomes("broken")[FIRST].status == "succeeded"


def test_a_message_that_was_sent_before_a_crash_says_the_same_again(estate: Estate, story: Story) -> None:
    story.goes_on()
    estate.calls.crash("BatchWriteItem", after=False)
    with pytest.raises(Crash):
        visit(estate)
    first = estate.messages()
    estate.crash()
    estate.clock.advance(LEASE + 1)
    visit(estate, "next")
    again = estate.messages()

    def without_times(messages: list[dict[str, Any]]) -> list[Any]:
        told = [(message["identity"], change) for message in messages for change in message["changes"]]
        return sorted(
            (
                identity,
                change["role_arn"],
                str([word[0] for word in change["words"].values()]),
                str(change["terms"]),
            )
            for identity, change in told
        )

    assert without_times(first) != []
    assert set(map(tuple, without_times(first))) <= set(map(tuple, without_times(again)))


def test_a_queue_that_takes_only_some_of_the_messages_has_taken_none(estate: Estate, story: Story) -> None:
    def partly(parameters: dict[str, Any], answer: Any) -> dict[str, Any]:
        kept = parameters["Entries"]
        parameters["Entries"] = kept[:1]
        said: dict[str, Any] = answer()
        return {**said, "Failed": [{"Id": one["Id"], "SenderFault": False, "Code": "Busy"} for one in kept[1:]]}

    story.goes_on()
    estate.calls.on("SendMessageBatch", partly)
    with pytest.raises(Throttled, match="did not take"):
        visit(estate)
    estate.calls.rules.clear()
    estate.crash()
    estate.sync(FIRST, "next")
    assert story.told == story.right
