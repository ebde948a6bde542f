"""The first step of the workflow: today's guardrails, and where the request is. It may have been decided meanwhile."""

from typing import Any

from chalicelib.audit.models import AuditEntry
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.ids import ulid
from chalicelib.requests.auto_approval import AutoApproval
from chalicelib.requests.models import Head, Request, Ruling
from chalicelib.requests.rules import protected
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, DueKind, State, Verdict
from chalicelib.requests.step_results import Plan
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import GRACE, Workflow, plan_of

ACTOR = "system:prepare_request"
AUTO_APPROVAL = "system:auto_approval"


class RequestPreparer:
    """Reads nothing live: only the function that applies has a role for that, and it looks again anyway."""

    def __init__(
        self,
        *,
        store: RequestStore,
        workflow: Workflow,
        auto_approval: AutoApproval,
        hub: Hub,
        spoke: Spoke,
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._auto_approval = auto_approval
        self._hub = hub
        self._spoke = spoke
        self._clock = clock

    def prepare(self, request_id: str) -> Plan:
        """Raises NotFound, or Conflict when somebody made a step meanwhile."""
        request = found(self._store, request_id)
        refusal = self._refusal(request)
        head = request.head
        if refusal is not None and head.state in UNDECIDED:
            return plan_of(self._refused(request, refusal))
        if head.state is State.PENDING and (decision := self._auto_approval.judge(request)).allowed:
            head = self._approved(request, decision)
        if head.state in UNDER_WAY:
            # An approval by a rule has nobody else who would record it before it is applied.
            head = self._workflow.flush(head)
        return plan_of(head)

    def _approved(self, request: Request, decision: Decision) -> Head:
        head, now = request.head, self._clock.now()
        bound: dict[str, Any] = {"revision": head.revision, "revision_hash": head.revision_hash}
        ruling = Ruling(
            id=ulid(),
            actor=AUTO_APPROVAL,
            verdict=Verdict.APPROVE,
            decided_at=now,
            comment=decision.reason,
            rule=decision.rule,
            **bound,
        )
        line = event(now, AUTO_APPROVAL, "approved", f"Approved by the rule {decision.rule}: {decision.reason}")
        entry = audited(head, "request.approve", AUTO_APPROVAL, reason=decision.reason, rule=decision.rule, **bound)
        return take(self._store, request, lambda before: self._decided(before, State.APPROVED, entry), [ruling, line])

    def _decided(self, before: Head, state: State, entry: AuditEntry) -> Head:
        now = self._clock.now()
        return before.model_copy(
            update={
                "state": state,
                "reviewer": entry.person,
                "last_updated": now,
                "due_kind": DueKind.WAKE,
                "due_at": now + GRACE,
                "outbox": (*before.outbox, entry),
            }
        )

    def _refusal(self, request: Request) -> Decision | None:
        refusals = (protected(Arn.parse(change.target), self._hub, self._spoke) for change in request.revision.changes)
        return next((refusal for refusal in refusals if refusal is not None), None)

    def _refused(self, request: Request, refusal: Decision) -> Head:
        entry = audited(request.head, "request.reject", ACTOR, reason=refusal.reason)
        line = event(self._clock.now(), ACTOR, "rejected", refusal.reason)
        return take(self._store, request, lambda before: self._decided(before, State.REJECTED, entry), [line])
