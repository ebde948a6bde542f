"""People as everything that is known says: what a sign-in notes, and what decides about somebody."""

from collections.abc import Iterable, Mapping

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Forbidden
from chalicelib.core.principals import fold
from chalicelib.identity.directory.models import SIGN_IN, DirectoryConfig, Kinds, Person, PersonRecord
from chalicelib.identity.directory.names import Names, Tell
from chalicelib.identity.directory.names_store import NamesStore
from chalicelib.identity.directory.rules import effective, may_sign_in_unknown
from chalicelib.identity.directory.store import DirectoryStore


def _nobody_listens(_: frozenset[str]) -> None:
    """Where no bare names are read."""


class PeopleStore:
    """Without a configuration no source is asked: then each sign-in's own word counts."""

    def __init__(self, clock: Clock, config: DirectoryConfig | None = None, tell: Tell = _nobody_listens) -> None:
        self._clock = clock
        self._config = config or DirectoryConfig()
        self._store = DirectoryStore()
        names = NamesStore([SIGN_IN, *self._config.sources])
        self.names = Names(store=names, tell=tell, clock=clock)

    def saw(self, user: str, groups: frozenset[str], source: str, *, note_groups: bool = True) -> Person:
        """Notes a sign-in by the method `source`, and tells what it amounts to: whose groups count, and whether they are suspended.

        Without `note_groups` the groups count, but are no word of the method's own that should be remembered. Never ends a
        suspension. Raises Forbidden for somebody whom no source knows where only known people may come in, and for names that
        have only just become ambiguous.
        """
        user, groups, now = fold(user), frozenset(map(fold, groups)), self._clock.now()
        said = self._store.said(user, self._config.sources)
        if not may_sign_in_unknown(said.records, self._config):
            raise Forbidden(
                f"{user} is not in the directory ({', '.join(self._config.sources) or 'no source is configured'}), and only "
                "people who are may sign in. Ask an administrator to add you there.",
                reason="unknown_person",
            )
        before = said.records.get(SIGN_IN)
        record = PersonRecord(source=SIGN_IN, user=user, groups=groups, by=source, observed_at=now)
        if note_groups and (before is None or before.observed_at <= now):
            self._store.say_signed_in(record)
        self.names.signed_in(user, groups)
        person = effective({**said.records, SIGN_IN: record}, said.fresh, self._config, now)
        assert person is not None  # noqa: S101 their own word is among the records
        return person

    def find(self, user: str, fresh: Mapping[str, int] | None = None) -> Person | None:
        """One consistent round trip. `fresh` is laid over what is known of the sources' last complete answers."""
        said = self._store.said(fold(user), self._config.sources)
        return effective(said.records, {**said.fresh, **(fresh or {})}, self._config, self._clock.now())

    def knows(self, names: Iterable[str]) -> dict[str, Kinds]:
        """What each bare name is known as; one that is both a user's and a group's means nobody."""
        return self.names.knows(map(fold, names))
