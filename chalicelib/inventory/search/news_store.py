"""Table `inventory`, the part about searching: which file is in force, and what changed since it was built. One query reads both."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.core.canonical import content_hash
from chalicelib.core.clock import Clock
from chalicelib.core.ids import ulid
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.inventory.search.models import Change, SearchRow

_PK, _POINTER, _DELTA = "SEARCH", "POINTER", "DELTA#"
_TIME = 10
"""Characters of an id that tell its time."""
_LIFE = 3 * 86_400
"""Seconds for which a change is kept; files are built far more often."""


class NewsRow(Table):
    suffix = "inventory"

    body = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)


class Pointer(Frozen):
    """The file in force. `covers` is the epoch second up to which every change is in it; `whole_at` when it was last built from
    the rows themselves.
    """

    generation: int
    key: str
    covers: int
    built_at: int
    whole_at: int
    rows: int
    size: int
    told: str = ""
    """Digest of the changes at or after `covers` that are in it: when there are no others, nothing changed."""


class NewsStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def tell(self, changes: Iterable[Change]) -> None:
        """Before the rows themselves are written: after a crash in between the next run writes them again, and tells it again."""
        now = self._clock.now()
        with translated("the changes to search"), NewsRow.batch_write() as batch:
            for change in changes:
                body = json.dumps(asdict(change), separators=(",", ":"))
                batch.save(NewsRow(_PK, _DELTA + ulid(now * 1000), body=body, expires_at=now + _LIFE))

    def read(self, since: int) -> tuple[Pointer | None, dict[str, Change]]:
        """The pointer, and by their ids the changes that were told at or after the epoch second `since`. Strongly consistent."""
        begin = _DELTA + beginning(since)
        with translated("the changes to search"):
            rows = list(NewsRow.query(_PK, NewsRow.sk >= begin, consistent_read=True))
        pointer = next((_pointer(row) for row in rows if row.sk == _POINTER), None)
        changes = {row.sk.removeprefix(_DELTA): _change(row) for row in rows if row.sk.startswith(_DELTA)}
        return pointer, changes

    def pointer(self) -> Pointer | None:
        with translated("the pointer of search"):
            try:
                return _pointer(NewsRow.get(_PK, _POINTER, consistent_read=True))
            except DoesNotExist:
                return None

    def move(self, pointer: Pointer) -> None:
        """Raises Conflict when another builder was faster."""
        row = NewsRow(_PK, _POINTER, body=pointer.model_dump_json(), generation=pointer.generation)
        follows = NewsRow.generation == pointer.generation - 1
        with translated("the pointer of search"):
            row.save(condition=NewsRow.pk.does_not_exist() if pointer.generation == 1 else follows)


def beginning(since: int) -> str:
    """What the ids of changes at an epoch second begin with; ids of later ones come after it."""
    return ulid(max(since, 0) * 1000)[:_TIME]


def told_since(ids: Iterable[str], since: int) -> str:
    """Digest of those told at or after an epoch second."""
    return content_hash(sorted(key for key in ids if key >= beginning(since)))


def _pointer(row: NewsRow) -> Pointer:
    return Pointer.model_validate_json(row.body or "")


def _change(row: NewsRow) -> Change:
    body = json.loads(row.body or "")
    found = body["row"]
    return Change(body["arn"], body["observed_at"], None if found is None else SearchRow(**found))
