"""Approving and rejecting: the decision is stored first, bound to what was shown; only then is the workflow woken."""

from chalicelib.audit.models import Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, Forbidden
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Principal
from chalicelib.requests.models import Head, Request, RequestsConfig, Ruling
from chalicelib.requests.rules import Person, binds, judge, require
from chalicelib.requests.states import Command, DueKind, State, Verdict
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import GRACE, Workflow

_DEEDS = {
    Command.APPROVE: (Verdict.APPROVE, State.APPROVED, "approved"),
    Command.APPLY_CHANGE: (Verdict.APPROVE, State.APPROVED, "approved"),
    Command.REJECT: (Verdict.REJECT, State.REJECTED, "rejected"),
}


class RequestDecider:
    def __init__(
        self, *, store: RequestStore, workflow: Workflow, audit: AuditLog, config: RequestsConfig, clock: Clock
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._audit = audit
        self._config = config
        self._clock = clock

    def decide(
        self,
        request: Request,
        command: Command,
        person: Person,
        *,
        revision: int | None,
        revision_hash: str | None,
        comment: str = "",
    ) -> Request:
        """Raises Forbidden for whoever may not decide, Conflict for whoever came too late or saw something else."""
        verdict, state, deed = _DEEDS[command]
        self._require(request, command, person, revision, revision_hash)
        head, now = request.head, self._clock.now()
        ruling = Ruling(
            id=ulid(),
            actor=person.user,
            verdict=verdict,
            revision=head.revision,
            revision_hash=head.revision_hash,
            decided_at=now,
            comment=comment,
        )
        line = event(now, person.user, deed, f"Revision {head.revision} {deed}" + (f": {comment}" if comment else ""))
        entry = audited(
            head,
            f"request.{verdict}",
            str(Principal.user(person.user)),
            revision=head.revision,
            revision_hash=head.revision_hash,
        )

        def after(before: Head) -> Head:
            return before.model_copy(
                update={
                    "state": state,
                    "reviewer": person.user,
                    "last_updated": now,
                    "due_kind": DueKind.WAKE,
                    "due_at": now + GRACE,
                    "attempts": 0,
                    "failure": None,
                    "outbox": (*before.outbox, entry),
                }
            )

        self._workflow.go_on(take(self._store, request, after, [ruling, line]))
        return found(self._store, head.id)

    def _require(
        self, request: Request, command: Command, person: Person, revision: int | None, revision_hash: str | None
    ) -> None:
        try:
            require(judge(command, request, person, self._config))
        except Forbidden as error:
            entry = audited(
                request.head,
                f"request.{_DEEDS[command][0]}",
                str(Principal.user(person.user)),
                outcome=Outcome.REFUSED,
                reason=error.message,
            )
            self._audit.record(entry)
            raise
        approves = _DEEDS[command][0] is Verdict.APPROVE
        stale = binds(request, revision, revision_hash, required=approves)
        if not stale.allowed:
            raise Conflict(stale.reason, reason=stale.rule)
