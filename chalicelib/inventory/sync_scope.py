"""One type of resources in one place: listed page by page, compared, kept, and at the end what is gone is removed.

Nothing is removed before a listing has ended, and never what somebody saw later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from chalicelib.accounts.rules import digest_of, may_drop
from chalicelib.aws.spoke_read import SpokeReader
from chalicelib.core.errors import InvalidInput
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.keep_resources import KeepResources, Kept, Look
from chalicelib.inventory.resource_type import Page, Place, ResourceType
from chalicelib.inventory.store import ResourceStore

_TOLD = 5
"""Resources that a warning names."""


@dataclass
class ScopeVisit:
    """What is known and counted while a scope is visited; it tells how far a visit came that failed.

    `after` is where a listing goes on that another step began; `seen` is what it saw, as digests of ARNs.
    """

    kind: ResourceType[Any]
    place: Place
    observed_at: int
    after: str = ""
    seen: set[bytes] = field(default_factory=set)
    left_alone: dict[str, str] = field(default_factory=dict)
    found: int = 0
    written: int = 0
    removed: int = 0
    messages: int = 0
    finished: bool = False
    held: str = ""
    held_because: str = ""

    @property
    def warning(self) -> str | None:
        """What was left as it was although the visit succeeded."""
        words = [self.held_because] if self.held_because else []
        if self.left_alone:
            some = "; ".join(f"{arn}: {why}" for arn, why in list(self.left_alone.items())[:_TOLD])
            words.append(f"{len(self.left_alone)} of {self.kind.name} need a look: {some}")
        return " ".join(words)[:2000] or None

    @property
    def look(self) -> Look:
        return Look(self.kind, self.place.account_id, self.observed_at)


class SyncScope:
    def __init__(self, *, spokes: SpokeReader, store: ResourceStore, keep: KeepResources, scopes: Scopes) -> None:
        self._spokes = spokes
        self._store = store
        self._keep = keep
        self._scopes = scopes

    def sync(self, visit: ScopeVisit, pause: Callable[[], bool] = lambda: False) -> None:
        """Until the end, or until `pause`, asked after each page, says so: then the visit is not finished and `after` says where to go
        on. A listing that can't be cut goes on to its end.

        Raises what the listing, the queue or the table raised; what was not reached stays as it was.
        """
        try:
            paused = self._read(visit, pause)
        except InvalidInput:
            if not visit.after:
                raise
            # AWS no longer knows where the listing was to go on: it begins anew.
            visit.after = ""
            paused = self._read(visit, pause)
        if paused:
            return
        self._sweep(visit)
        self._keep.judged_by_an_old_configuration(visit.look)
        visit.finished = True

    def _read(self, visit: ScopeVisit, pause: Callable[[], bool]) -> bool:
        """Whether it paused."""
        for page in visit.kind.pages(self._spokes.of(visit.place.account_id), visit.place, visit.after):
            self._take(visit, page)
            visit.after = page.after
            over = pause()
            if page.after and over:
                return True
        return False

    def _take(self, visit: ScopeVisit, page: Page[Any]) -> None:
        visit.seen |= {mark(record.arn) for record in page.records} | {mark(arn) for arn in page.unreadable}
        visit.left_alone |= page.unreadable
        visit.found += len(page.records) + len(page.unreadable)
        known = self._store.known([record.arn for record in page.records])
        kept = self._keep.keep(visit.look, page.records, known)
        visit.written += kept.changed
        self._count(visit, kept)

    def _sweep(self, visit: ScopeVisit) -> None:
        count, gone = self._missing(visit)
        verdict = may_drop(count, gone, "")
        if not verdict.allowed:
            verdict = may_drop(count, gone, self._scopes.held(visit.kind.name, visit.place.scope))
        if not verdict.allowed:
            visit.held, visit.held_because = digest_of(gone), verdict.reason
            return
        known = self._store.known(gone)
        kept = self._keep.remove(visit.look, [known[arn] for arn in sorted(known)])
        visit.removed += kept.changed
        self._count(visit, kept)

    def _missing(self, visit: ScopeVisit) -> tuple[int, set[str]]:
        """How many the table has, and which of them the listing did not show. The rows are not kept: an account may have very many."""
        count, gone = 0, set[str]()
        for arn in self._store.arns(visit.place.account_id, visit.kind.name, visit.place.region):
            count += 1
            if mark(arn) not in visit.seen:
                gone.add(arn)
        return count, gone

    def _count(self, visit: ScopeVisit, kept: Kept) -> None:
        visit.messages += kept.messages
        visit.left_alone |= kept.left_alone


def mark(arn: str) -> bytes:
    """Eight bytes that stand for an ARN: what a listing has seen must fit into a checkpoint. Two that are alike keep a row too long."""
    return blake2b(arn.encode(), digest_size=8).digest()
