"""Recording that what was applied is gone again: one step of the request, and of the ledger."""

from dataclasses import dataclass

from chalicelib.audit.models import Outcome
from chalicelib.changes.base import Image
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.db.leases import Lease
from chalicelib.observability import logger
from chalicelib.requests.announce import GRACE
from chalicelib.requests.ends import CONFLICT, End, Taking, left_over, state_after
from chalicelib.requests.items import Record
from chalicelib.requests.ledger import Hold
from chalicelib.requests.models import ChangeRecord, Due, Head, PlannedChange, Request
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, ChangeStatus, DueKind
from chalicelib.requests.step_results import ChangeOutcome
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import Moves, RequestStore
from chalicelib.requests.telling.before_end import reminders_of

ACTOR = "system:revert_change"

_WORDS = {
    Taking.HANDED_OVER: "somebody else keeps the same there, and it stays for them",
    Taking.REPLACED: "another request has replaced it since",
    Taking.GONE: "it was gone already",
    Taking.WRITE: "taken back",
    Taking.CONFLICT: "it was changed since it was applied, and a person must look at it",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a change was taken back. `end` is None when it went because another one failed; `live` what its target holds now, None when
    there is no such target any more.
    """

    change: PlannedChange
    due: Due | None
    end: End | None
    mine: Hold
    others: tuple[Hold, ...]
    done: Taking
    live: Image | None


class Ends:
    def __init__(self, *, store: RequestStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def record(self, request: Request, ended: Ended, lease: Lease) -> ChangeOutcome:
        """Raises Conflict when the lease is lost: somebody else may have changed the place, and the next try looks again."""
        now, change = self._clock.now(), ended.change
        record = _recorded(request, ended, now)
        words = _WORDS[ended.done] if ended.live is not None else "its target does not exist any more"
        kind = "ended" if ended.end is not None else "rolled_back"
        line = event(now, ACTOR, "stays" if ended.done is Taking.CONFLICT else kind, f"{change.title}: {words}")
        records = [one if record is None or one.id != record.id else record for one in request.records]
        state = state_after(request.head.state, records)
        entry = audited(
            request.head,
            f"request.change.{kind}",
            ACTOR,
            outcome=Outcome.FAILED if ended.done is Taking.CONFLICT else Outcome.DONE,
            reason=words,
            change_id=change.id,
            title=change.title,
            approver=request.head.reviewer,
            fence=lease.fence,
            before=ended.mine.after.hash,
            after=ended.live.hash if ended.live is not None else None,
            until=ended.end.until if ended.end is not None else None,
        )
        last = (
            [audited(request.head, "request.end", ACTOR, state=state.value)] if state is not request.head.state else []
        )

        def after(before: Head) -> Head:
            noted = {"state": state, "last_updated": now, "outbox": (*before.outbox, entry, *last)}
            waits = before.state in UNDECIDED | UNDER_WAY
            # A workflow that is at work records what is left, too.
            return before.model_copy(
                update=noted if waits else {**noted, "due_kind": DueKind.WAKE, "due_at": now + GRACE}
            )

        said: list[Record] = [*([record] if record else []), line]
        take(self._store, request, after, said, _moves(request, ended), lease, frees=lease)
        status = record.status.value if record is not None else ChangeStatus.ENDED.value
        return ChangeOutcome(request_id=request.head.id, change_id=change.id, status=status, reason=words)

    def note(self, request_id: str, due: Due | None, message: str) -> None:
        """Shows why the last try came to nothing. If that can't be stored either, the log has it."""
        logger.warning("not taken back", extra={"request": request_id, "cause": message[:500]})
        if due is None:
            return
        try:
            fresh = self._store.find_due(request_id, due.kind, due.id)
            if fresh is not None:
                self._store.settle_due(request_id, fresh, fresh.model_copy(update={"failure": message[:1000]}))
        except AppError as error:
            logger.warning("not noted", extra={"request": request_id, "cause": error.message[:500]})


def _recorded(request: Request, ended: Ended, now: int) -> ChangeRecord | None:
    """The change's record as it is then; None when the request has gone on to another revision, or it never came to be applied."""
    record = request.record(ended.change.id)
    if record is None or record.status is not ChangeStatus.APPLIED:
        return None
    if ended.end is not None and ended.end.revision != record.revision:
        return None
    if ended.done is Taking.CONFLICT:
        return record.model_copy(update={"error": f"{CONFLICT}: {_WORDS[ended.done]}"})
    status = ChangeStatus.ENDED if ended.end is not None else ChangeStatus.ROLLED_BACK
    return record.model_copy(update={"status": status, "taken": ended.live, "ended_at": now, "error": None})


def _moves(request: Request, ended: Ended) -> Moves:
    if ended.done is Taking.CONFLICT:
        return Moves()
    gone = [ended.mine, *left_over(ended.others)]
    done = [*([ended.due] if ended.due is not None else []), *reminders_of(request.dues, ended.change.id)]
    return Moves(done=done, released=gone)
