"""Recording how a change is going: what is about to be written before it is, and what came of it after."""

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.db.leases import Lease
from chalicelib.observability import logger
from chalicelib.requests.announce import Announcer
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Request
from chalicelib.requests.states import ChangeStatus, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import next_due

ACTOR = "system:apply_change"
_OUTCOMES = {
    ChangeStatus.APPLIED: Outcome.DONE,
    ChangeStatus.FAILED: Outcome.FAILED,
    ChangeStatus.NEEDS_REBASE: Outcome.REFUSED,
}


class Records:
    def __init__(self, *, store: RequestStore, announcer: Announcer, clock: Clock) -> None:
        self._store = store
        self._announcer = announcer
        self._clock = clock

    def begin(self, request: Request, change: PlannedChange, lease: Lease) -> tuple[Request, ChangeRecord]:
        """Notes that this change is about to be written, in the request and in the audit log. Without either, nothing is.

        The request and the change's record as they are then. Raises Conflict when the request made a step since it was read,
        or the lease is lost.
        """
        now, head = self._clock.now(), request.head
        before = next(record for record in request.records if record.id == change.id)
        record = before.model_copy(
            update={"status": ChangeStatus.APPLYING, "attempt": before.attempt + 1, "fence": lease.fence, "error": None}
        )
        # Tries may go on for ever, the timeline may not.
        lines = [event(now, ACTOR, "applying", change.title)] if record.attempt == 1 else []
        after = head.model_copy(update={"state": State.APPLYING, "last_updated": now})
        advanced = self._store.advance(head, after, [record, *lines], lease)
        self._announcer.record(head, [self._entry(head, change, record, Outcome.DONE, "request.change.applying")])
        return request.model_copy(update={"head": advanced}), record

    def end(self, request: Request, change: PlannedChange, record: ChangeRecord) -> None:
        """Notes what came of it. Once AWS was changed nothing but a crash keeps this from being stored, and the next try
        finds what was left and stores it then.
        """
        now = self._clock.now()
        record = record.model_copy(update={"ended_at": now})
        text = f"{change.title}: {record.status}" + (f". {record.error}" if record.error else "")
        entry = self._entry(request.head, change, record, _OUTCOMES[record.status], "request.change.ended")
        line = event(now, ACTOR, record.status.value, text)

        def after(head: Head) -> Head:
            noted = {"last_updated": now, "outbox": (*head.outbox, entry)}
            return next_due(head, now).model_copy(update=noted)

        head = take(self._store, request, after, [record, line])
        try:
            self._announcer.record(head, head.outbox)
            self._store.settle(head, head.model_copy(update={"outbox": ()}))
        except AppError as error:
            logger.warning("audit entry left to the task due", extra={"request": head.id, "cause": error.message[:500]})

    def note(self, request_id: str, message: str) -> None:
        """Shows why the last try came to nothing. If that can't be stored either, the log has it."""
        logger.warning("try failed", extra={"request": request_id, "cause": message[:500]})
        try:
            head = self._store.head(request_id)
            if head is not None:
                self._store.settle(head, head.model_copy(update={"failure": message[:1000]}))
        except AppError as error:
            logger.warning("not noted", extra={"request": request_id, "cause": error.message[:500]})

    def _entry(
        self, head: Head, change: PlannedChange, record: ChangeRecord, outcome: Outcome, action: str
    ) -> AuditEntry:
        return audited(
            head,
            action,
            ACTOR,
            outcome=outcome,
            reason=record.error or "",
            change_id=change.id,
            title=change.title,
            revision=head.revision,
            revision_hash=head.revision_hash,
            approver=head.reviewer,
            attempt=record.attempt,
            fence=record.fence,
            before=change.preview.before.hash,
            after=change.preview.after.hash,
        )
