"""Filters and the paths of a patch: the part of RFC 7644's grammar that identity providers use."""

import json
import re
from dataclasses import dataclass

from chalicelib.core.errors import InvalidInput
from chalicelib.identity.directory.scim.models import GROUP_SCHEMA, USER_SCHEMA

_TEXT = r'"(?:[^"\\]|\\.)*"'
_NAME = r"[A-Za-z$][\w$-]*"
_FILTER = re.compile(rf"\s*({_NAME}(?:\.{_NAME})?)\s+(\w+)\s+({_TEXT}|true|false)\s*", re.IGNORECASE)
_PATH = re.compile(rf"({_NAME})(?:\[(.+)\])?(?:\.({_NAME}))?")
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Filter:
    """`attribute eq value`; the attribute in small letters."""

    attribute: str
    value: str


@dataclass(frozen=True, slots=True)
class Path:
    """`emails[type eq "work"].value` has attribute, filter and part; in small letters. `foreign` is of a schema that is not kept."""

    attribute: str
    filter: Filter | None = None
    part: str = ""
    foreign: bool = False


def parse_filter(text: str) -> Filter:
    """Raises InvalidInput for anything but one comparison for equality."""
    found = _FILTER.fullmatch(_without_schema(text.strip())) if len(text) <= _LONGEST else None
    if found is None or found[2].lower() != "eq":
        raise InvalidInput(
            f'The filter {text[:200]!r} is not understood: one comparison such as userName eq "ada@example.com".',
            reason="invalidFilter",
        )
    return Filter(found[1].lower(), _value(found[3]))


def _value(text: str) -> str:
    if not text.startswith('"'):
        return text.lower()
    try:
        return str(json.loads(text))
    except ValueError as error:
        raise InvalidInput(f"The text {text[:200]} in the filter is not JSON.", reason="invalidFilter") from error


def parse_path(text: str) -> Path:
    """Raises InvalidInput."""
    own = _without_schema(text.strip())
    if own.lower().startswith("urn:"):
        return Path(attribute=own.lower(), foreign=True)
    found = _PATH.fullmatch(own) if len(own) <= _LONGEST else None
    if found is None:
        raise InvalidInput(f"The path {text[:200]!r} is not understood.", reason="invalidPath")
    inner = parse_filter(found[2]) if found[2] else None
    return Path(found[1].lower(), inner, (found[3] or "").lower())


def _without_schema(text: str) -> str:
    for schema in (USER_SCHEMA, GROUP_SCHEMA):
        if text.lower().startswith(f"{schema}:".lower()):
            return text[len(schema) + 1 :]
    return text
