"""What is overdue: a start that was lost, a wake that was lost, a worker that died, a time that has run out.

Run each minute. Everything here is idempotent and reads the request itself; what fails is tried again, at a growing distance,
for ever, and counted.
"""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.requests.expire_request import RequestExpirer
from chalicelib.requests.models import Head
from chalicelib.requests.states import UNDECIDED, DueKind
from chalicelib.requests.step_results import DueReport
from chalicelib.requests.steps import found
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow, later

TIME_LIMIT = 40
"""Seconds after which no further request is begun; the next run, a minute later, goes on."""


class DueRequests:
    def __init__(self, *, store: RequestStore, workflow: Workflow, expirer: RequestExpirer, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._expirer = expirer
        self._clock = clock

    def run(self) -> DueReport:
        began, done, failed = self._clock.now(), 0, 0
        for overdue in self._store.due(began):
            if self._clock.now() - began > TIME_LIMIT:
                break
            if self._brought_forward(overdue.request_id):
                done += 1
            else:
                failed += 1
        stuck = self._store.stuck()
        metrics.add_metric(name="RequestsStuck", unit=MetricUnit.Count, value=stuck)
        metrics.add_metric(name="DueFailed", unit=MetricUnit.Count, value=failed)
        return DueReport(done=done, failed=failed, stuck=stuck)

    def _brought_forward(self, request_id: str) -> bool:
        try:
            head = self._store.head(request_id)
            if head is not None and head.due_at is not None and head.due_at <= self._clock.now():
                self._do(head)
        except Conflict:
            logger.info("somebody else was faster", extra={"request": request_id})
        except AppError as error:
            self._failed(request_id, error)
            return False
        return True

    def _do(self, head: Head) -> None:
        if head.due_kind is DueKind.EXPIRE and head.state in UNDECIDED:
            if head.decide_by <= self._clock.now():
                head = self._expirer.expire(found(self._store, head.id))
                self._workflow.carry_on(head)
            else:
                self._store.settle(head, head.model_copy(update={"due_at": head.decide_by}))
            return
        self._workflow.carry_on(head)

    def _failed(self, request_id: str, error: AppError) -> None:
        """Read anew: the try may have come half way."""
        logger.warning("due, and failed", extra={"request": request_id, "cause": error.message[:500]})
        try:
            head = self._store.head(request_id)
            if head is not None and head.due_at is not None:
                attempts = head.attempts + 1
                again = {
                    "attempts": attempts,
                    "failure": error.message[:1000],
                    "due_at": self._clock.now() + later(attempts),
                }
                self._store.settle(head, head.model_copy(update=again))
        except AppError as second:
            logger.warning("not noted", extra={"request": request_id, "cause": second.message[:500]})
