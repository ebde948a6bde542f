"""Which scopes a visit lists, and in which order. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.decisions import Decision
from chalicelib.db.scopes import ScopeState
from chalicelib.inventory.refresh.models import Wishes
from chalicelib.inventory.resource_type import Place, ResourceType

_ALMOST = 0.9
"""A listing is due a little early: the schedule that looks is no more exact than that."""

States = Mapping[tuple[str, str], ScopeState]
"""By kind and scope id."""


@dataclass(frozen=True, slots=True)
class Scope:
    kind: ResourceType[Any]
    place: Place

    @property
    def key(self) -> tuple[str, str]:
        return self.kind.name, self.place.scope

    @property
    def label(self) -> str:
        return f"{self.kind.name} {self.place.region}".strip()


def scopes_of(account_id: str, kinds: Iterable[ResourceType[Any]], regions: Sequence[str]) -> list[Scope]:
    """Every type in every place that it has in an account."""
    return [
        Scope(kind, Place(account_id, region)) for kind in kinds for region in (regions if kind.regional else ("",))
    ]


def to_visit(
    scopes: Iterable[Scope], wishes: Wishes, states: States, *, now: int, since: int | None, first: str
) -> list[Scope]:
    """Those that are wanted and not yet done in a run that began at `since`: dirty ones first, then the type `first` (rights come from
    it), then global types.
    """
    wanted = [
        scope
        for scope in scopes
        if (wishes.types is None or scope.kind.name in wishes.types)
        and not _done(states.get(scope.key), since)
        and (not wishes.due_only or due(states.get(scope.key), scope.kind.every, now).allowed)
    ]

    def order(scope: Scope) -> tuple[bool, bool, bool, str, str]:
        state, kind = states.get(scope.key), scope.kind
        return not (state and state.dirty), kind.name != first, kind.regional, kind.name, scope.place.region

    return sorted(wanted, key=order)


def due(state: ScopeState | None, every: int, now: int) -> Decision:
    """Whether a scope is to be listed by schedule."""
    if state is None or state.succeeded_at is None:
        return Decision.yes("it was never listed", "never")
    if state.dirty:
        return Decision.yes("it changed since, or may have", "dirty")
    if state.failed_at is not None and state.failed_at > state.succeeded_at:
        return Decision.yes("the last listing failed", "failed")
    if now - state.succeeded_at >= every * _ALMOST:
        return Decision.yes("it was listed long ago", "old")
    return Decision.no(f"it was listed {now - state.succeeded_at} s ago, and is every {every} s", "fresh")


def _done(state: ScopeState | None, since: int | None) -> bool:
    return bool(since is not None and state and state.succeeded_at is not None and state.succeeded_at >= since)
