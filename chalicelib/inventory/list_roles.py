"""Every role that the inventory knows, in order: for auditors who page through them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.inventory.resources.iam_role import TYPE
from chalicelib.inventory.store import ResourceStore

_FOR = 60
"""Seconds for which the list is kept: somebody who pages through a hundred thousand roles reads them once."""
_AT_ONCE = 16


class ListRoles:
    def __init__(self, *, accounts: AccountStore, resources: ResourceStore, clock: Clock) -> None:
        self._accounts = accounts
        self._resources = resources
        self._clock = clock
        self._lock = Lock()
        self._arns: tuple[str, ...] = ()
        self._read_at: int | None = None

    def arns(self) -> tuple[str, ...]:
        """Sorted; up to a minute old."""
        with self._lock:
            now = self._clock.now()
            if self._read_at is None or now - self._read_at >= _FOR:
                with ThreadPoolExecutor(_AT_ONCE) as readers:
                    found = readers.map(self._of_account, sorted(self._accounts.all()))
                    self._arns = tuple(sorted(arn for arns in found for arn in arns))
                self._read_at = now
            return self._arns

    def _of_account(self, account_id: str) -> list[str]:
        return list(self._resources.of_scope(account_id, TYPE))

    def find(self, account_id: str, path_and_name: str) -> str | None:
        """The role's ARN by its name with or without its path, whatever the case."""
        wanted = path_and_name.strip("/").casefold()
        for arn in self._of_account(account_id):
            known = arn.partition(":role/")[2].casefold()
            if wanted in {known, known.rpartition("/")[2]}:
                return arn
        return None
