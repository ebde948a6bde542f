"""What the directory knows, for people who look after it: page by page, in the order of sources and names."""

import base64
import binascii
import json
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import fold
from chalicelib.identity.directory.models import (
    PUSHED,
    SIGN_IN,
    DirectoryConfig,
    GroupRecord,
    Kinds,
    NameConflict,
    PersonRecord,
    SourceState,
    Wanted,
)
from chalicelib.identity.directory.names_store import NamesStore
from chalicelib.identity.directory.store import DirectoryStore

_LOOKED_AT = 5_000
"""Records read for one page at most; a filter that finds little is followed up with the cursor."""
Record = TypeVar("Record", PersonRecord, GroupRecord)


class Page(Frozen, Generic[Record]):
    """`fresh` is when each source last answered whole; `cursor` is empty at the end."""

    records: tuple[Record, ...]
    fresh: dict[str, int]
    cursor: str

    def as_of(self, record: PersonRecord | GroupRecord) -> int:
        """When the record was last known to be so, in epoch seconds."""
        if record.source in PUSHED or record.source == SIGN_IN:
            return record.observed_at
        return max(record.observed_at, self.fresh.get(record.source, 0))


class KnownConflict(Frozen):
    conflict: NameConflict
    kinds: Kinds


class ListDirectory:
    def __init__(self, *, store: DirectoryStore, names: NamesStore, config: DirectoryConfig) -> None:
        self._store = store
        self._names = names
        self._config = config

    def users(self, wanted: Wanted) -> Page[PersonRecord]:
        """Raises InvalidInput for a source that is none, or a cursor that is none of ours."""
        text, group = fold(wanted.text), fold(wanted.related)

        def fits(record: PersonRecord) -> bool:
            named = text in record.user or text in fold(record.display_name)
            inside = not group or group in record.groups
            return named and inside and wanted.suspended in {None, record.suspended}

        return self._page(wanted, self._store.people_from, lambda record: record.user, fits)

    def groups(self, wanted: Wanted) -> Page[GroupRecord]:
        text, member = fold(wanted.text), fold(wanted.related)

        def fits(record: GroupRecord) -> bool:
            named = text in record.group or text in fold(record.display_name)
            return named and (not member or member in record.members)

        return self._page(wanted, self._store.groups_from, lambda record: record.group, fits)

    def _page(
        self,
        wanted: Wanted,
        listed: Callable[[str, str], Iterator[Record]],
        name_of: Callable[[Record], str],
        fits: Callable[[Record], bool],
    ) -> Page[Record]:
        sources = self._sources(wanted.source)
        begin, after = _read(wanted.cursor) if wanted.cursor else (sources[0], "")
        if begin not in sources:
            raise _bad_cursor()
        found: list[Record] = []
        cursor, looked_at = "", 0
        for source in sources[sources.index(begin) :]:
            for record in listed(source, after if source == begin else ""):
                looked_at += 1
                if fits(record):
                    found.append(record)
                if len(found) == wanted.limit or looked_at == _LOOKED_AT:
                    cursor = _written(source, name_of(record))
                    break
            if cursor:
                break
        fresh = {state.source: state.succeeded_at for state in self._store.states() if state.succeeded_at is not None}
        return Page(records=tuple(found), fresh=fresh, cursor=cursor)

    def _sources(self, wanted: str | None) -> tuple[str, ...]:
        known = (*self._config.sources, SIGN_IN)
        if wanted is None:
            return known
        if wanted not in known:
            raise InvalidInput(
                f"There is no source {wanted[:50]}. There are {', '.join(known)}.", reason="unknown_source"
            )
        return (wanted,)

    def sources(self) -> tuple[SourceState, ...]:
        """How each configured source is doing, in their order."""
        known = {state.source: state for state in self._store.states()}
        return tuple(known.get(source, SourceState(source=source)) for source in self._config.sources)

    def conflicts(self) -> tuple[KnownConflict, ...]:
        """Names that are both a user's and a group's, as things stand."""
        standing = self._names.conflicts()
        kinds = self._names.kinds(conflict.name for conflict in standing)
        return tuple(
            KnownConflict(conflict=conflict, kinds=kinds[conflict.name])
            for conflict in standing
            if kinds[conflict.name].ambiguous
        )


def _written(source: str, name: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([source, name]).encode()).decode()


def _read(cursor: str) -> tuple[str, str]:
    try:
        source, name = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error) as error:
        raise _bad_cursor() from error
    return str(source), str(name)


def _bad_cursor() -> InvalidInput:
    return InvalidInput("The cursor is none of ours: begin without one.", reason="bad_cursor")
