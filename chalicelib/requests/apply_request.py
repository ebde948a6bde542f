"""One change of an approved request is written to AWS, verified and recorded; or it is not written, and that is recorded.

Whoever invokes this, with whatever payload, changes nothing that was not approved: `gate` reads everything anew.
"""

from collections.abc import Callable

from chalicelib.changes.base import Image, Writing
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import (
    AccessDeniedByAws,
    AppError,
    InvalidInput,
    LimitExceeded,
    NeedsRebase,
    NotFound,
)
from chalicelib.core.ids import ulid
from chalicelib.db.leases import Lease, Leases
from chalicelib.requests.gate import LEASE_SECONDS, Attempt, Gate, compared, resumes
from chalicelib.requests.models import ChangeRecord, Request
from chalicelib.requests.record_change import Begun, Records
from chalicelib.requests.states import UNDER_WAY, ChangeStatus
from chalicelib.requests.step_results import ChangeOutcome
from chalicelib.requests.store import RequestStore
from chalicelib.requests.write_change import ANSWER_LOST, image_of, read_back, write

_CLEAR_REFUSALS = (InvalidInput, LimitExceeded, AccessDeniedByAws, NotFound)
"""AWS's own no: nothing was changed, and asking again would get the same answer."""


_NOWHERE = Image(identity="", content=None)


class RequestApplier:
    def __init__(
        self,
        *,
        store: RequestStore,
        records: Records,
        leases: Leases,
        gate: Gate,
        aws: Callable[[str], Writing],
        clock: Clock,
        pause: Callable[[float], None],
    ) -> None:
        """`aws` gives the gateways under the apply role, in the name of an approver."""
        self._store = store
        self._records = records
        self._leases = leases
        self._gate = gate
        self._aws = aws
        self._clock = clock
        self._pause = pause

    def apply(self, request_id: str, change_id: str) -> ChangeOutcome:
        """Raises Throttled, Upstream or Conflict for what is worth another try.

        A try that died leaves its lease behind, and one whose answer was lost keeps it: AWS may still be writing, and
        nobody else may begin before the lease has run out.
        """
        started = self._clock.now()
        request = self._store.find(request_id)
        record = _open_record(request, change_id)
        if request is None or record is None:
            return _refused(request_id, change_id, request)
        lease = self._leases.take(record.target, f"{request_id}#{change_id}#{ulid()}", LEASE_SECONDS)
        try:
            outcome = self._under_lease(request_id, change_id, lease, started)
        except AppError as error:
            self._records.note(request_id, error.message)
            if error.reason != ANSWER_LOST:
                self._leases.release(lease)
            raise
        self._leases.release(lease)
        return outcome

    def _under_lease(self, request_id: str, change_id: str, lease: Lease, started: int) -> ChangeOutcome:
        """Read again: until the lease was taken somebody else may have been at work."""
        request = self._store.find(request_id)
        before = _open_record(request, change_id)
        change = request.planned(change_id) if request else None
        if request is None or before is None or change is None:
            return _refused(request_id, change_id, request)
        kept, aws = self._records.kept(request, change), self._aws(request.head.reviewer or "")
        resumed = resumes(before.status, kept.until, kept.mine)
        attempt = Attempt(request_id, change, lease, started, resumed, kept.until, kept.others)
        fits = kept.until is None or kept.mine is not None or _fits(attempt, aws)
        begun = self._records.begin(request, change, kept, lease, fits=fits)
        ended = self._tried(attempt, begun, aws)
        self._records.end(begun, change, ended, lease)
        return ChangeOutcome(request_id=request_id, change_id=change_id, status=ended.status, reason=ended.error)

    def _tried(self, attempt: Attempt, begun: Begun, aws: Writing) -> ChangeRecord:
        """The record of how it ended."""
        change, record = attempt.change, begun.record
        try:
            opened = self._gate.open(attempt, aws)
            if isinstance(opened, Decision):
                return _ended(record, ChangeStatus.FAILED, opened.reason)
            left = opened.live
            if not opened.there:
                write(change, change.preview.after.content, aws, until=attempt.until)
                left = read_back(change, opened.live, aws, self._pause)
        except NeedsRebase as error:
            return _ended(record, ChangeStatus.NEEDS_REBASE, error.message)
        except _CLEAR_REFUSALS as error:
            return _ended(record, ChangeStatus.FAILED, error.message)
        found = begun.base if opened.there else opened.live
        ended = record.model_copy(update={"found": found, "left": left})
        if left.hash != change.preview.after.hash:
            return _ended(ended, ChangeStatus.FAILED, "Right after the write the target held something else again.")
        return _ended(ended, ChangeStatus.APPLIED, None)


def _open_record(request: Request | None, change_id: str) -> ChangeRecord | None:
    """The change's record, if the request is approved and the change not at its end."""
    record = request.record(change_id) if request else None
    if request is None or record is None or request.head.state not in UNDER_WAY or record.status.ended:
        return None
    return record


def _fits(attempt: Attempt, aws: Writing) -> bool:
    """Whether it looks as if the gate will open: what ends must not be promised where nothing will be written. The gate decides."""
    try:
        compared(attempt, image_of(attempt.change, aws) or _NOWHERE)
    except (NeedsRebase, *_CLEAR_REFUSALS):
        return False
    return True


def _ended(record: ChangeRecord, status: ChangeStatus, error: str | None) -> ChangeRecord:
    return record.model_copy(update={"status": status, "error": error})


def _refused(request_id: str, change_id: str, request: Request | None) -> ChangeOutcome:
    """Says why nothing was tried: for a change that has ended, how."""
    record = request.record(change_id) if request else None
    if request is None:
        status, reason = "refused", "There is no such request."
    elif record is None:
        status, reason = "refused", "The request has no such change."
    elif record.status.ended:
        status, reason = record.status.value, record.error or "It was done before."
    else:
        status, reason = "refused", f"The request is {request.head.state}, not approved."
    return ChangeOutcome(request_id=request_id, change_id=change_id, status=status, reason=reason)
