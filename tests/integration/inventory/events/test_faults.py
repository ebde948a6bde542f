"""Each call to AWS that following an event makes fails in turn, or is the last before a crash; afterwards nothing is lost."""

import pytest

from chalicelib.core.errors import AppError
from tests.integration.inventory.events.conftest import Known
from tests.support.calls import Crash
from tests.support.estate import FIRST
from tests.support.trail import envelope, queued, record


def event(name: str, request_id: str) -> str:
    return envelope(record("TagRole", {"roleName": name}, requestID=request_id))


def regroup(known: Known, word: str) -> str:
    """Tags the role for another group, whose name is given."""
    group = f"{known.name}-{word.lower()}"
    known.estate.tag_role(FIRST, known.name, consoleme_authorized=group)
    return group


def operations(known: Known) -> list[str]:
    """What one event calls, from a process that has just started."""
    regroup(known, "first")
    known.estate.crash()
    known.estate.calls.clear()
    take(known, event(known.name, "first"))
    found = sorted({name for name, _ in known.estate.calls.seen})
    known.estate.deliver()
    return found


def take(known: Known, body: str) -> tuple[str, ...]:
    known.estate.clock.advance(1)
    return known.estate.container().inventory.events.follow_changes.take(queued(body))


def settled(known: Known, body: str) -> bool:
    """False when the message must come again."""
    try:
        return take(known, body) == ()
    except AppError:
        return False


def test_whatever_call_fails_the_event_comes_again_or_has_done_its_work(known: Known) -> None:
    unsettled = set()
    for operation in operations(known):
        group, body = regroup(known, operation), event(known.name, operation)
        if operation == "AssumeRole":
            known.estate.crash()
        known.estate.calls.refuse(operation, "InternalFailure")
        done = settled(known, body)
        known.estate.calls.rules.clear()
        if not done:
            unsettled.add(operation)
            assert settled(known, body), operation
        known.estate.deliver()
        assert known.estate.rights(f"group:{group}") == {known.arn}, operation
        assert known.arn in known.estate.rows(FIRST)
    assert {"GetRole", "SendMessageBatch", "PutItem"} <= unsettled


@pytest.mark.long
@pytest.mark.parametrize("after", [False, True])
def test_wherever_the_process_ends_the_event_comes_again_and_its_work_is_done(known: Known, after: bool) -> None:
    for operation in operations(known):
        group, body = regroup(known, f"{operation}-{after}"), event(known.name, f"{operation}-{after}")
        known.estate.crash()
        known.estate.calls.crash(operation, after=after)
        with pytest.raises(Crash):
            take(known, body)
        known.estate.calls.rules.clear()
        known.estate.crash()
        assert settled(known, body), operation
        known.estate.deliver()
        assert known.estate.rights(f"group:{group}") == {known.arn}, operation
