"""The accounts as they stand: what their source says, what they tell of themselves, and how fresh each type is in each place."""

from collections.abc import Callable, Sequence
from typing import Any

from chalicelib.accounts.facts_store import FactsStore
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.account_health import places_of, told
from chalicelib.inventory.account_models import AccountTold
from chalicelib.inventory.resource_type import ResourceType


class TellAccounts:
    def __init__(
        self,
        *,
        accounts: AccountStore,
        facts: FactsStore,
        scopes: Scopes,
        kinds: Callable[[], Sequence[ResourceType[Any]]],
        regions: Sequence[str],
        clock: Clock,
    ) -> None:
        """`regions` are the configured ones."""
        self._accounts = accounts
        self._facts = facts
        self._scopes = scopes
        self._kinds = kinds
        self._regions = tuple(regions)
        self._clock = clock

    def all(self) -> list[AccountTold]:
        """By account id. One query for each type, whatever their number."""
        kinds, facts = self._kinds(), self._facts.all()
        states = {
            (kind.name, scope_id): state
            for kind in kinds
            for scope_id, state in self._scopes.of_kind(kind.name).items()
        }
        now = self._clock.now()
        return [
            told(record, facts.get(key), places_of(key, facts.get(key), kinds, self._regions), states, now)
            for key, record in sorted(self._accounts.all().items())
        ]

    def one(self, account_id: str) -> AccountTold | None:
        """None for an account that the directory does not have."""
        record = self._accounts.find(account_id)
        if record is None:
            return None
        facts = self._facts.find(account_id)
        places = places_of(account_id, facts, self._kinds(), self._regions)
        return told(record, facts, places, self._scopes.states(place.key for place in places), self._clock.now())
