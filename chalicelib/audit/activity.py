"""Who did what: the audit log by time, newest first, filtered and paged. Reads are bounded; a cursor carries on where they ended."""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Protocol

from pydantic import Field, model_validator

from chalicelib.audit.columns import day_of, index_key
from chalicelib.audit.models import ChainedEntry, Outcome
from chalicelib.core.canonical import content_hash
from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen

Index = Literal["day", "person", "target"]
Format = Literal["csv", "jsonl"]
"""Of an export."""

_DAY = 86_400
_LAST = 99_999_999_999
LOOK_BACK = 31 * _DAY
"""Seconds before the end of the time that is asked for, where nobody says when it begins, and no person and no target either."""
_LOOKS, _BATCH = 40, 250
"""Queries for one page, and rows of each: ten thousand entries, or forty days on which nothing happened."""


class ActivityFilter(Frozen):
    """Epoch seconds, both ends included. What is empty is not asked; texts are compared without case."""

    since: int | None = Field(default=None, ge=0, le=_LAST)
    until: int | None = Field(default=None, ge=0, le=_LAST)
    person: str = Field(default="", max_length=300)
    """`user:ada@example.com`, `system:due`; a bare name is a user's."""
    action: str = Field(default="", max_length=100)
    """`credentials.issue`, or `credentials` for all of that family."""
    target: str = Field(default="", max_length=2000)
    target_prefix: str = Field(default="", max_length=2000)
    outcome: Outcome | None = None
    text: str = Field(default="", max_length=200)
    """Words; each stands somewhere in the entry."""

    @model_validator(mode="after")
    def _in_order(self) -> "ActivityFilter":
        if self.since is not None and self.until is not None and self.since > self.until:
            message = "since must not be later than until"
            raise ValueError(message)
        return self


class After(Frozen):
    """The last row that was looked at."""

    pk: str = Field(min_length=1, max_length=300)
    sk: str = Field(min_length=1, max_length=300)
    occurred_at: int


class Cursor(Frozen):
    """Where to carry on: in which index, below which of its keys, after which row. It fits one filter only."""

    filter: str
    until: int = Field(ge=0, le=_LAST)
    key: str
    after: After | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as an index gives it; None for one that can't be read."""

    place: After
    link: ChainedEntry | None


class Rows(Protocol):
    def page(
        self, index: Index, key: str, since: int, until: int, after: After | None, limit: int
    ) -> Sequence[Row]: ...


class ActivityPage(Frozen):
    """`cursor` is None at the end. A page may be short of its limit, even empty, and still have one: much was read, little fits."""

    entries: tuple[ChainedEntry, ...]
    cursor: str | None
    unreadable: int = 0


class Activity:
    def __init__(self, *, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    def page(self, wanted: ActivityFilter, cursor: str | None = None, limit: int = 50) -> ActivityPage:
        """Raises InvalidInput for a cursor that is none of this filter's."""
        index, start = self._begin(wanted, cursor)
        since = wanted.since if wanted.since is not None else max(0, start.until - LOOK_BACK) if index == "day" else 0
        found: list[ChainedEntry] = []
        unreadable = 0
        place = start
        for looked in self._looks(index, start, since):
            place = looked.place
            for row in looked.rows:
                place = place.model_copy(update={"after": row.place})
                if row.link is None:
                    unreadable += 1
                elif fits(row.link, wanted):
                    found.append(row.link)
                if len(found) == limit:
                    return ActivityPage(entries=tuple(found), cursor=encoded(place), unreadable=unreadable)
            if looked.last:
                return ActivityPage(entries=tuple(found), cursor=None, unreadable=unreadable)
        return ActivityPage(entries=tuple(found), cursor=encoded(place), unreadable=unreadable)

    def _begin(self, wanted: ActivityFilter, cursor: str | None) -> tuple[Index, Cursor]:
        index, key = _index_of(wanted)
        mark = content_hash(wanted.model_dump(mode="json"))[:16]
        if cursor is not None:
            place = decoded(cursor)
            if place.filter != mark or not _is_of(place, index, key, wanted.since or 0):
                raise InvalidInput(
                    "This cursor belongs to another filter: begin again without it.", reason="bad_cursor"
                )
            return index, place
        until = wanted.until if wanted.until is not None else self._clock.now() + 60
        return index, Cursor(filter=mark, until=until, key=key or day_of(until))

    def _looks(self, index: Index, start: Cursor, since: int) -> Iterator["_Look"]:
        """Batches of rows; of the index by day, one day after the other, backwards."""
        place = start
        for _ in range(_LOOKS):
            rows = self._rows.page(index, place.key, since, start.until, place.after, _BATCH)
            over = len(rows) < _BATCH
            earlier = _day_before(place.key) if index == "day" and over else None
            ended = over and (earlier is None or earlier < day_of(since))
            yield _Look(place=place, rows=tuple(rows), last=ended)
            if ended:
                return
            if earlier is not None:
                place = place.model_copy(update={"key": earlier, "after": None})
            else:
                place = place.model_copy(update={"after": rows[-1].place})


@dataclass(frozen=True, slots=True)
class _Look:
    """What one query gave, and from where; `last` when nothing can follow."""

    place: Cursor
    rows: tuple[Row, ...]
    last: bool


def _index_of(wanted: ActivityFilter) -> tuple[Index, str]:
    """The narrowest index for the filter, and its key; none for the index by day."""
    if wanted.person:
        return "person", index_key(person_of(wanted.person))
    if wanted.target:
        return "target", index_key(wanted.target)
    return "day", ""


def _is_of(place: Cursor, index: Index, key: str, since: int) -> bool:
    """Whether the database could start there: it refuses a start outside of what is asked."""
    moment = place.after.occurred_at if place.after else place.until
    if not since <= moment <= place.until:
        return False
    if index != "day":
        return place.key == key
    return _is_day(place.key) and (place.after is None or day_of(moment) == place.key)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def person_of(name: str) -> str:
    """`user:ada@example.com` of a bare name. Names are folded in the log."""
    folded = name.strip().casefold()
    return folded if folded.startswith(("user:", "group:", "system:")) else f"user:{folded}"


def fits(link: ChainedEntry, wanted: ActivityFilter) -> bool:
    """Whether an entry is asked for; time and index have been looked at."""
    entry = link.entry
    action = wanted.action.strip().casefold()
    return (
        (not wanted.person or entry.person.casefold() == person_of(wanted.person))
        and (not action or entry.action == action or entry.action.startswith(f"{action}."))
        and (not wanted.target or entry.target == wanted.target)
        and entry.target.casefold().startswith(wanted.target_prefix.casefold())
        and wanted.outcome in {None, entry.outcome}
        and _holds(link, wanted.text)
    )


def _holds(link: ChainedEntry, text: str) -> bool:
    words = text.casefold().split()
    if not words:
        return True
    entry = link.entry
    parts = [entry.action, entry.person, entry.target, entry.reason, *map(str, entry.details.values())]
    whole = "\n".join(parts).casefold()
    return all(word in whole for word in words)


def _day_before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def encoded(place: Cursor) -> str:
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def decoded(cursor: str) -> Cursor:
    """Raises InvalidInput."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return Cursor.model_validate_json(text)
    except ValueError as error:
        raise InvalidInput("This is no cursor of ours: begin again without it.", reason="bad_cursor") from error
