"""One account of a run: visited, and what came of it written down, success or failure."""

from chalicelib.accounts.models import AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, NotFound
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.refresh.models import AccountOutcome, OutcomeStatus
from chalicelib.inventory.refresh.store import RunStore
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.sync_roles import SyncRoles, Visit


class SyncAccount:
    def __init__(
        self, *, roles: SyncRoles, accounts: AccountStore, runs: RunStore, scopes: Scopes, clock: Clock
    ) -> None:
        self._roles = roles
        self._accounts = accounts
        self._runs = runs
        self._scopes = scopes
        self._clock = clock

    def run(self, run_id: str, account_id: str) -> AccountOutcome:
        """A failure is recorded with its reason and goes on upwards; what was there before stays."""
        visit = Visit(account_id, self._clock.now())
        try:
            status = self._visit(visit)
        except AppError as error:
            self._runs.record(run_id, _outcome(visit, "failed", error.message))
            self._scopes.failed(iam_role.TYPE, account_id, visit.observed_at, error.message)
            raise
        if status == "succeeded":
            self._scopes.succeeded(iam_role.TYPE, account_id, visit.observed_at, visit.held)
        outcome = _outcome(visit, status)
        self._runs.record(run_id, outcome)
        return outcome

    def _visit(self, visit: Visit) -> OutcomeStatus:
        found = self._accounts.find(visit.account_id)
        if found is None:
            raise NotFound(f"The account {visit.account_id} is not in the directory. Refresh all accounts first.")
        if found.account.status is AccountStatus.ACTIVE:
            self._roles.sync(visit)
            return "succeeded"
        self._roles.withdraw(visit)
        self._accounts.rights_withdrawn(found)
        return "withdrawn"


def _outcome(visit: Visit, status: OutcomeStatus, error: str | None = None) -> AccountOutcome:
    return AccountOutcome(
        account_id=visit.account_id,
        status=status,
        observed_at=visit.observed_at,
        roles=len(visit.seen),
        written=visit.written,
        removed=visit.removed,
        messages=visit.messages,
        warning=visit.warning,
        error=error[:1000] if error else None,
    )
