"""Somebody was told that an organisation is not as it was: it is looked at now, by the function that looks after accounts."""

from collections.abc import Sequence

from chalicelib.accounts.sync_policies import KIND
from chalicelib.aws.functions import Functions, scheduled_event
from chalicelib.core.clock import Clock
from chalicelib.db.scopes import Scopes

FUNCTION = "look_after_accounts"


class AccountsChanged:
    def __init__(
        self, *, functions: Functions, scopes: Scopes, sources: Sequence[str], region: str, clock: Clock
    ) -> None:
        """`sources` are the names under which organisations are read."""
        self._functions = functions
        self._scopes = scopes
        self._sources = tuple(sources)
        self._region = region
        self._clock = clock

    def run(self) -> None:
        """Does not wait. Once for any number of changes that are known together. Raises AccessDeniedByAws, Throttled or Upstream.

        Policies are marked first: should the function not begin, its next scheduled run reads them anew.
        """
        now = self._clock.now()
        for source in self._sources:
            self._scopes.mark_dirty(KIND, source, now)
        self._functions.begin(FUNCTION, scheduled_event(FUNCTION, now, self._region))
