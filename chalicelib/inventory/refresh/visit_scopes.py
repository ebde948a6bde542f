"""Scopes of one account, listed by a few threads under the lease of the visit, within the time that the step has."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Upstream
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.refresh.checkpoint_store import Checkpoint, Checkpoints
from chalicelib.inventory.refresh.lease_store import LEASE, RENEWED_AFTER, VisitLease, VisitLeases
from chalicelib.inventory.refresh.rules import Scope
from chalicelib.inventory.sync_scope import ScopeVisit, SyncScope

_RESERVE, _SHARE = 120, 4
"""Seconds before the end of its function at which a step begins nothing more (a page and its writes take at most that long); of a
function that has little time at all a quarter of it.
"""


@dataclass
class Step:
    """`time_left` is in seconds. `more` says whether another step must go on."""

    run_id: str
    account_id: str
    time_left: Callable[[], float]
    more: bool = False
    reserve: float = field(init=False)

    def __post_init__(self) -> None:
        self.reserve = min(_RESERVE, self.time_left() / _SHARE)

    @property
    def is_over(self) -> bool:
        return self.time_left() < self.reserve


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a scope in this step: finished, paused, or failed with the reason."""

    scope: Scope
    visit: ScopeVisit
    error: AppError | None = None


@dataclass
class _Keeper:
    """Holds the lease of the visit and renews it while there is a sign of life."""

    leases: VisitLeases
    clock: Clock
    lease: VisitLease
    lock: Lock = field(default_factory=Lock)

    def alive(self) -> None:
        """Raises Conflict when another run has taken the account over."""
        with self.lock:
            if self.lease.until - self.clock.now() <= LEASE - RENEWED_AFTER:
                self.lease = self.leases.renew(self.lease)


class VisitScopes:
    def __init__(
        self,
        *,
        sync: SyncScope,
        leases: VisitLeases,
        checkpoints: Checkpoints,
        scopes: Scopes,
        at_once: int,
        clock: Clock,
    ) -> None:
        self._sync = sync
        self._leases = leases
        self._checkpoints = checkpoints
        self._scopes = scopes
        self._at_once = at_once
        self._clock = clock

    def run(self, step: Step, scopes: Sequence[Scope], *, resumed: bool) -> list[Done]:
        """Of those that were begun; with `step.more` some are left. `resumed`: a step before this one may have left checkpoints.

        Raises Throttled while another run visits the account.
        """
        with self._held(step) as keeper:
            left = self._checkpoints.of_visit(step.run_id, step.account_id) if resumed else {}

            def visited(scope: Scope) -> Done | None:
                return self._visited(step, keeper, scope, left.get(scope.key))

            found = list(self._each(visited, scopes))
        step.more = step.more or any(one is None for one in found)
        return [one for one in found if one is not None]

    @contextmanager
    def _held(self, step: Step) -> Iterator[_Keeper]:
        """A process that ends within leaves the lease to its time."""
        keeper = _Keeper(self._leases, self._clock, self._leases.take(step.account_id, step.run_id))
        try:
            yield keeper
        except AppError:
            self._leases.release(keeper.lease)
            raise
        self._leases.release(keeper.lease)

    def _each(self, work: Callable[[Scope], Done | None], scopes: Sequence[Scope]) -> Iterator[Done | None]:
        threads = min(self._at_once, len(scopes))
        if threads <= 1:
            yield from map(work, scopes)
            return
        with ThreadPoolExecutor(threads, thread_name_prefix="visit") as pool:
            yield from pool.map(work, scopes)

    def _visited(self, step: Step, keeper: _Keeper, scope: Scope, left: Checkpoint | None) -> Done | None:
        """None for one that there was no time to begin."""
        if step.is_over:
            return None
        began = self._clock.now()
        visit = _begun(scope, left, began)

        def pause() -> bool:
            keeper.alive()
            return step.is_over

        try:
            keeper.alive()
            self._sync.sync(visit, pause)
            if visit.finished:
                self._succeeded(visit, began)
            else:
                self._paused(step, visit, left)
        except AppError as error:
            self._scopes.failed(*scope.key, visit.observed_at, error.message)
            return Done(scope, visit, error)
        return Done(scope, visit)

    def _succeeded(self, visit: ScopeVisit, began: int) -> None:
        self._scopes.succeeded(
            visit.kind.name,
            visit.place.scope,
            visit.observed_at,
            visit.held,
            duration=self._clock.now() - began,
            counts={"seen": visit.found, "written": visit.written, "removed": visit.removed},
        )

    def _paused(self, step: Step, visit: ScopeVisit, left: Checkpoint | None) -> None:
        if left is not None and left.after == visit.after:
            raise Upstream(
                f"The listing of {visit.kind.name} in {visit.place.scope} does not get on within the time of a step.",
                reason="no_progress",
            )
        checkpoint = Checkpoint(visit.observed_at, visit.after, visit.found, frozenset(visit.seen))
        self._checkpoints.put(step.run_id, step.account_id, (visit.kind.name, visit.place.scope), checkpoint)
        step.more = True


def _begun(scope: Scope, left: Checkpoint | None, now: int) -> ScopeVisit:
    if left is None:
        return ScopeVisit(scope.kind, scope.place, now)
    return ScopeVisit(
        scope.kind, scope.place, left.observed_at, after=left.after, seen=set(left.seen), found=left.found
    )
