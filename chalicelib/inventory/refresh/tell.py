"""How runs of the refresh go and went, and how each account stands."""

from dataclasses import dataclass

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.db.scopes import Scopes, ScopeState
from chalicelib.inventory.refresh.models import RUN_LIMIT, AccountOutcome, Run
from chalicelib.inventory.refresh.store import RunStore
from chalicelib.inventory.resources import iam_role

_RUNS = 10


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run with an outcome for each of its accounts; `running` for one that has not answered yet."""

    run: Run
    outcomes: dict[str, AccountOutcome]


@dataclass(frozen=True, slots=True)
class AccountHealth:
    account: Account
    state: ScopeState | None


class TellRefreshes:
    def __init__(self, *, runs: RunStore, accounts: AccountStore, scopes: Scopes, clock: Clock) -> None:
        self._runs = runs
        self._accounts = accounts
        self._scopes = scopes
        self._clock = clock

    def latest(self) -> list[ToldRun]:
        """The last ten, newest first."""
        return [self._told(run) for run in self._runs.latest(_RUNS)]

    def accounts(self) -> list[AccountHealth]:
        """By account id."""
        states = self._scopes.of_kind(iam_role.TYPE)
        records = sorted(self._accounts.all().items())
        return [AccountHealth(record.account, states.get(account_id)) for account_id, record in records]

    def _told(self, run: Run) -> ToldRun:
        said = self._runs.outcomes(run.run_id)
        waiting = {
            account_id: AccountOutcome(account_id=account_id, status="running", observed_at=run.started_at)
            for account_id in run.accounts
            if account_id not in said
        }
        overdue = run.finished_at is None and self._clock.now() - run.started_at >= RUN_LIMIT
        shown = run.model_copy(update={"status": "abandoned"}) if overdue else run
        return ToldRun(shown, dict(sorted((said | waiting).items())))
