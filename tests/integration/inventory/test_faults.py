"""Every call of a visit fails or is the last one before a crash, in turn: nothing is lost, nothing comes back, the next run heals."""

from typing import Any

import pytest

from chalicelib.core.errors import AppError, Throttled
from tests.support.calls import Crash
from tests.support.estate import FIRST, TAG, Estate

CALLS = (
    ("GetItem", 0),
    ("Query", 0),
    ("AssumeRole", 0),
    ("ListRoles", 0),
    ("GetAccountAuthorizationDetails", 0),
    ("SendMessageBatch", 0),
    ("BatchWriteItem", 0),
    ("PutItem", 0),
    ("PutItem", 1),
    ("DeleteItem", 0),
    ("SendMessageBatch", 1),
    ("DeleteItem", 1),
    ("Query", 1),
    ("Query", 2),
    ("DeleteItem", 2),
    ("UpdateItem", 0),
    ("PutItem", 2),
    ("BatchWriteItem", 1),
    ("BatchWriteItem", 2),
    ("GetItem", 1),
)
"""Every call of a visit with a changed role, a new one and a removed one: the operation, and how many of it came before."""


class Story:
    """An account that was synced once, and then changed in three ways."""

    def __init__(self, estate: Estate) -> None:
        estate.begin()
        estate.calls.clear()
        self.gone = estate.create_role(FIRST, "gone", {TAG: "engineers"})
        self.changed = estate.create_role(FIRST, "changed", {TAG: "engineers"})
        self.stays = estate.create_role(FIRST, "stays", {TAG: "engineers"})
        estate.sync(FIRST)
        self.before = self.told(estate)
        estate.iam(FIRST).delete_role(RoleName="gone")
        estate.tag_role(FIRST, "changed", consoleme_authorized="ops")
        self.new = estate.create_role(FIRST, "new", {TAG: "engineers:ops"})
        estate.clock.advance(1)
        estate.crash()

    def told(self, estate: Estate) -> tuple[set[str], ...]:
        """What the table, the search and two groups' rights say."""
        rights = estate.rights("group:engineers"), estate.rights("group:ops")
        return estate.rows(FIRST), estate.searched(FIRST), *rights

    @property
    def after(self) -> tuple[set[str], ...]:
        there = {self.changed, self.stays, self.new}
        return there, there, {self.stays, self.new}, {self.changed, self.new}


@pytest.fixture
def story(estate: Estate) -> Story:
    return Story(estate)


def visit(estate: Estate) -> Any:
    return estate.container().inventory.sync_account.run("broken", FIRST)


def test_without_a_fault_the_story_ends_as_it_should(estate: Estate, story: Story) -> None:
    estate.sync(FIRST, "second")
    assert story.told(estate) == story.after


def test_the_faults_below_are_those_of_every_call_that_a_visit_makes(estate: Estate, story: Story) -> None:
    estate.calls.clear()
    visit(estate)
    made = estate.calls.counted()
    assert {(operation, number) for operation, times in made.items() for number in range(times)} == set(CALLS)


@pytest.mark.parametrize(("operation", "skip"), CALLS)
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_is_healed_by_the_next_run(
    estate: Estate, story: Story, operation: str, skip: int, after: bool
) -> None:
    estate.calls.crash(operation, after=after, skip=skip)
    with pytest.raises(Crash):
        visit(estate)
    estate.crash()
    estate.sync(FIRST, "next")
    assert story.told(estate) == story.after
    assert estate.sync(FIRST, "third").written == 0


@pytest.mark.parametrize(("operation", "skip"), CALLS)
def test_a_refusal_at_any_call_loses_nothing_and_is_healed_by_the_next_run(
    estate: Estate, story: Story, operation: str, skip: int
) -> None:
    estate.calls.refuse(operation, "ThrottlingException", after=skip)
    with pytest.raises(AppError):
        visit(estate)
    estate.calls.rules.clear()
    estate.deliver()
    assert story.stays in estate.rows(FIRST)
    assert story.stays in estate.rights("group:engineers")
    estate.crash()
    estate.sync(FIRST, "next")
    assert story.told(estate) == story.after


@pytest.mark.parametrize("operation", ["ListRoles", "GetAccountAuthorizationDetails", "AssumeRole"])
def test_what_cannot_be_read_changes_nothing_at_all(estate: Estate, story: Story, operation: str) -> None:
    estate.calls.refuse(operation, "AccessDenied")
    with pytest.raises(AppError):
        visit(estate)
    estate.calls.rules.clear()
    estate.deliver()
    assert story.told(estate) == story.before


def test_throttling_is_told_by_a_name_that_the_workflow_retries(estate: Estate, story: Story) -> None:
    estate.calls.refuse("GetAccountAuthorizationDetails", "Throttling")
    with pytest.raises(Throttled):
        visit(estate)
    outcome = estate.container().inventory._runs.outcomes("broken")[FIRST]
    assert (outcome.status, outcome.roles) == ("failed", 0)
    estate.calls.rules.clear()
    assert visit(estate).status == "succeeded"
    assert estate.container().inventory._runs.outcomes("broken")[FIRST].status == "succeeded"


def test_a_message_that_was_sent_before_a_crash_says_the_same_again(estate: Estate, story: Story) -> None:
    estate.calls.crash("BatchWriteItem", after=False)
    with pytest.raises(Crash):
        visit(estate)
    first = estate.messages()
    estate.crash()
    estate.clock.advance(1)
    visit(estate)
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

    estate.calls.on("SendMessageBatch", partly)
    with pytest.raises(Throttled, match="did not take"):
        visit(estate)
    estate.calls.rules.clear()
    estate.crash()
    estate.sync(FIRST, "next")
    assert story.told(estate) == story.after
