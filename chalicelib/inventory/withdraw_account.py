"""An account that is not active: the rows stay, and whatever right there is to its roles ends now."""

from chalicelib.inventory.keep_resources import KeepResources
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.store import ResourceStore


class WithdrawAccount:
    def __init__(self, *, store: ResourceStore, keep: KeepResources) -> None:
        self._store = store
        self._keep = keep

    def run(self, account_id: str, at: int) -> int:
        """The number of messages about rights. Raises Throttled or Upstream."""
        return self._keep.withdraw(self._store.of_scope(account_id, iam_role.TYPE).values(), at)
