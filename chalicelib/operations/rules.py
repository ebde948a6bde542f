"""How a task or a scope is doing, from its record and the time: pure."""

from collections.abc import Iterable, Sequence

from chalicelib.core.decisions import Decision
from chalicelib.core.tasks import DeclaredTask, TaskKind, late_after
from chalicelib.db.jobs import TaskRecord
from chalicelib.operations.models import KindSummary, Scope, ScopeState, TaskState

_LONGEST_RUN = 900
"""Seconds after which Lambda has ended every function: a begin without an end is a crash from then on."""


def stale_after(every: int) -> int:
    """Seconds: two rounds."""
    return 2 * every


def seconds_since_success(record: TaskRecord, now: int) -> int:
    """Of a task that never succeeded: since it was first waited for, or at least since it first ran."""
    since = record.succeeded_at or record.known_at or record.started_at
    return 0 if since is None else max(0, now - since)


def is_running(record: TaskRecord, now: int) -> bool:
    """It began and has not ended, and still can."""
    if record.started_at is None or now - record.started_at > _LONGEST_RUN:
        return False
    return record.started_at > max(record.succeeded_at or 0, record.failed_at or 0)


def state_of_task(declared: DeclaredTask, record: TaskRecord, now: int) -> TaskState:
    if declared.kind is TaskKind.STEP:
        return TaskState.UNWATCHED
    if declared.every is not None and seconds_since_success(record, now) > late_after(declared.every):
        return TaskState.LATE
    if record.error is not None:
        return TaskState.FAILING
    if is_running(record, now):
        return TaskState.RUNNING
    return TaskState.NEVER if record.succeeded_at is None else TaskState.OK


def may_run(declared: DeclaredTask | None, record: TaskRecord | None, now: int) -> Decision:
    """Whether it makes sense to run the task now."""
    if declared is None:
        return Decision.no("There is no task of this name. GET /api/v2/operations names them.", "unknown_task")
    if declared.kind is TaskKind.QUEUE:
        return Decision.no(f"{declared.name} takes what arrives in its queue and runs by itself.", "not_on_demand")
    if declared.kind is TaskKind.STEP:
        return Decision.no(
            f"{declared.name} is a step of a workflow: refresh an account, or let the task `due` carry a request on.",
            "not_on_demand",
        )
    if record is not None and is_running(record, now):
        return Decision.no(f"{declared.name} is running since {now - (record.started_at or now)} seconds.", "running")
    return Decision.yes(f"{declared.name} can run at any time", "on_demand")


def state_of_scope(*, staleness: int, every: int, error: str | None, succeeded: bool, reached: bool) -> ScopeState:
    """`reached`: somebody got into the account at least once, or nobody was kept out."""
    if not reached:
        return ScopeState.UNREACHED
    if staleness > stale_after(every):
        return ScopeState.STALE
    if error is not None:
        return ScopeState.FAILING
    return ScopeState.OK if succeeded else ScopeState.NEVER


def summary_of(kind: str, every: int, scopes: Iterable[Scope]) -> KindSummary:
    mine: Sequence[Scope] = [scope for scope in scopes if scope.kind == kind]
    counted = {state: sum(scope.state is state for scope in mine) for state in ScopeState}
    waited_for = [scope.staleness for scope in mine if scope.state is not ScopeState.UNREACHED]
    return KindSummary(
        kind=kind,
        every=every,
        max_staleness=max(waited_for, default=0),
        scopes=len(mine),
        stale=counted[ScopeState.STALE],
        failing=counted[ScopeState.FAILING],
        unreached=counted[ScopeState.UNREACHED],
        never=counted[ScopeState.NEVER],
    )
