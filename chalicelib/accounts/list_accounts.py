"""Which accounts there are now: asks the sources, keeps the directory, and never takes silence for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus
from chalicelib.accounts.rules import digest_of, left, may_drop, merged
from chalicelib.accounts.sources import AccountSource
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import AppError, Upstream
from chalicelib.db.scopes import Scopes

KIND, SCOPE = "accounts", "all"


@dataclass(frozen=True, slots=True)
class Listed:
    """The directory after the look, by id; `warning` says why what vanished was not believed gone."""

    records: Mapping[str, AccountRecord]
    written: int
    warning: str | None


class ListAccounts:
    def __init__(
        self,
        *,
        config: AccountsConfig,
        sources: Mapping[str, AccountSource],
        store: AccountStore,
        scopes: Scopes,
        clock: Clock,
    ) -> None:
        self._config = config
        self._sources = sources
        self._store = store
        self._scopes = scopes
        self._clock = clock

    def run(self) -> Listed:
        """Writes what changed. Raises what a source raised, and Upstream when no source names any account."""
        observed_at = self._clock.now()
        try:
            found = merged(self._asked(), self._config.static)
        except AppError as error:
            self._scopes.failed(KIND, SCOPE, observed_at, error.message)
            raise
        before = self._store.all()
        missing = {
            account_id
            for account_id, record in before.items()
            if account_id not in found and record.account.status is not AccountStatus.LEFT
        }
        verdict = self._verdict(before, missing)
        wanted = dict(found)
        if verdict.allowed:
            wanted |= {account_id: left(before[account_id]) for account_id in missing}
        changed = [
            account
            for account_id, account in wanted.items()
            if account_id not in before or before[account_id].account != account
        ]
        written = sum(self._store.put(account, observed_at) for account in changed)
        self._scopes.succeeded(KIND, SCOPE, observed_at, held="" if verdict.allowed else digest_of(missing))
        records = self._store.all() if changed else before
        return Listed(records=records, written=written, warning=None if verdict.allowed else verdict.reason)

    def _asked(self) -> list[Account]:
        found = [account for name in self._config.sources for account in self._sources[name].accounts()]
        if not found:
            raise Upstream(
                f"No account was found (sources: {', '.join(self._config.sources)}). Nothing was changed; look at the "
                "section `accounts` of the configuration and at the permissions on the organisation.",
                reason="no_accounts",
            )
        return found

    def _verdict(self, before: Mapping[str, AccountRecord], missing: set[str]) -> Decision:
        active = [record for record in before.values() if record.account.status is not AccountStatus.LEFT]
        verdict = may_drop(len(active), missing, "")
        if verdict.allowed:
            return verdict
        return may_drop(len(active), missing, self._scopes.held(KIND, SCOPE))
