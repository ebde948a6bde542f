"""The table of requests, newest first, with ConsoleMe's filters."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import regex

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.models import Head
from chalicelib.requests.present import row, with_links
from chalicelib.requests.rules import Person
from chalicelib.requests.store import RequestStore
from chalicelib.requests.wire_list import RequestRow, RequestTable, TableQuery

ROWS_LIMIT = 3000
"""Rows in one answer: Lambda's answers end at 6 MB."""
_BUDGET = 2.0
"""Seconds that all regular expressions of one query may take together."""
_PATTERN_LIMIT = 500

Filter = Callable[[Mapping[str, Any]], bool]


class RequestLister:
    def __init__(self, *, store: RequestStore) -> None:
        self._store = store

    def table(self, query: TableQuery, person: Person, *, links: bool) -> RequestTable:
        """What the person sees. Raises InvalidInput for a filter of a shape that is none, or one that takes too long."""
        filters = _filters(query.filters or {})
        heads = [head for head in self._store.newest() if person.may_look_at(head.requester, [head.principal_arn])]
        matching = [head for head in heads if _matches(head, filters)]
        matching.sort(key=lambda head: (-head.created_at, head.id))
        limit = ROWS_LIMIT if query.limit is None else min(query.limit, ROWS_LIMIT)
        rows: list[RequestRow] = [row(head) for head in matching[:limit]]
        return RequestTable(
            totalCount=len(heads), filteredCount=len(rows), data=[with_links(one) for one in rows] if links else rows
        )


def _matches(head: Head, filters: list[Filter]) -> bool:
    if not filters:
        return True
    cells = row(head).model_dump(mode="json")
    return all(matches(cells) for matches in filters)


def _filters(asked: Mapping[str, Any]) -> list[Filter]:
    end = time.monotonic() + _BUDGET
    made = [_filter(key, wanted, end) for key, wanted in asked.items() if wanted]
    return [one for one in made if one is not None]


def _filter(key: str, wanted: Any, end: float) -> Filter | None:
    """None for a regular expression that is none: ConsoleMe ignores it while somebody is still typing."""
    match wanted:
        case str():
            return _text_filter(key, wanted.strip(), end)
        case [int() as low, int() as high]:
            return lambda cells: isinstance(cells.get(key), int) and low < cells[key] < high
    raise InvalidInput(
        f"filters.{key[:50]}: send a regular expression, or two numbers [from, to].", reason="bad_filter"
    )


def _text_filter(key: str, pattern: str, end: float) -> Filter | None:
    if len(pattern) > _PATTERN_LIMIT:
        raise InvalidInput(f"filters.{key[:50]}: longer than {_PATTERN_LIMIT} characters.", reason="bad_filter")
    try:
        compiled = regex.compile(pattern, regex.IGNORECASE)
    except regex.error:
        return None

    def matches(cells: Mapping[str, Any]) -> bool:
        cell = cells.get(key)
        if cell is None:
            return False
        try:
            return compiled.search(str(cell), timeout=max(end - time.monotonic(), 0.001)) is not None
        except TimeoutError as error:
            raise InvalidInput(
                f"filters.{key[:50]}: this regular expression takes too long. Use a simpler one.", reason="slow_filter"
            ) from error

    return matches
