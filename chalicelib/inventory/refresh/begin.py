"""The first step: which accounts this run visits."""

from collections.abc import Sequence

from chalicelib.accounts.list_accounts import ListAccounts
from chalicelib.accounts.rules import needs_run
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput, Upstream
from chalicelib.inventory.refresh.models import AccountItem, Run, RunAccounts, Wishes
from chalicelib.inventory.refresh.store import RunStore


class BeginRefresh:
    def __init__(self, *, list_accounts: ListAccounts, accounts: AccountStore, runs: RunStore, clock: Clock) -> None:
        self._list_accounts = list_accounts
        self._accounts = accounts
        self._runs = runs
        self._clock = clock

    def run(self, run_id: str, asked: Sequence[str] | None, wishes: Wishes | None = None) -> RunAccounts:
        """Accounts that were asked for are visited as the directory knows them; otherwise the sources are asked first. Without `wishes`
        all of it is listed.

        Raises InvalidInput for an account that nobody knows, and what `ListAccounts.run` raises.
        """
        warning = None
        if asked is None:
            listed = self._list_accounts.run()
            warning = listed.warning
            chosen = sorted(account_id for account_id, record in listed.records.items() if needs_run(record))
        else:
            known = self._accounts.all()
            if unknown := sorted(set(asked) - known.keys()):
                raise InvalidInput(f"Not known as accounts: {', '.join(unknown)}.", reason="unknown_account")
            chosen = sorted(set(asked))
        if not chosen:
            raise Upstream("There is no account to visit; nothing was changed.", reason="no_accounts")
        self._runs.begin(
            Run(
                run_id=run_id,
                status="running",
                started_at=self._clock.now(),
                accounts=tuple(chosen),
                wishes=wishes or Wishes(),
                warning=warning,
            )
        )
        return RunAccounts(run_id=run_id, accounts=tuple(AccountItem(account_id=one) for one in chosen))
