"""The kinds of scopes: every type of resource that is listed, each with the places where an account has it."""

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.accounts.facts import AccountFacts
from chalicelib.inventory.refresh.rules import scopes_of
from chalicelib.inventory.resource_type import ResourceType
from chalicelib.operations.scopes import Kind


def kinds_of(types: Iterable[ResourceType[Any]], regions: Sequence[str]) -> dict[str, Kind]:
    """By name. Regional types are looked at in those of `regions` that an account has enabled, as far as that is known."""
    return {kind.name: _kind(kind, regions) for kind in types}


def _kind(kind: ResourceType[Any], regions: Sequence[str]) -> Kind:
    def places(account_id: str, facts: AccountFacts | None) -> tuple[str, ...]:
        enabled = facts.regions if facts and facts.regions_known else regions
        listed = scopes_of(account_id, (kind,), [region for region in regions if region in enabled])
        return tuple(scope.place.scope for scope in listed)

    return Kind(kind.name, kind.every, places)
