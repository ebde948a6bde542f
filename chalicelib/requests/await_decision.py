"""The workflow waits for a decision. Its token is a bell: it is kept with the request, and wakes; it decides nothing."""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, NotFound
from chalicelib.observability import logger
from chalicelib.requests.models import Head
from chalicelib.requests.states import UNDECIDED
from chalicelib.requests.step_results import Plan, Step
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import States, next_due, plan_of


class DecisionWaiter:
    def __init__(self, *, store: RequestStore, states: States, clock: Clock) -> None:
        self._store = store
        self._states = states
        self._clock = clock

    def wait(self, request_id: str, execution: str, token: str) -> None:
        """Stores the token, and answers by itself when a decision is there already: it came before anybody could be woken.

        An execution that was overtaken by a newer one is sent to its end. Raises NotFound.
        """
        head = self._head(request_id)
        if execution != head.execution:
            self._answer(token, Plan(request_id=request_id, step=Step.FINISH))
            return
        try:
            self._store.put_token(head, token)
        except Conflict:
            self._answer(token, Plan(request_id=request_id, step=Step.FINISH))
            return
        # Whoever decides from here on finds the token; whoever decided before is found here.
        head = self._head(request_id)
        if head.state not in UNDECIDED:
            self._answer(token, plan_of(head))
            self._settle(head)

    def _head(self, request_id: str) -> Head:
        head = self._store.head(request_id)
        if head is None:
            raise NotFound("There is no such request.", reason="request_not_found")
        return head

    def _answer(self, token: str, plan: Plan) -> None:
        try:
            self._states.succeed(token, plan.model_dump(mode="json"))
        except NotFound:
            logger.info("was woken by somebody else", extra={"request": plan.request_id})

    def _settle(self, head: Head) -> None:
        """The bell has rung. If that can't be noted, the task `due` rings a bell that nobody hears any more."""
        if head.outbox:
            return
        try:
            done = next_due(head.model_copy(update={"task_token": None}), self._clock.now())
            self._store.settle(head, done)
        except AppError as error:
            logger.info("left to the task due", extra={"request": head.id, "cause": error.message[:500]})
