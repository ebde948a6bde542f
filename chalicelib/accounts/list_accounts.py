"""Which accounts there are now: asks the sources, keeps the directory, and never takes silence for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus
from chalicelib.accounts.rules import digest_of, gone, left, may_drop, may_write, merged, unsettled
from chalicelib.accounts.sources import AccountSource
from chalicelib.accounts.store import AccountStore
from chalicelib.core.clock import Clock
from chalicelib.core.decisions import Decision
from chalicelib.core.errors import AppError, Upstream
from chalicelib.db.scopes import Scopes

KIND, SCOPE = "accounts", "all"


@dataclass(frozen=True, slots=True)
class Listed:
    """The directory after the look, by id; `unsettled` are accounts that came, or are not active any more.

    `warning` says why what vanished was not believed gone, and which sources could not be read.
    """

    records: Mapping[str, AccountRecord]
    written: int
    warning: str | None
    unsettled: tuple[str, ...] = ()


@dataclass(slots=True)
class _Look:
    accounts: list[Account] = field(default_factory=list)
    silent: dict[str, AppError] = field(default_factory=dict)


class ListAccounts:
    def __init__(
        self,
        *,
        config: AccountsConfig,
        sources: Mapping[str, Sequence[AccountSource]],
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
        """Writes what changed. A source that can't be read keeps its accounts as they were. Raises what it raised when no other one
        answers, and Upstream when no source names any account.
        """
        observed_at = self._clock.now()
        look = self._asked(observed_at)
        found = merged(look.accounts, self._config)
        before = self._store.all()
        missing = gone(before, found, look.silent)
        verdict = self._verdict(before, missing)
        wanted = {key: account for key, account in found.items() if may_write(before.get(key), look.silent)}
        if verdict.allowed:
            wanted |= {account_id: left(before[account_id]) for account_id in missing}
        changed = [
            account
            for account_id, account in wanted.items()
            if account_id not in before or before[account_id].account != account
        ]
        written = sum(self._store.put(account, observed_at, before.get(account.account_id)) for account in changed)
        held = "" if verdict.allowed else digest_of(missing)
        if not look.silent:
            self._scopes.succeeded(KIND, SCOPE, observed_at, held=held)
        return Listed(
            records=self._store.all() if changed else before,
            written=written,
            warning=_warning(verdict, look),
            unsettled=tuple(sorted(one.account_id for one in changed if unsettled(before.get(one.account_id), one))),
        )

    def _asked(self, observed_at: int) -> _Look:
        look = _Look()
        sources = [source for name in self._config.sources for source in self._sources[name]]
        for source in sources:
            try:
                found = [account.model_copy(update={"source": source.name}) for account in source.accounts()]
            except AppError as error:
                look.silent[source.name] = error
                self._scopes.failed(KIND, source.name, observed_at, error.message)
            else:
                look.accounts += found
                self._scopes.succeeded(KIND, source.name, observed_at)
        if look.silent:
            errors = "; ".join(error.message for error in look.silent.values())
            self._scopes.failed(KIND, SCOPE, observed_at, errors)
        if len(look.silent) == len(sources):
            raise next(iter(look.silent.values()))
        if not look.accounts:
            raise Upstream(
                f"No account was found (sources: {', '.join(self._config.sources)}). Nothing was changed; look at the "
                "section `accounts` of the configuration and at the permissions on the organisation.",
                reason="no_accounts",
            )
        return look

    def _verdict(self, before: Mapping[str, AccountRecord], missing: set[str]) -> Decision:
        active = [record for record in before.values() if record.account.status is not AccountStatus.LEFT]
        verdict = may_drop(len(active), missing, "")
        if verdict.allowed:
            return verdict
        return may_drop(len(active), missing, self._scopes.held(KIND, SCOPE))


def _warning(verdict: Decision, look: _Look) -> str | None:
    said = [] if verdict.allowed else [verdict.reason]
    said += [
        f"{name} could not be read, its accounts stay as they were: {error.message}"
        for name, error in look.silent.items()
    ]
    return " ".join(said) or None
