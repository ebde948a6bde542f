"""Which names are known, and as what. `NAME#<name>` holds the sources that know a user and those that know a group of that name;
`CONFLICTS` lists the names that are both: bare, such a name means nobody.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeSetAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.core.errors import Conflict
from chalicelib.core.principals import PrincipalKind
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.identity.directory.models import Kinds, NameConflict

_META = "META"
_CONFLICTS = "CONFLICTS"


class NameRow(Table):
    suffix = "directory"

    users = UnicodeSetAttribute(null=True)
    groups = UnicodeSetAttribute(null=True)
    since = NumberAttribute(null=True)
    told = BooleanAttribute(null=True)


class NamesStore:
    """`sources` are those whose word counts: others may have left their names here."""

    def __init__(self, sources: Collection[str]) -> None:
        self._sources = frozenset(sources)

    def kinds(self, names: Iterable[str]) -> dict[str, Kinds]:
        """By name, consistent; a name that nobody knows is known as nothing."""
        wanted = sorted(set(names))
        with translated("the names of the directory"):
            rows = list(NameRow.batch_get([(_key(name), _META) for name in wanted], consistent_read=True))
        found = {row.pk.removeprefix(_key("")): self._kinds(row) for row in rows}
        return {name: found.get(name, Kinds()) for name in wanted}

    def add(self, name: str, kind: PrincipalKind, source: str) -> Kinds:
        """What the name means from now on."""
        return self._update(name, NameRow.users if kind is PrincipalKind.USER else NameRow.groups, source, adds=True)

    def drop(self, name: str, kind: PrincipalKind, source: str) -> Kinds:
        return self._update(name, NameRow.users if kind is PrincipalKind.USER else NameRow.groups, source, adds=False)

    def _update(self, name: str, attribute: UnicodeSetAttribute, source: str, *, adds: bool) -> Kinds:
        row = NameRow(_key(name), _META)
        with translated(f"the name {name} in the directory"):
            row.update(actions=[attribute.add({source}) if adds else attribute.delete({source})])
        return self._kinds(row)

    def _kinds(self, row: NameRow) -> Kinds:
        return Kinds(users=self._sources & set(row.users or ()), groups=self._sources & set(row.groups or ()))

    def conflicts(self) -> tuple[NameConflict, ...]:
        """By name."""
        with translated("the conflicts of names"):
            rows = list(NameRow.query(_CONFLICTS, consistent_read=True))
        return tuple(_conflict(row) for row in rows)

    def conflict(self, name: str) -> NameConflict | None:
        with translated("the conflicts of names"):
            try:
                return _conflict(NameRow.get(_CONFLICTS, name, consistent_read=True))
            except DoesNotExist:
                return None

    def begin_conflict(self, name: str, since: int) -> None:
        """Leaves alone what was noted before."""
        with suppress(Conflict), translated("the conflicts of names"):
            NameRow(_CONFLICTS, name, since=since, told=False).save(condition=NameRow.pk.does_not_exist())

    def mark_told(self, name: str) -> None:
        with suppress(Conflict), translated("the conflicts of names"):
            NameRow(_CONFLICTS, name).update(actions=[NameRow.told.set(True)], condition=NameRow.pk.exists())

    def end_conflict(self, name: str) -> None:
        with translated("the conflicts of names"):
            NameRow(_CONFLICTS, name).delete()


def _key(name: str) -> str:
    return f"NAME#{name}"


def _conflict(row: NameRow) -> NameConflict:
    return NameConflict(name=row.sk, since=int(row.since or 0), told=bool(row.told))
