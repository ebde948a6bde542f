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
from chalicelib.requests.models import PlannedChange, RequestsConfig
from chalicelib.requests.rules import may_apply, protected
from chalicelib.requests.store import RequestStore

FUNCTION_TIMEOUT = 120
"""Seconds that Lambda gives the function that applies; a test compares it with the packaged configuration."""
LEASE_SECONDS = FUNCTION_TIMEOUT + 60
LAST_START = FUNCTION_TIMEOUT - 10
"""No write starts later than this many seconds into the invocation."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One invocation's try at one change. `resumed`: an earlier try may have written already."""

    request_id: str
    change: PlannedChange
    lease: Lease
    started: int
    resumed: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The gate is open: write, unless what is wanted is `there` already by our own earlier try."""

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
        allowed = may_apply(
            request, change.id, lambda ruling: self._approvals.counts_still(request, ruling), self._config
        )
        if not allowed.allowed:
            return allowed
        if refusal := protected(Arn.parse(change.target), self._hub, self._spoke):
            return refusal
        if not self._leases.still_held(attempt.lease):
            raise Throttled(f"The lease of {change.target} was lost.", reason="lease_lost")
        live = change_type(change.change_type).image(change.spec, aws.reading)
        if self._clock.now() - attempt.started > LAST_START:
            raise Throttled("Too little time is left in this invocation to begin a write.", reason="too_late")
        return self._compared(attempt, live)

    def _compared(self, attempt: Attempt, live: Image) -> Opened:
        preview = attempt.change.preview
        if attempt.resumed and live.hash == preview.after.hash:
            return Opened(live, there=True)
        if live.hash != preview.before.hash:
            what = "was deleted and made again" if live.identity != preview.before.identity else "was changed"
            raise NeedsRebase(
                f"{attempt.change.target} {what} since this was reviewed. Edit the request to review it anew."
            )
        return Opened(live, there=False)
