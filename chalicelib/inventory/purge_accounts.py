"""What the inventory holds of accounts that left is forgotten, when their time of grace is over."""

from collections.abc import Callable, Iterable

from chalicelib.accounts.models import AccountRecord
from chalicelib.accounts.rules import rows_outlived
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.inventory.search.models import Change
from chalicelib.inventory.search.news_store import NewsStore
from chalicelib.inventory.store import ResourceStore

_CHUNK = 500
_MOST = 20_000
"""Rows of one run: the next one goes on."""


class Purged(Frozen):
    accounts: int = 0
    rows: int = 0


class PurgeAccounts:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        resources: ResourceStore,
        news: NewsStore,
        kinds: Callable[[], Iterable[str]],
        keep_days: int,
        clock: Clock,
    ) -> None:
        """`kinds` are all types, also those that are not listed any more."""
        self._accounts = accounts
        self._resources = resources
        self._news = news
        self._kinds = kinds
        self._keep_days = keep_days
        self._clock = clock

    def run(self) -> Purged:
        """Rights were withdrawn long before: an account whose rights are not is left alone. Raises Throttled or Upstream."""
        now, purged = self._clock.now(), Purged()
        due = [one for _, one in sorted(self._accounts.all().items()) if rows_outlived(one, self._keep_days, now)]
        for record in due:
            if purged.rows >= _MOST:
                break
            rows, done = self._forget(record, now, _MOST - purged.rows)
            purged = Purged(accounts=purged.accounts + int(done), rows=purged.rows + rows)
        return purged

    def _forget(self, record: AccountRecord, now: int, most: int) -> tuple[int, bool]:
        """How many rows went, and whether none is left."""
        removed = 0
        for kind in self._kinds():
            after = ""
            while arns := self._resources.next_arns(record.account.account_id, kind, after, _CHUNK):
                if removed >= most:
                    return removed, False
                self._news.tell(Change(arn, now, None) for arn in arns)
                self._resources.remove(arns, now)
                removed, after = removed + len(arns), arns[-1]
        try:
            self._accounts.rows_removed(record)
        except Conflict:
            # It changed meanwhile; the next run judges it anew.
            return removed, False
        return removed, True
