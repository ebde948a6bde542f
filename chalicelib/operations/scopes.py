"""Every scope that there should be, as it stands: what was listed, and what nobody has listed yet."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from chalicelib.accounts.facts import AccountFacts
from chalicelib.accounts.models import AccountRecord, AccountStatus
from chalicelib.db import scopes as rows
from chalicelib.operations.models import Scope
from chalicelib.operations.rules import state_of_scope


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of scope and how often it is looked at, in seconds. `places` are the ids that an account should have."""

    name: str
    every: int
    places: Callable[[str, AccountFacts | None], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Estate:
    """All that is known, read at one time."""

    accounts: Mapping[str, AccountRecord]
    facts: Mapping[str, AccountFacts]
    states: Mapping[str, Mapping[str, rows.ScopeState]]
    """By kind and id."""

    def scopes(self, kinds: Mapping[str, Kind], now: int) -> Iterator[Scope]:
        """Of active accounts, by account, kind and region. What left, was closed, or was switched off there is nobody's worry any more."""
        reached = {
            state.scope_id.partition("/")[0]
            for states in self.states.values()
            for state in states.values()
            if state.succeeded_at is not None
        }
        for account_id, record in sorted(self.accounts.items()):
            if record.account.status is not AccountStatus.ACTIVE:
                continue
            facts = self.facts.get(account_id)
            entered = account_id in reached or facts is None or facts.entered
            for name, kind in kinds.items():
                for scope_id in kind.places(account_id, facts):
                    yield _scope(kind, record, scope_id, self.states.get(name, {}).get(scope_id), now, entered=entered)


def _scope(
    kind: Kind, record: AccountRecord, scope_id: str, state: rows.ScopeState | None, now: int, *, entered: bool
) -> Scope:
    succeeded_at = state.succeeded_at if state else None
    error = state.error if state else None
    staleness = max(0, now - (succeeded_at if succeeded_at is not None else record.observed_at))
    return Scope(
        kind=kind.name,
        scope_id=scope_id,
        account_id=record.account.account_id,
        account_name=record.account.name,
        region=scope_id.partition("/")[2],
        state=state_of_scope(
            staleness=staleness, every=kind.every, error=error, succeeded=succeeded_at is not None, reached=entered
        ),
        every=kind.every,
        staleness=staleness,
        succeeded_at=succeeded_at,
        failed_at=state.failed_at if state else None,
        duration=state.duration if state else None,
        failures=state.failures if state else 0,
        error=error,
        held=bool(state and state.held),
        counts=state.counts if state else {},
    )
