"""Which requests a table shows: ConsoleMe's filters, by regular expressions and ranges over cells, and ours. Pure but for the time
that regular expressions may take.
"""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import regex

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.present import WIRE_STATUS, row, title_of
from chalicelib.requests.wire_list import RequestWhere

_BUDGET = 2.0
"""Seconds that all regular expressions of one query may take together."""
_PATTERN_LIMIT = 500
_VALUE_LIMIT = 2_000

Filter = Callable[[Listed], bool]

_CELLS: Mapping[str, Callable[[Listed], Any]] = {
    "request_id": lambda listed: listed.id,
    "username": lambda listed: listed.requester,
    "arn": lambda listed: listed.principal_arn,
    "status": lambda listed: WIRE_STATUS[listed.state],
    "state": lambda listed: listed.shown_state.value,
    "title": title_of,
    "justification": lambda listed: listed.justification,
    "request_time": lambda listed: listed.created_at,
    "last_updated": lambda listed: listed.last_updated,
    "version": lambda _: "2",
    "principal": lambda listed: json.dumps(
        {"principal_type": "AwsResource", "principal_arn": listed.principal_arn}, ensure_ascii=False
    ),
    "extended_request": lambda listed: row(listed).extended_request.model_dump_json(),
}


def filters_of(asked: Mapping[str, Any]) -> list[Filter]:
    """ConsoleMe's. Raises InvalidInput for a shape that is none; the filters raise it when they take too long."""
    end = time.monotonic() + _BUDGET
    made = [_filter(key, wanted, end) for key, wanted in asked.items() if wanted]
    return [one for one in made if one is not None]


def _filter(key: str, wanted: Any, end: float) -> Filter | None:
    """None for a regular expression that is none: ConsoleMe ignores it while somebody is still typing."""
    cell = _CELLS.get(key, _nothing)
    match wanted:
        case str():
            return _text_filter(key, cell, wanted.strip(), end)
        case [int() as low, int() as high]:
            return lambda listed: isinstance(cell(listed), int) and low < cell(listed) < high
    raise InvalidInput(
        f"filters.{key[:50]}: send a regular expression, or two numbers [from, to].", reason="bad_filter"
    )


def _nothing(_: Listed) -> None:
    """The cell of a column that there is not: nothing matches it."""


def _text_filter(key: str, cell: Callable[[Listed], Any], pattern: str, end: float) -> Filter | None:
    if len(pattern) > _PATTERN_LIMIT:
        raise InvalidInput(f"filters.{key[:50]}: longer than {_PATTERN_LIMIT} characters.", reason="bad_filter")
    try:
        compiled = regex.compile(pattern, regex.IGNORECASE)
    except regex.error:
        return None

    def matches(listed: Listed) -> bool:
        text = cell(listed)
        if text is None:
            return False
        try:
            return compiled.search(str(text), timeout=max(end - time.monotonic(), 0.001)) is not None
        except TimeoutError as error:
            raise InvalidInput(
                f"filters.{key[:50]}: this regular expression takes too long. Use a simpler one.", reason="slow_filter"
            ) from error

    return matches


def where_of(asked: RequestWhere) -> list[Filter]:
    """Ours. Raises InvalidInput for a value beyond measure."""
    for name in ("requester", "target", "account_id", "text"):
        if len(getattr(asked, name) or "") > _VALUE_LIMIT:
            raise InvalidInput(f"where.{name}: longer than {_VALUE_LIMIT} characters.", reason="bad_filter")
    made: list[tuple[bool, Filter]] = [
        (bool(asked.states), lambda listed: listed.shown_state in asked.states),
        (bool(asked.change_types), lambda listed: any(one.change_type in asked.change_types for one in listed.summary)),
        (bool(asked.requester), lambda listed: listed.requester == asked.requester),
        (bool(asked.target), lambda listed: asked.target in (listed.principal_arn, *listed.targets)),
        (bool(asked.account_id), lambda listed: any(_account(arn) == asked.account_id for arn in listed.targets)),
        (bool(asked.text), _containing(asked.text or "")),
        (asked.temporary is not None, lambda listed: _temporary(listed) == asked.temporary),
        (True, _created(asked.created_from, asked.created_before)),
    ]
    return [matches for wanted, matches in made if wanted]


def _account(arn: str) -> str:
    return Arn.parse(arn).account


def _temporary(listed: Listed) -> bool:
    return any(change.until is not None for change in listed.summary)


def _created(first: int | None, before: int | None) -> Filter:
    return lambda listed: (first or 0) <= listed.created_at and (before is None or listed.created_at < before)


def _containing(typed: str) -> Filter:
    wanted = typed.strip().casefold()

    def matches(listed: Listed) -> bool:
        titles = (change.title for change in listed.summary)
        texts = (listed.id, listed.requester, listed.principal_arn, listed.justification, *listed.targets, *titles)
        return any(wanted in text.casefold() for text in texts)

    return matches
