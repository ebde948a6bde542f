"""Who is in which group, as far as anybody has ever told: for counting people, never for deciding about them."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from chalicelib.core.principals import Principal, PrincipalKind
from chalicelib.identity.directory.models import SIGN_IN
from chalicelib.identity.directory.store import DirectoryStore

Members = Mapping[str, frozenset[str]]
"""Folded name of a group to the users in it."""


class People(Protocol):
    def members(self, groups: Iterable[str]) -> Members: ...


class KnownPeople:
    """Of each source of the directory the groups that are asked for; beside that, everybody who ever signed in."""

    def __init__(self, store: DirectoryStore) -> None:
        self._store = store

    def members(self, groups: Iterable[str]) -> Members:
        """People who are suspended in one source are no members by that source's word."""
        found: dict[str, set[str]] = {group: set() for group in groups}
        if not found:
            return {}
        for state in self._store.states():
            for group in found:
                record = self._store.listed_group(state.source, group)
                found[group] |= record.members if record else set()
        for person in self._store.people_from(SIGN_IN, ""):
            for group in () if person.suspended else person.groups & found.keys():
                found[group].add(person.user)
        return {group: frozenset(users) for group, users in found.items()}


def groups_among(principals: Iterable[str]) -> frozenset[str]:
    """Names of those that are groups."""
    parsed = map(Principal.parse, principals)
    return frozenset(principal.name for principal in parsed if principal.kind is PrincipalKind.GROUP)


def people_behind(principals: Iterable[str], members: Members) -> frozenset[str]:
    """Users named, and those known in the groups that are named."""
    found: set[str] = set()
    for principal in map(Principal.parse, principals):
        found |= {principal.name} if principal.kind is PrincipalKind.USER else members.get(principal.name, frozenset())
    return frozenset(found)
