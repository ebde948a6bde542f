"""Which attributes of a resource a client wants to see (RFC 7644, section 3.9): pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from chalicelib.identity.directory.scim.models import Resource

_ALWAYS = {"schemas", "id"}
Shown = TypeVar("Shown", bound=Resource)


@dataclass(frozen=True, slots=True)
class Selection:
    """Names in small letters, such as `name.familyname`; none wanted means all but the excluded ones."""

    wanted: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()

    @classmethod
    def of(cls, attributes: str, excluded: str) -> "Selection":
        return cls(_names(attributes), _names(excluded))

    def wants(self, name: str) -> bool:
        """Whether anything of the attribute is shown."""
        lower = name.lower()
        if lower in _ALWAYS:
            return True
        return lower not in self.excluded and (not self.wanted or any(_is_of(one, lower) for one in self.wanted))

    def cut(self, resource: Shown) -> Shown:
        changes: dict[str, Any] = {}
        for name in type(resource).model_fields:
            value = getattr(resource, name)
            shown = self._part(name.lower(), value) if self.wants(name) else None
            if shown != value:
                changes[name] = shown
        return resource.model_copy(update=changes)

    def _part(self, name: str, value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(self._part(name, item) for item in value)
        parts = {one.partition(".")[2] for one in self.wanted if one.startswith(f"{name}.")}
        without = {one.partition(".")[2] for one in self.excluded if one.startswith(f"{name}.")}
        if not isinstance(value, BaseModel) or name in self.wanted or not (parts or without):
            return value
        hidden = [
            part
            for part in type(value).model_fields
            if part.lower() in without or (parts and part.lower() not in parts)
        ]
        return value.model_copy(update=dict.fromkeys(hidden))


def _names(text: str) -> frozenset[str]:
    """A name may come with its schema, which holds dots and colons of its own."""
    listed: Iterable[str] = (name.strip().lower().rpartition(":")[2] for name in text.split(","))
    return frozenset(name for name in listed if name)


def _is_of(wanted: str, name: str) -> bool:
    return wanted == name or wanted.startswith(f"{name}.")
