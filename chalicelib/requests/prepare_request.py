"""The first step of the workflow: today's guardrails, and where the request is. It may have been decided meanwhile."""

from collections.abc import Callable
from typing import Any

from chalicelib.audit.models import AuditEntry
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.ids import ulid
from chalicelib.requests.announce import GRACE
from chalicelib.requests.approvals import Approvals
from chalicelib.requests.guardrails.check import Guardrails
from chalicelib.requests.models import Head, Request, RequestsConfig, Ruling
from chalicelib.requests.rules import approved, protected
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, DueKind, State, Verdict
from chalicelib.requests.step_results import Plan
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow, plan_of

ACTOR = "system:prepare_request"
AUTO_APPROVAL = "system:auto_approval"


class RequestPreparer:
    """Reads nothing live: only the function that applies has a role for that, and it looks again anyway."""

    def __init__(  # noqa: PLR0913 keywords, each what preparing stands on
        self,
        *,
        store: RequestStore,
        workflow: Workflow,
        approvals: Approvals,
        config: RequestsConfig,
        hub: Hub,
        spoke: Spoke,
        guardrails: Callable[[], Guardrails],
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._approvals = approvals
        self._config = config
        self._hub = hub
        self._spoke = spoke
        self._guardrails = guardrails
        self._clock = clock

    def prepare(self, request_id: str) -> Plan:
        """Raises NotFound, or Conflict when somebody made a step meanwhile."""
        request = found(self._store, request_id)
        refusal = self._refusal(request)
        head = request.head
        if refusal is not None and head.state in UNDECIDED:
            return plan_of(self._refused(request, refusal))
        if head.state is State.PENDING:
            head = self._judged(request)
        if head.state in UNDER_WAY:
            # An approval by a rule has nobody else who would record it before it is applied.
            head = self._workflow.flush(head)
        return plan_of(head)

    def _judged(self, request: Request) -> Head:
        """Approved by rules where they say so. Whoever asked for changes before, and an end that comes too late, leave it to people."""
        head, now = request.head, self._clock.now()
        jury = self._approvals.jury(request)
        if not (decision := jury.by_rule()).allowed:
            return head
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
        if not approved(request.model_copy(update={"rulings": (*request.rulings, ruling)}), jury, self._config).allowed:
            return head
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
        if request.head.state not in UNDECIDED:
            return None
        changes = request.revision.changes
        refusals = (protected(Arn.parse(change.target), self._hub, self._spoke) for change in changes)
        today = self._guardrails().today(changes)
        return next((refusal for refusal in refusals if refusal is not None), None if today.allowed else today)

    def _refused(self, request: Request, refusal: Decision) -> Head:
        entry = audited(request.head, "request.reject", ACTOR, reason=refusal.reason)
        line = event(self._clock.now(), ACTOR, "rejected", refusal.reason)
        return take(self._store, request, lambda before: self._decided(before, State.REJECTED, entry), [line])
