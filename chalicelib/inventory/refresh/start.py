"""Starting a refresh: at most one of all accounts at a time, any number of chosen ones."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chalicelib.accounts.store import AccountStore
from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.aws.states import StateMachines
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, Principal
from chalicelib.inventory.refresh.models import RUN_LIMIT, Lease, Wishes
from chalicelib.inventory.refresh.store import RunStore

DUE = Wishes(due_only=True)
_NAMED = 20
"""Unknown accounts or types that a refusal names."""


@dataclass(frozen=True, slots=True)
class RefreshMachine:
    """The workflow."""

    machines: StateMachines
    arn: str

    def start(self, run_id: str, account_ids: Sequence[str] | None, wishes: Wishes) -> None:
        """An execution has the run's id for its name, so starting it twice is starting it once."""
        accounts = None if account_ids is None else list(account_ids)
        wanted = wishes.model_dump(mode="json", exclude_defaults=True)
        self.machines.start(self.arn, run_id, {"run_id": run_id, "accounts": accounts, **wanted})


class StartRefresh:
    def __init__(
        self,
        *,
        runs: RunStore,
        accounts: AccountStore,
        machine: RefreshMachine,
        types: Collection[str],
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        """`types` are the names of those that are listed."""
        self._runs = runs
        self._accounts = accounts
        self._machine = machine
        self._types = types
        self._audit = audit
        self._clock = clock

    def all_accounts(self, wishes: Wishes = DUE) -> str:
        """The id of the run: a new one, or the one that is under way. Without `wishes` it lists what is due.

        The lease is taken before the workflow is started. A start that was lost in between is made up for by the next call.
        """
        lease = self._runs.lease()
        if lease is not None and self._under_way(lease):
            if self._runs.find(lease.run_id) is None:
                self._machine.start(lease.run_id, None, lease.wishes)
            return lease.run_id
        fresh = Lease(run_id=ulid(), taken_at=self._clock.now(), wishes=wishes)
        try:
            self._runs.take_lease(fresh, lease)
        except Conflict:
            return (self._runs.lease() or fresh).run_id
        self._machine.start(fresh.run_id, None, fresh.wishes)
        return fresh.run_id

    def of(self, account_ids: Sequence[str]) -> str:
        """A run of these accounts, for something that happened to them."""
        run_id = ulid()
        self._machine.start(run_id, account_ids, Wishes())
        return run_id

    def asked_for(self, caller: Caller, account_ids: Sequence[str] | None, types: Sequence[str] | None = None) -> str:
        """The same for an administrator, recorded before it is done; None means all. Raises InvalidInput for accounts and types that
        nobody knows.
        """
        chosen = None if account_ids is None else self._known(account_ids)
        wishes = Wishes() if types is None else Wishes(types=self._listed(types))
        entry = AuditEntry(
            action="inventory.refresh",
            person=str(Principal.user(caller.user)),
            target="inventory",
            outcome=Outcome.DONE,
            details={
                "accounts": "all" if chosen is None else ",".join(chosen)[:1000],
                "types": "all" if wishes.types is None else ",".join(wishes.types),
            },
        )
        self._audit.record(entry)
        if chosen is None:
            return self.all_accounts(wishes)
        run_id = ulid()
        self._machine.start(run_id, chosen, wishes)
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

    def _listed(self, types: Sequence[str]) -> tuple[str, ...]:
        unknown = sorted(set(types) - set(self._types))
        if unknown or not types:
            raise InvalidInput(
                f"Not listed as types: {', '.join(unknown[:_NAMED]) or 'none was named'}. Listed are: {', '.join(sorted(self._types))}.",
                reason="unknown_type",
            )
        return tuple(sorted(set(types)))

    def _under_way(self, lease: Lease) -> bool:
        if self._clock.now() - lease.taken_at >= RUN_LIMIT:
            return False
        run = self._runs.find(lease.run_id)
        return run is None or run.finished_at is None
