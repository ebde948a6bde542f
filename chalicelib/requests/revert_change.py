"""What was applied is taken away again: because its time is over, or because another change of its request failed.

Whoever invokes this, with whatever payload, takes nothing away that was not meant to go: everything is read anew, under the lease.
"""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.changes.base import Image, Preview, Writing
from chalicelib.changes.registry import change_type
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Throttled, Upstream
from chalicelib.db.leases import Lease, Leases
from chalicelib.requests.ends import End, Taking, due_end_in, end_of, taking, to_take_back
from chalicelib.requests.ledger import Hold, hold_of, of_others, place_of
from chalicelib.requests.ledger_store import Ledger
from chalicelib.requests.models import Due, PlannedChange, Request
from chalicelib.requests.record_end import Ended, Ends
from chalicelib.requests.step_results import ChangeOutcome
from chalicelib.requests.store import RequestStore
from chalicelib.requests.write_change import ANSWER_LOST, image_of, read_back, write

REVERT_TIMEOUT = 60
"""Seconds that Lambda gives the function that takes back; a test compares it with the packaged configuration."""
_LEASE_SECONDS = REVERT_TIMEOUT + 60
_LAST_START = REVERT_TIMEOUT - 20


@dataclass(frozen=True, slots=True)
class _Order:
    """Why a change is to go. `end` is None when it goes because another one failed."""

    change: PlannedChange
    due: Due | None
    end: End | None


class ChangeReverter:
    def __init__(
        self,
        *,
        store: RequestStore,
        ledger: Ledger,
        ends: Ends,
        leases: Leases,
        aws: Callable[[str], Writing],
        clock: Clock,
        pause: Callable[[float], None],
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._ends = ends
        self._leases = leases
        self._aws = aws
        self._clock = clock
        self._pause = pause

    def revert(self, request_id: str, change_id: str) -> ChangeOutcome:
        """Raises what is worth another try. The lease is let go but where AWS may still be writing.

        Every try at the same end has the same name at the lease: what a worker that died has left behind keeps nobody waiting, and
        the fence tells the two apart.
        """
        started = self._clock.now()
        request = self._store.find(request_id)
        order = self._ordered(request, change_id)
        if request is None or order is None:
            return _refused(request_id, change_id)
        lease = self._leases.take(order.change.target, f"{request_id}#{change_id}#end", _LEASE_SECONDS)
        try:
            outcome = self._under_lease(request_id, change_id, lease, started)
        except AppError as error:
            self._ends.note(request_id, order.due, error.message)
            if error.reason != ANSWER_LOST:
                self._leases.release(lease)
            raise
        self._leases.release(lease)
        return outcome

    def _ordered(self, request: Request | None, change_id: str) -> _Order | None:
        if request is None:
            return None
        due = due_end_in(request, change_id)
        end = end_of(due) if due is not None else None
        if end is not None and end.until <= self._clock.now():
            revision = next(one for one in (request.revision, *request.earlier) if one.number == end.revision)
            change = next((one for one in revision.changes if one.id == change_id), None)
            return _Order(change, due, end) if change is not None else None
        wanted = request.planned(change_id)
        if wanted is not None and change_id in to_take_back(request):
            return _Order(wanted, due, None)
        return None

    def _under_lease(self, request_id: str, change_id: str, lease: Lease, started: int) -> ChangeOutcome:
        """Read again: until the lease was taken somebody else may have been at work."""
        request = self._store.find(request_id)
        order = self._ordered(request, change_id)
        if request is None or order is None:
            return _refused(request_id, change_id)
        change, aws = order.change, self._aws(f"end of {request_id}")
        held = self._ledger.at(change.target, place_of(change))
        others = of_others(held, request_id, change_id)
        mine = next((hold for hold in held if hold not in others), None) or _row_of(request, change)
        live = image_of(change, aws)
        done = taking(mine, others, live, order.end)
        if done is Taking.WRITE and live is not None:
            if not self._leases.still_held(lease):
                raise Throttled(f"The lease of {change.target} was lost.", reason="lease_lost")
            if self._clock.now() - started > _LAST_START:
                raise Throttled("Too little time is left in this invocation to begin a write.", reason="too_late")
            live = self._taken(order, mine, live, aws)
        ended = Ended(change, order.due, order.end, mine, others, done, live)
        return self._ends.record(request, ended, lease)

    def _taken(self, order: _Order, mine: Hold, live: Image, aws: Writing) -> Image:
        """What the target holds afterwards. Raises Upstream when that is not what it should be: the next try looks again."""
        change, kind = order.change, change_type(order.change.change_type)
        images = Preview(before=mine.base, after=mine.after)
        wanted = kind.undone(change.spec, images, live) if order.end is not None else mine.base.content
        if wanted == live.content:
            return live
        write(change, wanted, aws)
        left = read_back(change, live, aws, self._pause)
        if left.content != wanted and kind.undone(change.spec, images, left) != left.content:
            raise Upstream("Right after the write the target held something else again.", reason="not_taken_back")
        return left


def _row_of(request: Request, change: PlannedChange) -> Hold:
    """For a change that needed no row in the ledger: what was found before it was applied."""
    record = request.record(change.id)
    hold = hold_of(request.head.id, change, None).model_copy(update={"applied": True})
    found, left = (record.found, record.left) if record is not None else (None, None)
    return hold.model_copy(update={"base": found or hold.base, "after": left or hold.after})


def _refused(request_id: str, change_id: str) -> ChangeOutcome:
    reason = "Nothing of it is to be taken back now."
    return ChangeOutcome(request_id=request_id, change_id=change_id, status="refused", reason=reason)
