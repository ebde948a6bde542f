"""Running a task now, for somebody who may: recorded first, then started as its schedule would start it."""

from collections.abc import Callable, Mapping

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.aws.functions import Functions, scheduled_event
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, InvalidInput, NotFound
from chalicelib.core.principals import Caller, Principal
from chalicelib.core.tasks import DeclaredTask, TaskKind
from chalicelib.db.jobs import Jobs
from chalicelib.operations.rules import may_run

_PLUGIN_JOBS = "plugin_jobs"
_ERRORS: Mapping[str, type[AppError]] = {"unknown_task": NotFound, "running": Conflict}


class RunNow:
    def __init__(
        self,
        *,
        declared: Callable[[], Mapping[str, DeclaredTask]],
        jobs: Jobs,
        functions: Functions,
        audit: AuditLog,
        clock: Clock,
        region: str,
    ) -> None:
        self._declared = declared
        self._jobs = jobs
        self._functions = functions
        self._audit = audit
        self._clock = clock
        self._region = region

    def task(self, caller: Caller, name: str) -> None:
        """Does not wait for its end. Raises NotFound, Conflict for one that is running, InvalidInput for one that does not run by
        itself, and what the audit log and Lambda raise.
        """
        task = self._declared().get(name)
        record = next((found for found in self._jobs.tasks() if found.name == name), None)
        verdict = may_run(task, record, self._clock.now())
        if task is None or not verdict.allowed:
            raise _ERRORS.get(verdict.rule, InvalidInput)(verdict.reason, reason=verdict.rule)
        self._record(caller, name, Outcome.DONE)
        try:
            self._start(task)
        except AppError as error:
            self._record(caller, name, Outcome.FAILED, error.message[:500])
            raise

    def _start(self, task: DeclaredTask) -> None:
        if task.kind is TaskKind.PLUGIN:
            self._jobs.make_due(task.name)
        function = _PLUGIN_JOBS if task.kind is TaskKind.PLUGIN else task.name
        self._functions.begin(function, scheduled_event(function, self._clock.now(), self._region))

    def _record(self, caller: Caller, name: str, outcome: Outcome, reason: str = "") -> None:
        self._audit.record(
            AuditEntry(
                action="operations.run",
                person=str(Principal.user(caller.user)),
                target=f"task/{name}",
                outcome=outcome,
                reason=reason,
            )
        )
