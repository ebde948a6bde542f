"""The scheduled functions and the jobs of plugins: whether each succeeded in time."""

from collections.abc import Iterable

from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health
from chalicelib.operations.models import TaskState, ToldTask

_FIX = "The page Operations has the reasons, the functions' logs have more."
_TROUBLE = (TaskState.LATE, TaskState.FAILING)


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("tasks", "Scheduled functions", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    watched = [task for task in parts.operations.tell.tasks() if task.every is not None]
    if broken := [task for task in watched if task.state in _TROUBLE]:
        return Health.failed("; ".join(_words(task, parts.clock.now()) for task in broken), _FIX)
    waiting = [task.name for task in watched if task.succeeded_at is None]
    if len(waiting) == len(watched):
        return Health.warning(
            "None has run yet.", "Wait for a minute; then look whether the rules of EventBridge are enabled."
        )
    still = f"; {', '.join(waiting)} did not run yet" if waiting else ""
    return Health.ok(f"{len(watched) - len(waiting)} succeeded when they ran last{still}.")


def _words(task: ToldTask, now: int) -> str:
    if task.failed_at is not None and task.error is not None:
        return f"{task.name} ({ago(now - task.failed_at)}): {task.error}"
    since = "never succeeded" if task.succeeded_at is None else f"succeeded {ago(now - task.succeeded_at)}"
    return f"{task.name} is late: it {since}"
