"""How tasks and scopes are doing: pure."""

import pytest

from chalicelib.core.tasks import DeclaredTask, TaskKind, late_after, seconds
from chalicelib.db.jobs import TaskRecord
from chalicelib.operations.models import ScopeState, TaskState
from chalicelib.operations.rules import (
    is_running,
    may_run,
    seconds_since_success,
    stale_after,
    state_of_scope,
    state_of_task,
)
from tests.support.clock import START

NOW = START
HOURLY = DeclaredTask("hourly", TaskKind.SCHEDULE, "Each hour.", 3600)


def record(**more: int | str) -> TaskRecord:
    return TaskRecord.model_validate({"name": "hourly", **more})


@pytest.mark.parametrize(("unit", "expected"), [("MINUTES", 120), ("HOUR", 7200), ("DAYS", 172_800)])
def test_a_rate_is_so_many_seconds(unit: str, expected: int) -> None:
    assert seconds(2, unit) == expected


def test_a_task_may_miss_two_rounds_and_is_late_after_the_third() -> None:
    just = NOW - late_after(3600)
    assert state_of_task(HOURLY, record(succeeded_at=just, started_at=just - 1), NOW) is TaskState.OK
    assert state_of_task(HOURLY, record(succeeded_at=just - 1, started_at=just - 2), NOW) is TaskState.LATE


def test_a_task_that_never_ran_is_waited_for_and_then_late() -> None:
    assert state_of_task(HOURLY, record(), NOW) is TaskState.NEVER
    assert state_of_task(HOURLY, record(known_at=NOW - 60), NOW) is TaskState.NEVER
    assert state_of_task(HOURLY, record(known_at=NOW - late_after(3600) - 1), NOW) is TaskState.LATE


def test_a_task_that_always_failed_is_late_by_when_it_was_first_waited_for() -> None:
    failed = record(known_at=NOW - 20_000, started_at=NOW - 5, failed_at=NOW - 4, error="no", failures=7)
    assert seconds_since_success(failed, NOW) == 20_000
    assert state_of_task(HOURLY, failed, NOW) is TaskState.LATE


def test_a_failure_is_told_until_the_next_success() -> None:
    failed = record(succeeded_at=NOW - 3600, started_at=NOW - 5, failed_at=NOW - 4, error="no")
    assert state_of_task(HOURLY, failed, NOW) is TaskState.FAILING


def test_a_begin_without_an_end_is_running_until_lambda_has_ended_it() -> None:
    begun = record(succeeded_at=NOW - 3600, started_at=NOW - 900)
    assert is_running(begun, NOW)
    assert state_of_task(HOURLY, begun, NOW) is TaskState.RUNNING
    assert not is_running(begun, NOW + 1)
    assert not is_running(record(), NOW)


def test_a_step_is_told_by_its_workflow_and_a_queue_is_never_late() -> None:
    assert state_of_task(DeclaredTask("s", TaskKind.STEP, "A step."), record(), NOW) is TaskState.UNWATCHED
    queue = DeclaredTask("q", TaskKind.QUEUE, "A queue.", queue="q")
    assert state_of_task(queue, record(succeeded_at=1), NOW) is TaskState.OK


@pytest.mark.parametrize("kind", [TaskKind.SCHEDULE, TaskKind.PLUGIN])
def test_what_has_a_rate_can_run_on_demand(kind: TaskKind) -> None:
    assert may_run(DeclaredTask("t", kind, "It.", 60), None, NOW).allowed


@pytest.mark.parametrize("kind", [TaskKind.STEP, TaskKind.QUEUE])
def test_what_others_call_can_not(kind: TaskKind) -> None:
    verdict = may_run(DeclaredTask("t", kind, "It."), None, NOW)
    assert (verdict.allowed, verdict.rule) == (False, "not_on_demand")


def test_what_is_running_is_not_run_twice_and_nobody_runs_what_does_not_exist() -> None:
    verdict = may_run(HOURLY, record(started_at=NOW - 7), NOW)
    assert (verdict.allowed, verdict.rule, verdict.reason) == (False, "running", "hourly is running since 7 seconds.")
    assert may_run(None, None, NOW).rule == "unknown_task"


@pytest.mark.parametrize(
    ("staleness", "error", "succeeded", "reached", "expected"),
    [
        (stale_after(3600), None, True, True, ScopeState.OK),
        (stale_after(3600) + 1, None, True, True, ScopeState.STALE),
        (stale_after(3600) + 1, None, False, True, ScopeState.STALE),
        (10, None, False, True, ScopeState.NEVER),
        (10, "no", True, True, ScopeState.FAILING),
        (10, "no", False, True, ScopeState.FAILING),
        (10**6, "no", False, False, ScopeState.UNREACHED),
    ],
)
def test_a_scope_is_judged_by_its_age_then_by_its_last_word(
    staleness: int, error: str | None, succeeded: bool, reached: bool, expected: ScopeState
) -> None:
    found = state_of_scope(staleness=staleness, every=3600, error=error, succeeded=succeeded, reached=reached)
    assert found is expected
