"""Recording how a change is going: what is about to be written before it is, and what came of it after."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.changes.base import Image
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.db.leases import Lease
from chalicelib.observability import logger
from chalicelib.requests.announce import Announcer
from chalicelib.requests.ends import End, due_end, due_end_in, until_of
from chalicelib.requests.ledger import Hold, base_of, hold_of, of_others, place_of
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.models import ChangeRecord, Due, Head, PlannedChange, Request
from chalicelib.requests.states import ChangeStatus, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import Moves, RequestStore
from chalicelib.requests.telling.before_end import before_end, reminders_of
from chalicelib.requests.workflow import next_due

ACTOR = "system:apply_change"
_OUTCOMES = {
    ChangeStatus.APPLIED: Outcome.DONE,
    ChangeStatus.FAILED: Outcome.FAILED,
    ChangeStatus.NEEDS_REBASE: Outcome.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept at a change's place: by an earlier try of its own, and by others. `until` is when the change ends, `base` what the place
    holds again once nobody keeps anything there.
    """

    until: int | None
    mine: Hold | None
    others: tuple[Hold, ...]
    base: Image


@dataclass(frozen=True, slots=True)
class Begun:
    """A change that may be written now: what is recorded of it. `hold` is its row of the ledger, None for one that needs none; `first` says
    that no earlier try has left one.
    """

    request: Request
    record: ChangeRecord
    base: Image
    hold: Hold | None
    first: bool


class Records:
    def __init__(self, *, store: RequestStore, ledger: Ledger, announcer: Announcer, clock: Clock) -> None:
        self._store = store
        self._ledger = ledger
        self._announcer = announcer
        self._clock = clock

    def kept(self, request: Request, change: PlannedChange) -> Kept:
        """What is kept at the change's place, which nobody can change while the lease is held."""
        held = self._ledger.at(change.target, place_of(change))
        others = of_others(held, request.head.id, change.id)
        mine = next((hold for hold in held if hold not in others), None)
        return Kept(until_of(request, change), mine, others, base_of(change, mine, others))

    def begin(self, request: Request, change: PlannedChange, kept: Kept, lease: Lease, *, fits: bool) -> Begun:
        """Notes that this change is about to be written, in the request and in the audit log, and with it when it ends and who keeps
        what at its place. Without any of them nothing is written. What is not as it was reviewed, and so will not be written
        (not `fits`), has no end and keeps nothing.

        Raises Conflict when the request made a step since it was read, or the lease is lost.
        """
        now, head, until = self._clock.now(), request.head, kept.until
        before = next(record for record in request.records if record.id == change.id)
        started = {"status": ChangeStatus.APPLYING, "attempt": before.attempt + 1, "fence": lease.fence}
        record = before.model_copy(update={**started, "error": None, "until": until})
        hold = hold_of(head.id, change, until).model_copy(update={"base": kept.base})
        keeps = [hold] if (until is not None or kept.others or kept.mine is not None) and fits else []
        due: list[Due] = []
        if until is not None and fits:
            due = [due_end(change.id, End(until=until, revision=head.revision)), *before_end(change.id, until, now)]
        # Tries may go on for ever, the timeline may not.
        lines = [event(now, ACTOR, "applying", change.title)] if record.attempt == 1 else []
        after = head.model_copy(update={"state": State.APPLYING, "last_updated": now})
        advanced = self._store.advance(head, after, [record, *lines, *due], lease, Moves(held=keeps))
        self._announcer.record([self._entry(head, change, record, Outcome.DONE, "request.change.applying")])
        begun = request.model_copy(update={"head": advanced, "dues": _with(request.dues, due)})
        return Begun(begun, record, kept.base, keeps[0] if keeps else None, kept.mine is None)

    def end(self, begun: Begun, change: PlannedChange, record: ChangeRecord, lease: Lease) -> None:
        """Notes what came of it, and lets the target go in the same step. Once AWS was changed nothing but a crash keeps this from being
        stored, and the next try finds what was left and stores it then.

        What was certainly not written has no end and keeps nothing. What may have been, though it failed, is taken back at its end.
        """
        now, request, hold = self._clock.now(), begun.request, begun.hold
        record = record.model_copy(update={"ended_at": now})
        text = f"{change.title}: {record.status}" + (f". {record.error}" if record.error else "")
        entry = self._entry(request.head, change, record, _OUTCOMES[record.status], "request.change.ended")
        line = event(now, ACTOR, record.status.value, text)
        applied = record.status is ChangeStatus.APPLIED
        untouched = not applied and begun.first and record.attempt == 1 and record.left is None
        due = due_end_in(request, change.id)

        def after(head: Head) -> Head:
            noted = {"last_updated": now, "outbox": (*head.outbox, entry)}
            return next_due(head, now).model_copy(update=noted)

        moves = Moves(
            done=[due, *reminders_of(request.dues, change.id)] if untouched and due is not None else [],
            held=[hold.model_copy(update={"applied": True})] if applied and hold is not None else [],
            released=[hold] if untouched and hold is not None else [],
        )
        head = take(self._store, request, after, [record, line], moves, frees=lease)
        try:
            self._announcer.record(head.outbox)
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


def _with(dues: Sequence[Due], added: Sequence[Due]) -> tuple[Due, ...]:
    named = {(due.kind, due.id): due for due in (*dues, *added)}
    return tuple(named.values())
