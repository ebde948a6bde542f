"""How fresh what is known of an account is, place by place: pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.accounts.facts import AccountFacts
from chalicelib.accounts.models import AccountRecord, AccountStatus
from chalicelib.db.scopes import ScopeState
from chalicelib.inventory.account_models import AccountTold, Freshness, ScopeHealth, Standing
from chalicelib.inventory.refresh.rules import Scope, scopes_of
from chalicelib.inventory.resource_type import ResourceType

_TIMES = 2
"""So many intervals without a success make a place old."""


def places_of(
    account_id: str, facts: AccountFacts | None, kinds: Iterable[ResourceType[Any]], regions: Sequence[str]
) -> list[Scope]:
    """Every type in each of the configured regions that the account has; in all of them as long as nobody knows which it has."""
    known = facts is not None and facts.regions_known
    return scopes_of(account_id, kinds, [one for one in regions if not known or (facts and one in facts.regions)])


def told(
    record: AccountRecord,
    facts: AccountFacts | None,
    places: Iterable[Scope],
    states: Mapping[tuple[str, str], ScopeState],
    now: int,
) -> AccountTold:
    """Nobody looks at an account that is not active: it has no places."""
    active = record.account.status is AccountStatus.ACTIVE
    scopes = tuple(_health(place, states.get(place.key), now) for place in places if active)
    return AccountTold(record=record, facts=facts, standing=_standing(record, facts, scopes), scopes=scopes)


def _health(place: Scope, state: ScopeState | None, now: int) -> ScopeHealth:
    freshness, reason = _freshness(state, place.kind.every, now)
    return ScopeHealth(
        kind=place.kind.name,
        region=place.place.region,
        freshness=freshness,
        reason=reason,
        succeeded_at=state.succeeded_at if state else None,
        failed_at=state.failed_at if state else None,
        held=bool(state and state.held),
    )


def _freshness(state: ScopeState | None, every: int, now: int) -> tuple[Freshness, str | None]:
    """With the reason, unless it is fresh."""
    if state is None or state.succeeded_at is None:
        return Freshness.NEVER, (state.error if state and state.error else "It was never listed.")
    if state.error is not None:
        return Freshness.FAILING, state.error
    age = now - state.succeeded_at
    if age > every * _TIMES:
        return Freshness.OLD, f"It was last listed {age // 60} minutes ago."
    return Freshness.FRESH, None


def _standing(record: AccountRecord, facts: AccountFacts | None, scopes: Sequence[ScopeHealth]) -> Standing:
    if record.account.status is not AccountStatus.ACTIVE:
        return Standing.INACTIVE
    if facts is not None and not facts.entered:
        return Standing.UNREACHED
    if all(scope.succeeded_at is None and scope.failed_at is None for scope in scopes):
        return Standing.NEW
    found = {scope.freshness for scope in scopes}
    if Freshness.FAILING in found or any(
        scope.succeeded_at is None and scope.failed_at is not None for scope in scopes
    ):
        return Standing.FAILING
    return Standing.OK if found <= {Freshness.FRESH} else Standing.STALE
