"""Search hears how many denies a resource has."""

from collections.abc import Callable, Iterable

from chalicelib.inventory.denies.store import DenyStore
from chalicelib.inventory.search.models import Change
from chalicelib.inventory.search.source import denied
from chalicelib.inventory.store import ResourceStore


class TellSearch:
    def __init__(self, *, store: DenyStore, resources: ResourceStore, tell: Callable[[Iterable[Change]], None]) -> None:
        self._store = store
        self._resources = resources
        self._tell = tell

    def tell(self, arn: str) -> None:
        """Of a resource that the inventory does not know nothing is told. What was seen of it later stands."""
        found = self._resources.look(arn)
        if found is None:
            return
        account_id, listed = found
        self._tell([denied(account_id, listed, self._store.total(arn))])
