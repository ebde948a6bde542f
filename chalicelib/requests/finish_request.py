"""The last step of the workflow: what became of the request, from what is recorded of its changes."""

from chalicelib.audit.models import Outcome
from chalicelib.core.clock import Clock
from chalicelib.observability import MetricUnit, metrics
from chalicelib.requests.announce import END, GRACE
from chalicelib.requests.ends import to_take_back
from chalicelib.requests.expire_request import RequestExpirer
from chalicelib.requests.models import Head, Request
from chalicelib.requests.rules import outcome
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, DueKind, State
from chalicelib.requests.step_results import Finished, Step
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow, later

ACTOR = "system:finish_request"
_OUTCOMES = {
    State.APPLIED: Outcome.DONE,
    State.PARTIALLY_APPLIED: Outcome.FAILED,
    State.FAILED: Outcome.FAILED,
    State.NEEDS_REBASE: Outcome.REFUSED,
    State.ENDED: Outcome.DONE,
}


class RequestFinisher:
    def __init__(self, *, store: RequestStore, workflow: Workflow, expirer: RequestExpirer, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._expirer = expirer
        self._clock = clock

    def finish(self, request_id: str) -> Finished:
        """A request with a change that is not at its end, or must be taken back, stays as it is: the task `due` starts another
        execution, with a growing distance, for ever. Raises Conflict when somebody made a step meanwhile.
        """
        request = found(self._store, request_id)
        if back := to_take_back(request):
            self._unfinished(request.head)
            return Finished(request_id=request_id, state=request.head.state, step=Step.COMPENSATE, change_ids=back)
        ended = outcome(request.records) if request.head.state in UNDER_WAY else None
        if ended is not None:
            return Finished(request_id=request_id, state=self._ended(request, ended).state)
        if request.head.state in UNDER_WAY:
            self._unfinished(request.head)
        elif request.head.state in UNDECIDED and request.head.decide_by <= self._clock.now():
            return Finished(request_id=request_id, state=self._expirer.expire(request).state)
        return Finished(request_id=request_id, state=request.head.state)

    def _ended(self, request: Request, state: State) -> Head:
        """Told as it is stored; while an audit entry waits to be written, the request stays due."""
        now = self._clock.now()
        entry = audited(request.head, END, ACTOR, outcome=_OUTCOMES[state], state=state.value)

        def after(before: Head) -> Head:
            ended = {
                "state": state,
                "last_updated": now,
                "due_kind": DueKind.WAKE,
                "due_at": now + GRACE,
                "task_token": None,
                "outbox": (*before.outbox, entry),
            }
            return before.model_copy(update={**ended, "attempts": 0, "failure": None})

        head = take(self._store, request, after, [event(now, ACTOR, "finished", f"The request is {state}")])
        metrics.add_metric(name=f"Requests{state.title().replace('_', '')}", unit=MetricUnit.Count, value=1)
        self._workflow.over(head)
        return head

    def _unfinished(self, head: Head) -> None:
        """The execution is over, the work is not: another execution comes when it is due."""
        attempts = head.attempts + 1
        waiting = {"attempts": attempts, "due_kind": DueKind.WATCH, "due_at": self._clock.now() + later(attempts)}
        self._store.settle(head, head.model_copy(update=waiting))
