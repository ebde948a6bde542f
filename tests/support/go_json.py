"""JSON as Go's encoding/json reads it into typed fields: strict about types, forgiving about what is absent.

A reader takes a value and where it stands; ABSENT and null give Go's zero value. Keys have no case, unknown ones are ignored.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Reader = Callable[[Any, str], Any]
ABSENT = object()
_INT64 = 2**63


class DecodeError(ValueError):
    """What Go would not put into the field."""


def _refuse(value: Any, where: str, wanted: str) -> DecodeError:
    kind = {dict: "object", list: "array", str: "string", bool: "bool"}.get(type(value), f"number {value}")
    return DecodeError(f"cannot unmarshal {kind} into field {where} of type {wanted}")


def _empty(value: Any) -> bool:
    return value is None or value is ABSENT


def text(value: Any, where: str) -> str:
    if _empty(value):
        return ""
    if not isinstance(value, str):
        raise _refuse(value, where, "string")
    return value


def whole(value: Any, where: str) -> int:
    """Written as an integer: `1.0` and `1e3` are no integers, nor is `"1"`."""
    if _empty(value):
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not -_INT64 <= value < _INT64:
        raise _refuse(value, where, "int64")
    return value


def present_whole(value: Any, where: str) -> int:
    """A field that parses its own bytes: not even null will do, though it may be absent."""
    if value is None:
        raise DecodeError(f"parsing {where}: null is no number")
    return whole(value, where)


def flag(value: Any, where: str) -> bool:
    if _empty(value):
        return False
    if not isinstance(value, bool):
        raise _refuse(value, where, "bool")
    return value


def raw(value: Any, where: str) -> Any:
    return None if value is ABSENT else value


def listed(item: Reader) -> Reader:
    def read(value: Any, where: str) -> list[Any]:
        if _empty(value):
            return []
        if not isinstance(value, list):
            raise _refuse(value, where, "[]")
        return [item(one, f"{where}[{place}]") for place, one in enumerate(value)]

    return read


def members(value: Any, where: str) -> dict[str, Any]:
    """A map: keys as they are, values unread."""
    if _empty(value):
        return {}
    if not isinstance(value, dict):
        raise _refuse(value, where, "map")
    return value


def record(fields: Mapping[str, Reader]) -> Reader:
    """A struct."""

    def read(value: Any, where: str) -> dict[str, Any]:
        found = {name.lower(): member for name, member in members(value, where).items()}
        return {name: reader(found.get(name.lower(), ABSENT), f"{where}.{name}") for name, reader in fields.items()}

    return read


def pointer(inner: Reader) -> Reader:
    """A struct that may be nil."""

    def read(value: Any, where: str) -> Any:
        return None if _empty(value) else inner(value, where)

    return read


def decode(reader: Reader, body: bytes) -> Any:
    """Raises DecodeError."""
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except ValueError as error:
        beginning = body.decode("utf-8", "replace").lstrip()[:1]
        if not beginning:
            raise DecodeError("unexpected end of JSON input") from error
        raise DecodeError(f"invalid character {beginning!r} looking for beginning of value") from error
    return reader(value, "")


def _no_constant(constant: str) -> None:
    raise ValueError(constant)
