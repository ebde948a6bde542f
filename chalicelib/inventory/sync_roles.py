"""One account's roles: list, compare, tell the authorisation queue, and only then write.

In that order nothing is lost: a crash between the message and the row leaves a row that still differs, so the next run sends the
message again. Rows are removed only after a listing that ended, and never what somebody saw later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.access.messages import RecomputeMessage
from chalicelib.access.tell_rights import TellRights
from chalicelib.accounts.rules import digest_of, may_drop
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.judge import Judge
from chalicelib.inventory.listing import Page, RoleListing
from chalicelib.inventory.models import InventoryConfig, Known, ResourceWrite
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.rules import Changes, RolePlan
from chalicelib.inventory.search.models import Change
from chalicelib.inventory.search.news_store import NewsStore
from chalicelib.inventory.search.source import written
from chalicelib.inventory.store import LIMIT, ResourceStore

_TOLD = 5
"""Roles that a warning names."""


@dataclass
class Visit:
    """What is known and counted while an account is visited; it tells how far a visit came that failed."""

    account_id: str
    observed_at: int
    known: dict[str, Known] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    left_alone: dict[str, str] = field(default_factory=dict)
    written: int = 0
    removed: int = 0
    messages: int = 0
    held: str = ""
    held_because: str = ""

    @property
    def warning(self) -> str | None:
        """What was left as it was although the visit succeeded."""
        words = [self.held_because] if self.held_because else []
        if self.left_alone:
            some = "; ".join(f"{arn}: {why}" for arn, why in list(self.left_alone.items())[:_TOLD])
            words.append(f"{len(self.left_alone)} roles were left as they were: {some}")
        return " ".join(words)[:2000] or None


class SyncRoles:
    def __init__(
        self,
        *,
        listing: RoleListing,
        store: ResourceStore,
        rights: TellRights,
        scopes: Scopes,
        judge: Judge,
        news: NewsStore,
        config: InventoryConfig,
    ) -> None:
        self._listing = listing
        self._store = store
        self._rights = rights
        self._scopes = scopes
        self._judge = judge
        self._news = news
        self._config = config

    def sync(self, visit: Visit) -> None:
        """Raises what the listing, the queue or the table raised; what was not reached stays as it was."""
        visit.known = self._store.of_scope(visit.account_id, iam_role.TYPE)
        for page in self._listing.pages(visit.account_id):
            self._take(visit, page)
        self._sweep(visit)
        # Asked at the end: whoever saves after this finds the rows that were written here.
        if (version := self._judge.overtaken_by()) is not None:
            again = RecomputeMessage(account_id=visit.account_id, version=version, written_at=visit.observed_at)
            self._rights.send([again])

    def withdraw(self, visit: Visit) -> None:
        """The rows of an account that is not active stay; the rights to its roles end now."""
        visit.known = self._store.of_scope(visit.account_id, iam_role.TYPE)
        granted = sorted(arn for arn, known in visit.known.items() if known.granted)
        self._tell_withdrawn(visit, granted)
        self._store.withdraw(granted, visit.observed_at)

    def _take(self, visit: Visit, page: Page) -> None:
        visit.seen |= {role.arn for role in page.roles} | page.unreadable.keys()
        visit.left_alone |= page.unreadable
        changes: list[Changes] = []
        writes: list[ResourceWrite] = []
        for role in page.roles:
            known = visit.known.get(role.arn)
            judged = self._judge.plan(role, iam_role.hash_of(role), known, visit.observed_at)
            if judged is None:
                continue
            plan, told = judged
            changes.append(told)
            write = self._row(plan, known.content_hash if known else "")
            if len(write.detail) <= LIMIT:
                writes.append(write)
            else:
                # Its rights are told at each visit, since no row remembers that they were.
                visit.left_alone[role.arn] = f"its record has {len(write.detail)} bytes, and {LIMIT} fit"
        self._tell(visit, changes)
        self._news.tell(written(write, visit.account_id, iam_role.TYPE, visit.observed_at) for write in writes)
        lost = self._store.write(visit.account_id, iam_role.TYPE, writes, visit.observed_at)
        visit.written += len(writes) - len(lost)

    def _tell_withdrawn(self, visit: Visit, arns: Iterable[str]) -> None:
        self._tell(visit, [self._judge.withdrawn(visit.known[arn], visit.observed_at) for arn in arns])

    def _tell(self, visit: Visit, changes: Iterable[Changes]) -> None:
        visit.messages += self._rights.tell(change for those in changes for change in those)

    def _row(self, plan: RolePlan, replaces: str) -> ResourceWrite:
        role = plan.record
        return ResourceWrite(
            arn=role.arn,
            name=role.name,
            content_hash=plan.content_hash,
            tags=role.tags,
            owner=iam_role.owner(role.tags, self._config.owner_tags),
            granted=plan.granted,
            detail=iam_role.packed(role),
            replaces=replaces,
        )

    def _sweep(self, visit: Visit) -> None:
        gone = visit.known.keys() - visit.seen
        verdict = may_drop(len(visit.known), gone, "")
        if not verdict.allowed:
            verdict = may_drop(len(visit.known), gone, self._scopes.held(iam_role.TYPE, visit.account_id))
        if not verdict.allowed:
            visit.held, visit.held_because = digest_of(gone), verdict.reason
            return
        self._tell_withdrawn(visit, sorted(gone))
        self._news.tell(Change(arn, visit.observed_at, None) for arn in sorted(gone))
        lost = self._store.remove(sorted(gone), visit.observed_at)
        visit.removed += len(gone) - len(lost)
