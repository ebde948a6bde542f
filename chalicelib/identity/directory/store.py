"""Table `directory`, the part about people and groups.

`USER#<name>` / `SOURCE#<source>` is what one source says of a person: what decides. `DIRECTORY#<source>` lists what was carried
out of that source's word, person by person and group by group: a row there is a receipt, written when everything that follows
from the word was done. `SOURCES` / <source> is how a source is doing.
"""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.identity.directory.listing import Listing
from chalicelib.identity.directory.models import SIGN_IN, GroupRecord, PersonRecord, SourceState

_SOURCES = "SOURCES"


class DirectoryRow(Table):
    suffix = "directory"

    body = UnicodeAttribute(null=True)
    members = BinaryAttribute(legacy_encoding=False, null=True)
    observed_at = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a person, by source, and when each source last answered whole."""

    records: Mapping[str, PersonRecord]
    fresh: Mapping[str, int]


class DirectoryStore:
    def said(self, user: str, sources: Iterable[str]) -> Said:
        """One consistent round trip."""
        wanted = tuple(sources)
        keys = [(_user(user), _source(source)) for source in (SIGN_IN, *wanted)]
        keys += [(_SOURCES, source) for source in wanted]
        with translated("the directory"):
            rows = list(DirectoryRow.batch_get(keys, consistent_read=True))
        states = [SourceState.model_validate_json(row.body) for row in rows if row.pk == _SOURCES and row.body]
        records = [PersonRecord.model_validate_json(row.body) for row in rows if row.pk != _SOURCES and row.body]
        return Said(
            records={record.source: record for record in records},
            fresh={state.source: state.succeeded_at for state in states if state.succeeded_at is not None},
        )

    def say(self, record: PersonRecord) -> bool:
        """Whether it was written: an older word never replaces a newer one."""
        row = DirectoryRow(_user(record.user), _source(record.source))
        row.body, row.observed_at = record.model_dump_json(), record.observed_at
        try:
            with translated(f"the directory's row of {record.user}"):
                row.save(condition=_newer(record.observed_at))
        except Conflict:
            return False
        return True

    def say_signed_in(self, record: PersonRecord) -> None:
        """Both rows at once: nothing follows from this word that could be left undone."""
        newer = _newer(record.observed_at)
        body = record.model_dump_json()
        keys = [(_user(record.user), _source(SIGN_IN)), (_listing(SIGN_IN), _user(record.user))]
        with (
            suppress(Conflict),
            translated("the directory"),
            TransactWrite(connection=connection()) as transaction,
        ):
            for key in keys:
                transaction.save(DirectoryRow(*key, body=body, observed_at=record.observed_at), condition=newer)

    def receipt(self, record: PersonRecord) -> None:
        """Notes that everything followed from the record; of one who was removed nothing stays in the list."""
        row = DirectoryRow(_listing(record.source), _user(record.user))
        row.body, row.observed_at = record.model_dump_json(), record.observed_at
        self._list(row, record.observed_at, gone=record.removed)

    def group_receipt(self, record: GroupRecord) -> None:
        row = DirectoryRow(_listing(record.source), _group(record.group))
        row.body, row.observed_at = record.model_dump_json(exclude={"members"}), record.observed_at
        row.members = _packed(record.members)
        self._list(row, record.observed_at, gone=False)

    def drop_group(self, source: str, group: str, observed_at: int) -> None:
        self._list(DirectoryRow(_listing(source), _group(group)), observed_at, gone=True)

    def _list(self, row: DirectoryRow, observed_at: int, *, gone: bool) -> None:
        with suppress(Conflict), translated("the directory's list"):
            if gone:
                row.delete(condition=_newer(observed_at))
            else:
                row.save(condition=_newer(observed_at))

    def listing(self, source: str) -> Listing:
        """Everything that was carried out of a source's word; strongly consistent."""
        with translated(f"what {source} said before"):
            rows = list(DirectoryRow.query(_listing(source), consistent_read=True))
        people = [_person(row) for row in rows if row.sk.startswith(_user(""))]
        groups = [_group_of(row) for row in rows if row.sk.startswith(_group(""))]
        return Listing({one.user: one for one in people}, {one.group: one for one in groups})

    def listed_person(self, source: str, user: str) -> PersonRecord | None:
        row = self._listed(source, _user(user))
        return _person(row) if row is not None else None

    def listed_group(self, source: str, group: str) -> GroupRecord | None:
        row = self._listed(source, _group(group))
        return _group_of(row) if row is not None else None

    def _listed(self, source: str, sk: str) -> DirectoryRow | None:
        with translated(f"what {source} said before"):
            try:
                return DirectoryRow.get(_listing(source), sk, consistent_read=True)
            except DoesNotExist:
                return None

    def people_from(self, source: str, after: str) -> Iterator[PersonRecord]:
        """In the order of their names, those after the name `after`."""
        yield from map(_person, self._from(source, _user(""), after))

    def groups_from(self, source: str, after: str) -> Iterator[GroupRecord]:
        yield from map(_group_of, self._from(source, _group(""), after))

    def _from(self, source: str, kind: str, after: str) -> Iterator[DirectoryRow]:
        below: Condition = DirectoryRow.sk.startswith(kind)
        last = {"pk": {"S": _listing(source)}, "sk": {"S": f"{kind}{after}"}} if after else None
        with translated(f"the list of {source}"):
            yield from DirectoryRow.query(_listing(source), below, last_evaluated_key=last)

    def states(self) -> tuple[SourceState, ...]:
        with translated("the directory's sources"):
            rows = list(DirectoryRow.query(_SOURCES, consistent_read=True))
        return tuple(SourceState.model_validate_json(row.body) for row in rows if row.body)

    def state(self, source: str) -> SourceState:
        with translated("the directory's sources"):
            try:
                row = DirectoryRow.get(_SOURCES, source, consistent_read=True)
            except DoesNotExist:
                return SourceState(source=source)
        return SourceState.model_validate_json(row.body) if row.body else SourceState(source=source)

    def put_state(self, state: SourceState, at: int) -> None:
        """An older run's word never replaces a newer one's."""
        row = DirectoryRow(_SOURCES, state.source, body=state.model_dump_json(), observed_at=at)
        with suppress(Conflict), translated("the directory's sources"):
            row.save(condition=_newer(at))


def _newer(observed_at: int) -> Condition:
    condition: Condition = DirectoryRow.pk.does_not_exist() | (DirectoryRow.observed_at <= observed_at)
    return condition


def _user(name: str) -> str:
    return f"USER#{name}"


def _group(name: str) -> str:
    return f"GROUP#{name}"


def _source(source: str) -> str:
    return f"SOURCE#{source}"


def _listing(source: str) -> str:
    return f"DIRECTORY#{source}"


def _packed(members: Iterable[str]) -> bytes:
    return gzip.compress(json.dumps(sorted(members)).encode(), mtime=0)


def _person(row: DirectoryRow) -> PersonRecord:
    return PersonRecord.model_validate_json(row.body or "")


def _group_of(row: DirectoryRow) -> GroupRecord:
    members = json.loads(gzip.decompress(row.members)) if row.members else []
    return GroupRecord.model_validate({**json.loads(row.body or ""), "members": members})
