"""When what was applied is taken away again, and what that comes to. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from chalicelib.changes.base import Image
from chalicelib.core.model import Frozen
from chalicelib.requests.ledger import Hold, keeping
from chalicelib.requests.models import ChangeRecord, Due, PlannedChange, Request, Ruling
from chalicelib.requests.states import UNDER_WAY, ChangeStatus, DueKind, OnFailure, State, Verdict

CONFLICT = "rollback_conflict"
"""How the error of a change begins that should have been taken back and was not ours alone any more."""


class End(Frozen):
    """The payload of an end that is due: the moment itself, and the revision whose change ends. The item's own `at` is when it is tried."""

    until: int
    revision: int


class Taking(StrEnum):
    """What must be done at a place so that a change keeps nothing there."""

    HANDED_OVER = "handed_over"
    """Somebody else keeps the same there: it stays for them."""
    REPLACED = "replaced"
    """Somebody else has put something else there since."""
    GONE = "gone"
    WRITE = "write"
    CONFLICT = "conflict"


def until_of(request: Request, change: PlannedChange) -> int | None:
    """The end of what is applied: what was asked for, or earlier where an approval says so."""
    if change.preview.after.content is None:
        # What is taken away has no end: nobody gives it back by a date on an approval.
        return None
    bound = (request.head.revision, request.head.revision_hash)
    shortened = (_until(ruling) for ruling in request.rulings if (ruling.revision, ruling.revision_hash) == bound)
    ends = [end for end in (change.spec.until, *shortened) if end is not None]
    return min(ends, default=None)


def _until(ruling: Ruling) -> int | None:
    return ruling.until if ruling.verdict is Verdict.APPROVE else None


def due_end(change_id: str, end: End) -> Due:
    return Due(kind=DueKind.END, id=change_id, at=end.until, payload=end.model_dump())


def end_of(due: Due) -> End:
    return End.model_validate(due.payload)


def due_end_in(request: Request, change_id: str) -> Due | None:
    return next((due for due in request.dues if due.kind is DueKind.END and due.id == change_id), None)


def to_take_back(request: Request) -> tuple[str, ...]:
    """Changes that go again because another one failed and that was wished, in the reverse of the order of applying."""
    statuses = {record.status for record in request.records}
    failed = statuses & {ChangeStatus.FAILED, ChangeStatus.NEEDS_REBASE}
    if request.head.on_failure is not OnFailure.ROLLBACK or request.head.state not in UNDER_WAY:
        return ()
    if not failed or request.open_changes:
        return ()
    return tuple(
        record.id
        for record in reversed(request.records)
        if record.status is ChangeStatus.APPLIED and record.error is None
    )


def taking(mine: Hold, others: Iterable[Hold], live: Image | None, due: End | None) -> Taking:
    """`live` is None for a target that does not exist any more; `due` None for a change that goes because another one failed."""
    written = [hold for hold in others if hold.applied]
    if keeping(written, mine.after):
        return Taking.HANDED_OVER
    if live is None or live.hash == mine.base.hash or _another(live, mine):
        return Taking.GONE
    if due is None:
        return Taking.WRITE if live.hash == mine.after.hash else Taking.CONFLICT
    # What was never known to be written has been overtaken by anything else that was; what was written, only by what stays.
    if any(not (hold.temporary and mine.applied) for hold in written):
        return Taking.REPLACED
    return Taking.WRITE


def _another(live: Image, mine: Hold) -> bool:
    """The target was deleted and made again. What nobody can name any more may still hold what was given."""
    return live.identity not in {"", mine.after.identity}


def left_over(others: Iterable[Hold]) -> tuple[Hold, ...]:
    """Rows without a purpose once a change has let go: what lasts for ever is noted only beside what ends."""
    rest = tuple(others)
    return () if any(hold.temporary for hold in rest) else rest


def state_after(state: State, records: Iterable[ChangeRecord]) -> State:
    """Where a request is once one of its applied changes has ended."""
    over = state in {State.APPLIED, State.PARTIALLY_APPLIED}
    left = any(record.status is ChangeStatus.APPLIED for record in records)
    return State.ENDED if over and not left else state
