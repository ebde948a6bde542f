"""Refreshing one account now, or some types of resources in it, for somebody who may and who sees it."""

from collections.abc import Callable, Sequence

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import NotFound
from chalicelib.core.principals import Caller
from chalicelib.inventory.refresh.start import StartRefresh


class RefreshNow:
    def __init__(self, *, accounts: AccountStore, start: StartRefresh) -> None:
        self._accounts = accounts
        self._start = start

    def account(
        self, caller: Caller, account_id: str, types: Sequence[str] | None, sees: Callable[[Account], Decision]
    ) -> str:
        """The id of the run; `types` None means all. Raises NotFound for an account that nobody knows or the caller does not see, in the
        same words, and InvalidInput for a type that is not listed.
        """
        record = self._accounts.find(account_id)
        if record is None or not sees(record.account).allowed:
            raise NotFound(
                f"Not known as an account: {account_id}. GET /api/v2/accounts names those that are.",
                reason="unknown_account",
            )
        return self._start.asked_for(caller, [account_id], types)
