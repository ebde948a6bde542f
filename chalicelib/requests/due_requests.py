"""What is overdue: a start that was lost, a wake that was lost, a worker that died, a time that has run out, an end, a notice.

Run each minute. Everything here is idempotent and reads the request itself; what fails is tried again, at a growing distance,
for ever, and counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.requests.expire_request import RequestExpirer
from chalicelib.requests.models import Due, Head
from chalicelib.requests.start_ends import next_try
from chalicelib.requests.states import UNDECIDED, DueKind
from chalicelib.requests.step_results import DueReport
from chalicelib.requests.steps import found
from chalicelib.requests.store import Overdue, RequestStore
from chalicelib.requests.workflow import Workflow, later

TIME_LIMIT = 40
"""Seconds after which nothing further is begun; the next run, a minute later, goes on."""

_ORDER = {DueKind.END.value: 0, DueKind.SEND.value: 2}

Deed = Callable[[str, Sequence[Due]], None]
"""Does what is due beside the workflow of a request, all of one kind at once, and notes it. Raises what is worth another try."""


class _Job(NamedTuple):
    """What is overdue of one request. `kind` None is its workflow."""

    request_id: str
    kind: DueKind | None
    names: tuple[str, ...] = ()


class DueRequests:
    def __init__(
        self,
        *,
        store: RequestStore,
        workflow: Workflow,
        expirer: RequestExpirer,
        deeds: Mapping[DueKind, Deed],
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._expirer = expirer
        self._deeds = deeds
        self._clock = clock

    def run(self) -> DueReport:
        began, done, failed = self._clock.now(), 0, 0
        for job in _jobs(self._store.due(began)):
            if self._clock.now() - began > TIME_LIMIT:
                break
            forward = self._brought_forward(job.request_id) if job.kind is None else self._done_beside(job, self._deeds)
            if forward:
                done += 1
            else:
                failed += 1
        stuck = self._store.stuck()
        metrics.add_metric(name="RequestsStuck", unit=MetricUnit.Count, value=stuck)
        metrics.add_metric(name="DueFailed", unit=MetricUnit.Count, value=failed)
        return DueReport(done=done, failed=failed, stuck=stuck)

    def _done_beside(self, job: _Job, deeds: Mapping[DueKind, Deed]) -> bool:
        kind = job.kind
        if kind is None or kind not in deeds:
            return True
        dues: list[Due] = []
        try:
            dues = [due for name in job.names if (due := self._still_due(job.request_id, kind, name))]
            if dues:
                deeds[kind](job.request_id, dues)
        except Conflict:
            logger.info("somebody else was faster", extra={"request": job.request_id})
        except AppError as error:
            self._beside_failed(job.request_id, dues, error)
            return False
        return True

    def _still_due(self, request_id: str, kind: DueKind, name: str) -> Due | None:
        due = self._store.find_due(request_id, kind, name)
        return due if due is not None and due.at <= self._clock.now() else None

    def _beside_failed(self, request_id: str, dues: Sequence[Due], error: AppError) -> None:
        logger.warning("due, and failed", extra={"request": request_id, "cause": error.message[:500]})
        for due in dues:
            attempts = due.attempts + 1
            distance = next_try(attempts) if due.kind is DueKind.END else later(attempts)
            again = {"attempts": attempts, "failure": error.message[:1000], "at": self._clock.now() + distance}
            try:
                # Read anew: the try may have been counted already, or the end moved.
                now = self._store.find_due(request_id, due.kind, due.id)
                if now is not None and now.payload == due.payload:
                    self._store.settle_due(request_id, now, now.model_copy(update=again))
            except AppError as second:
                logger.warning("not noted", extra={"request": request_id, "cause": second.message[:500]})

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


def _jobs(overdue: Sequence[Overdue]) -> Iterator[_Job]:
    """What must be taken back comes first, and what is to be told last: a channel that hangs keeps nothing waiting. Then longest first."""

    def key(one: Overdue) -> tuple[int, str, str]:
        kind = one.due.kind.value if one.due is not None else ""
        return _ORDER.get(kind, 1), one.request_id, kind

    first = {key(one): place for place, one in reversed(list(enumerate(overdue)))}
    ordered = sorted(overdue, key=lambda one: (key(one)[0], first[key(one)], key(one)))
    for _, group in groupby(ordered, key=key):
        ones = list(group)
        kind = ones[0].due.kind if ones[0].due is not None else None
        yield _Job(ones[0].request_id, kind, tuple(one.due.id for one in ones if one.due is not None))
