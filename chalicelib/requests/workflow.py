"""The workflow of a request seen from outside: starting it, ringing its bell, and the audit entries that come before either.

What is done here is due: it stands in the head, was stored together with the decision that caused it, and is taken away
when it is done. Whoever fails here leaves it to the task `due`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, NotFound
from chalicelib.observability import logger
from chalicelib.requests.announce import GRACE, Announcer
from chalicelib.requests.models import Head
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, DueKind
from chalicelib.requests.step_results import Plan, Step
from chalicelib.requests.store import RequestStore

WATCH = 300
"""Seconds after which somebody looks whether a workflow is still at work."""


_RUNNING, _SUCCEEDED = "RUNNING", "SUCCEEDED"


class States(Protocol):
    """Step Functions; see `aws.states`."""

    def start(self, arn: str, name: str, payload: Mapping[str, Any]) -> str: ...

    def succeed(self, token: str, output: Mapping[str, Any]) -> None: ...

    def status(self, arn: str, name: str) -> str | None: ...


def plan_of(head: Head) -> Plan:
    if head.state in UNDECIDED:
        return Plan(request_id=head.id, step=Step.AWAIT)
    if head.state in UNDER_WAY:
        return Plan(request_id=head.id, step=Step.APPLY, change_ids=tuple(str(one["id"]) for one in head.summary))
    return Plan(request_id=head.id, step=Step.FINISH)


def next_due(head: Head, now: int) -> Head:
    """The head once its workflow knows: what must happen next, and nothing is failing any more."""
    if head.state in UNDECIDED:
        kind, at = DueKind.EXPIRE, head.decide_by
    elif head.state in UNDER_WAY:
        kind, at = DueKind.WATCH, now + WATCH
    else:
        return head.model_copy(update={"due_kind": None, "due_at": None, "attempts": 0, "failure": None})
    return head.model_copy(update={"due_kind": kind, "due_at": at, "attempts": 0, "failure": None})


def later(attempts: int) -> int:
    """Seconds until the next try after so many failed ones: longer each time, an hour at most, for ever."""
    return min(3600, GRACE << min(attempts, 10))


class Workflow:
    def __init__(
        self,
        *,
        states: States,
        arn: str,
        store: RequestStore,
        announcer: Announcer,
        soon: Callable[[str], None],
        clock: Clock,
    ) -> None:
        """`soon` has people told, by somebody else, what a request has stored for that. It may fail: the task `due` tells them too."""
        self._states = states
        self._arn = arn
        self._store = store
        self._announcer = announcer
        self._soon = soon
        self._clock = clock

    def go_on(self, head: Head) -> None:
        """Does at once what a step has left to do. It is stored: what fails now is done by the task `due`."""
        try:
            recorded = self._recorded(head)
            if head.due_kind is DueKind.START:
                self._start(recorded)
                self._store.settle(head, next_due(recorded, self._clock.now()))
            else:
                self._wake(head)
        except AppError as error:
            logger.warning("left to the task due", extra={"request": head.id, "cause": error.message[:500]})

    def flush(self, head: Head) -> Head:
        """Records what a step of the workflow itself has left: it goes on only after that. The head then. Raises as that does."""
        return self._store.settle(head, next_due(self._recorded(head), self._clock.now())) if head.outbox else head

    def over(self, head: Head) -> None:
        """Records how a request has ended. It is stored, and due: what fails now is done by the task `due`."""
        try:
            self.flush(head)
        except AppError as error:
            logger.warning("left to the task due", extra={"request": head.id, "cause": error.message[:500]})

    def _wake(self, head: Head) -> None:
        """The token may have been stored while the decision was: it is read after the decision was written."""
        fresh = self._store.head(head.id)
        if fresh is None or fresh.lock_version != head.lock_version:
            return
        recorded = fresh.model_copy(update={"outbox": ()})
        if fresh.state in UNDECIDED:
            # An edit: it had to be recorded, and the workflow goes on waiting.
            recorded = next_due(recorded, self._clock.now())
        elif fresh.task_token is not None and self._rung(fresh):
            recorded = next_due(recorded.model_copy(update={"task_token": None}), self._clock.now())
        self._store.settle(fresh, recorded)

    def carry_on(self, head: Head) -> None:
        """Brings a request's workflow to where the request is, whatever became of it. Raises Conflict when somebody else did."""
        after = self._recorded(head)
        if head.task_token is not None and head.state not in UNDECIDED:
            after = after.model_copy(update={"task_token": None})
            if self._rung(head):
                self._store.settle(head, next_due(after, self._clock.now()))
                return
        status = self._states.status(self._arn, head.execution)
        if status == _RUNNING:
            self._store.settle(head, self._at_work(after))
        elif head.state in UNDER_WAY or head.due_kind is DueKind.START:
            self._start_again(head, after, status)
        else:
            self._store.settle(head, next_due(after, self._clock.now()))

    def _at_work(self, head: Head) -> Head:
        """It gets there by itself; somebody looks again later."""
        if head.state in UNDECIDED:
            return next_due(head, self._clock.now())
        return head.model_copy(update={"due_kind": DueKind.WATCH, "due_at": self._clock.now() + WATCH})

    def _start_again(self, head: Head, after: Head, status: str | None) -> None:
        """A name is used once: after an execution that has ended comes one with the next number. One that came to its end
        without being done has counted its failure itself.
        """
        now = self._clock.now()
        if status is not None:
            failed = {
                "generation": head.generation + 1,
                "task_token": None,
                "attempts": head.attempts + (status != _SUCCEEDED),
                "failure": f"The workflow ended ({status}) before its work was done.",
                "due_kind": DueKind.START,
                "due_at": now,
            }
            head = self._store.settle(head, after.model_copy(update=failed))
            after = head
        self._start(head)
        going = next_due(after, now)
        if status is not None and head.state in UNDER_WAY:
            distance = {
                "attempts": head.attempts,
                "failure": head.failure,
                "due_at": now + WATCH + later(head.attempts),
            }
            going = going.model_copy(update=distance)
        self._store.settle(head, going)

    def _start(self, head: Head) -> None:
        self._states.start(self._arn, head.execution, {"request_id": head.id})

    def _rung(self, head: Head) -> bool:
        """False when nobody waits with the token any more."""
        try:
            self._states.succeed(str(head.task_token), plan_of(head).model_dump(mode="json"))
        except NotFound:
            return False
        return True

    def _recorded(self, head: Head) -> Head:
        """Writes the audit entries of steps that are stored; without them nothing goes on. The head without them.

        A crash before that is stored writes them twice; their `event` tells.
        """
        self._announcer.record(head.outbox)
        if head.outbox:
            self._told_soon(head.id)
        return head.model_copy(update={"outbox": ()})

    def _told_soon(self, request_id: str) -> None:
        try:
            self._soon(request_id)
        except AppError as error:
            logger.info("telling is left to the task due", extra={"request": request_id, "cause": error.message[:500]})
