"""Starting a refresh: at most one of all accounts at a time, any number of chosen ones."""

from collections.abc import Sequence

from chalicelib.accounts.store import AccountStore
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.aws.states import StateMachines
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, Principal
from chalicelib.inventory.refresh.models import RUN_LIMIT, Lease
from chalicelib.inventory.refresh.store import RunStore

_NAMED = 20
"""Unknown accounts that a refusal names."""


class StartRefresh:
    def __init__(
        self,
        *,
        runs: RunStore,
        accounts: AccountStore,
        machines: StateMachines,
        machine_arn: str,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._runs = runs
        self._accounts = accounts
        self._machines = machines
        self._machine_arn = machine_arn
        self._audit = audit
        self._clock = clock

    def all_accounts(self) -> str:
        """The id of the run: a new one, or the one that is under way.

        The lease is taken before the workflow is started. A start that was lost in between is made up for by the next call:
        an execution has the run's id for its name, so starting it twice is starting it once.
        """
        lease = self._runs.lease()
        if lease is not None and self._under_way(lease):
            if self._runs.find(lease.run_id) is None:
                self._start(lease.run_id, None)
            return lease.run_id
        fresh = Lease(run_id=ulid(), taken_at=self._clock.now())
        try:
            self._runs.take_lease(fresh, lease)
        except Conflict:
            return (self._runs.lease() or fresh).run_id
        self._start(fresh.run_id, None)
        return fresh.run_id

    def asked_for(self, caller: Caller, account_ids: Sequence[str] | None) -> str:
        """The same for an administrator, recorded before it is done. Raises InvalidInput for accounts that nobody knows."""
        chosen = None if account_ids is None else self._known(account_ids)
        entry = AuditEntry(
            action="inventory.refresh",
            person=str(Principal.user(caller.user)),
            target="inventory",
            outcome=Outcome.DONE,
            details={"accounts": "all" if chosen is None else ",".join(chosen)[:1000]},
        )
        self._audit.record(entry)
        if chosen is None:
            return self.all_accounts()
        run_id = ulid()
        self._start(run_id, chosen)
        return run_id

    def _known(self, account_ids: Sequence[str]) -> list[str]:
        if not account_ids:
            raise InvalidInput("Name at least one account, or leave `accounts` out for all.", reason="no_accounts")
        known = self._accounts.all()
        unknown = sorted(set(account_ids) - known.keys())
        if unknown:
            raise InvalidInput(
                f"Not known as accounts: {', '.join(unknown[:_NAMED])}. Known ones are listed by GET /api/v2/accounts; a new "
                "account is found by a refresh of all accounts.",
                reason="unknown_account",
            )
        return sorted(set(account_ids))

    def _under_way(self, lease: Lease) -> bool:
        if self._clock.now() - lease.taken_at >= RUN_LIMIT:
            return False
        run = self._runs.find(lease.run_id)
        return run is None or run.finished_at is None

    def _start(self, run_id: str, account_ids: Sequence[str] | None) -> None:
        accounts = None if account_ids is None else list(account_ids)
        self._machines.start(self._machine_arn, run_id, {"run_id": run_id, "accounts": accounts})
