"""Where in a policy's text its statements and their words stand, in lines and columns from 1."""

import importlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from chalicelib.requests.guardrails.wire import Location


class Fault(NamedTuple):
    """Why a text is no JSON object, and where."""

    reason: str
    location: Location


def read(text: str) -> dict[str, Any] | Fault:
    """A key given twice means two things to two readers: it is a fault."""
    try:
        found = json.loads(text, object_pairs_hook=_unique, parse_constant=_unknown)
    except json.JSONDecodeError as error:
        return Fault(f"{error.msg}.", Location(line=error.lineno, column=error.colno))
    except (ValueError, RecursionError) as error:
        return Fault(str(error)[:200], _START)
    if not isinstance(found, dict):
        return Fault("A policy is a JSON object.", _START)
    return Fault("It is nested too deeply.", _START) if _is_deep(found) else found


class Places:
    """Of a text that `read` has understood."""

    def __init__(self, text: str) -> None:
        self._library: Any = importlib.import_module("jsoncfg")
        self._statements = list(self._found(text))

    def of(self, number: int | None, string: str = "") -> Location:
        """Of a statement, counted from 0; of the text in it where that stands."""
        if number is None or number >= len(self._statements):
            return _START.model_copy(update={"string": string})
        statement = self._statements[number]
        there = next((node for node in self._scalars(statement) if node.value == string), None) if string else None
        line, column = self._library.node_location(statement if there is None else there)
        return Location(line=line, column=column, string=string)

    def _found(self, text: str) -> Iterator[Any]:
        nodes = self._library
        found = nodes.loads_config(text)["Statement"]
        if nodes.node_exists(found):
            yield from found if nodes.node_is_array(found) else [found]

    def _scalars(self, node: Any) -> Iterator[Any]:
        if self._library.node_is_scalar(node):
            yield node
        elif self._library.node_is_array(node):
            for inner in node:
                yield from self._scalars(inner)
        else:
            for _, inner in node:
                yield from self._scalars(inner)


_START = Location(line=1, column=1)
_DEPTH_LIMIT = 20


def _is_deep(found: Any) -> bool:
    level = [found]
    for _ in range(_DEPTH_LIMIT):
        level = [inner for item in level for inner in _within(item)]
    return bool(level)


def _within(item: Any) -> Iterable[Any]:
    return item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()


def _unknown(constant: str) -> None:
    """Python would read NaN and Infinity."""
    message = f"{constant} is no value of JSON."
    raise ValueError(message)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = f"The key {key[:100]} stands twice."
            raise ValueError(message)
        found[key] = value
    return found
