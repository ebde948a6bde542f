"""What must hold immediately before a write to AWS, read strongly and in this order: the request, its approvers, the lease,
the time that is left, and last what is live.
"""

from dataclasses import dataclass

from chalicelib.changes.base import Image, Writing
from chalicelib.changes.registry import change_type
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import NeedsRebase, Throttled
from chalicelib.db.leases import Lease, Leases
from chalicelib.requests.approvals import Approvals
from chalicelib.requests.ledger import Hold, keeping
from chalicelib.requests.models import PlannedChange, RequestsConfig
from chalicelib.requests.rules import may_apply, protected
from chalicelib.requests.states import ChangeStatus
from chalicelib.requests.store import RequestStore

FUNCTION_TIMEOUT = 120
"""Seconds that Lambda gives the function that applies; a test compares it with the packaged configuration."""
LEASE_SECONDS = FUNCTION_TIMEOUT + 60
LAST_START = FUNCTION_TIMEOUT - 10
"""No write starts later than this many seconds into the invocation."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One invocation's try at one change. `resumed`: an earlier try may have written already. `others` is what others keep at its
    place, which nobody can change while the lease is held.
    """

    request_id: str
    change: PlannedChange
    lease: Lease
    started: int
    resumed: bool
    until: int | None = None
    others: tuple[Hold, ...] = ()

    @property
    def joins(self) -> bool:
        """Somebody else has put there what is wanted, and keeps it."""
        return any(hold.applied for hold in keeping(self.others, self.change.preview.after))

    @property
    def held_by(self) -> Hold | None:
        """Who keeps something else there for a time, when this change is for a time, too: it would be put back by the wrong one."""
        if self.until is None:
            return None
        wanted = self.change.preview.after.hash
        return next((one for one in self.others if one.temporary and one.applied and one.after.hash != wanted), None)


@dataclass(frozen=True, slots=True)
class Opened:
    """The gate is open: write, unless what is wanted is `there` already, by our own earlier try or because another one keeps it."""

    live: Image
    there: bool


class Gate:
    def __init__(
        self,
        *,
        store: RequestStore,
        leases: Leases,
        approvals: Approvals,
        config: RequestsConfig,
        hub: Hub,
        spoke: Spoke,
        clock: Clock,
    ) -> None:
        self._store = store
        self._leases = leases
        self._approvals = approvals
        self._config = config
        self._hub = hub
        self._spoke = spoke
        self._clock = clock

    def open(self, attempt: Attempt, aws: Writing) -> Opened | Decision:
        """A Decision is a refusal that stands. Raises NeedsRebase when live is not what was reviewed, Throttled when this
        invocation may not write any more but another one may.
        """
        change = attempt.change
        request = self._store.find(attempt.request_id)
        if request is None or request.planned(change.id) != change:
            return Decision.no("The request has changed since this try began.", "changed")
        allowed = may_apply(request, change.id, self._approvals.jury(request), self._config)
        if not allowed.allowed:
            return allowed
        if attempt.until is not None and attempt.until <= self._clock.now():
            return Decision.no("Its time had passed before it could be applied.", "time_passed")
        if refusal := protected(Arn.parse(change.target), self._hub, self._spoke):
            return refusal
        if not self._leases.still_held(attempt.lease):
            raise Throttled(f"The lease of {change.target} was lost.", reason="lease_lost")
        live = change_type(change.change_type).image(change.spec, aws.reading)
        if self._clock.now() - attempt.started > LAST_START:
            raise Throttled("Too little time is left in this invocation to begin a write.", reason="too_late")
        return compared(attempt, live)


def resumes(status: ChangeStatus, until: int | None, mine: Hold | None) -> bool:
    """Whether an earlier try may have written already. For what ends the row of the ledger says it: that is there only where what was live
    let it be written.
    """
    return status is ChangeStatus.APPLYING and (until is None or mine is not None)


def compared(attempt: Attempt, live: Image) -> Opened:
    """Whether what is live lets the change be written. Raises NeedsRebase."""
    change, preview = attempt.change, attempt.change.preview
    if live.hash == preview.after.hash and (attempt.resumed or attempt.joins):
        return Opened(live, there=True)
    if attempt.resumed and change_type(change.change_type).halfway(change.spec, preview, live):
        return Opened(preview.before, there=False)
    if (holder := attempt.held_by) is not None:
        raise NeedsRebase(f"Request {holder.request_id} keeps something else at {change.target} for a time.")
    expected = change.base or preview.before
    if live.hash != expected.hash:
        what = "was deleted and made again" if live.identity != expected.identity else "was changed"
        raise NeedsRebase(
            f"{attempt.change.target} {what} since this was reviewed. Edit the request to review it anew."
        )
    return Opened(live, there=False)
