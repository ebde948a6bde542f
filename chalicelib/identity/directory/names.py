"""Names that are both a user's and a group's: found when either appears, told to whoever reads bare names, forgotten when one goes."""

from collections.abc import Callable, Iterable

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import PrincipalKind
from chalicelib.identity.directory.models import SIGN_IN, Kinds, NameConflict
from chalicelib.identity.directory.names_store import NamesStore

SETTLES = 60
"""Seconds in which bare rights of a name that became ambiguous are taken away: until then nobody signs in by it."""

Tell = Callable[[frozenset[str]], None]
"""Is told of names that became ambiguous or stopped being so; must be repeatable."""


class Names:
    def __init__(self, *, store: NamesStore, tell: Tell, clock: Clock) -> None:
        self._store = store
        self._tell = tell
        self._clock = clock

    def knows(self, names: Iterable[str]) -> dict[str, Kinds]:
        return self._store.kinds(names)

    def add(self, name: str, kind: PrincipalKind, source: str) -> None:
        if self._store.add(name, kind, source).ambiguous:
            self._begin(name)

    def drop(self, name: str, kind: PrincipalKind, source: str) -> None:
        if not self._store.drop(name, kind, source).ambiguous and self._store.conflict(name) is not None:
            self._end(name)

    def signed_in(self, user: str, groups: Iterable[str]) -> None:
        """Notes the names of a sign-in. Raises Forbidden while one of them has only just become ambiguous."""
        known = self._store.kinds({user, *groups})
        mine = [(user, PrincipalKind.USER), *((group, PrincipalKind.GROUP) for group in sorted(set(groups)))]
        for name, kind in mine:
            if SIGN_IN not in (known[name].users if kind is PrincipalKind.USER else known[name].groups):
                known[name] = self._store.add(name, kind, SIGN_IN)
        # All of them are told before one refuses: the other names may be somebody's who is signed in.
        conflicts = {name: self._begun(name) for name, kinds in known.items() if kinds.ambiguous}
        for name, conflict in conflicts.items():
            self._refuse_while_new(name, conflict)

    def _begun(self, name: str) -> NameConflict | None:
        conflict = self._store.conflict(name)
        if conflict is not None and conflict.told:
            return conflict
        self._begin(name)
        return self._store.conflict(name)

    def _refuse_while_new(self, name: str, conflict: NameConflict | None) -> None:
        if conflict is not None and self._clock.now() - conflict.since < SETTLES:
            raise Forbidden(
                f"The name {name} has just been found to be both a user's and a group's, so that rights given to the bare name "
                "are being withdrawn. Sign in again in a minute, and tell an administrator.",
                reason="ambiguous_name",
            )

    def settle(self) -> int:
        """Ends what is no longer ambiguous and tells what was not told yet; how many names are ambiguous."""
        standing = self._store.conflicts()
        kinds = self._store.kinds(conflict.name for conflict in standing)
        for conflict in standing:
            if not kinds[conflict.name].ambiguous:
                self._end(conflict.name)
            elif not conflict.told:
                self._begin(conflict.name)
        return sum(found.ambiguous for found in kinds.values())

    def _begin(self, name: str) -> None:
        self._store.begin_conflict(name, self._clock.now())
        self._tell(frozenset({name}))
        self._store.mark_told(name)

    def _end(self, name: str) -> None:
        """Told before the row goes: whoever is interrupted here finds it again."""
        self._tell(frozenset({name}))
        self._store.end_conflict(name)
