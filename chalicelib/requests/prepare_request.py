"""The first step of the workflow: today's guardrails, and where the request is. It may have been decided meanwhile."""

from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.requests.models import UNDECIDED, DueKind, Head, Request, State
from chalicelib.requests.rules import protected
from chalicelib.requests.step_results import Plan
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import GRACE, plan_of

ACTOR = "system:prepare_request"


class RequestPreparer:
    """Reads nothing live: only the function that applies has a role for that, and it looks again anyway."""

    def __init__(self, *, store: RequestStore, hub: Hub, spoke: Spoke, clock: Clock) -> None:
        self._store = store
        self._hub = hub
        self._spoke = spoke
        self._clock = clock

    def prepare(self, request_id: str) -> Plan:
        """Raises NotFound, or Conflict when somebody made a step meanwhile."""
        request = found(self._store, request_id)
        refusal = self._refusal(request)
        if refusal is not None and request.head.state in UNDECIDED:
            return plan_of(self._refused(request, refusal))
        return plan_of(request.head)

    def _refusal(self, request: Request) -> Decision | None:
        refusals = (protected(Arn.parse(change.target), self._hub, self._spoke) for change in request.revision.changes)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _refused(self, request: Request, refusal: Decision) -> Head:
        now = self._clock.now()
        entry = audited(request.head, "request.reject", ACTOR, reason=refusal.reason)

        def after(before: Head) -> Head:
            return before.model_copy(
                update={
                    "state": State.REJECTED,
                    "reviewer": ACTOR,
                    "last_updated": now,
                    "due_kind": DueKind.WAKE,
                    "due_at": now + GRACE,
                    "outbox": (*before.outbox, entry),
                }
            )

        return take(self._store, request, after, [event(now, ACTOR, "rejected", refusal.reason)])
