"""What hooks say about a configuration that somebody is about to save: what it would do, and what speaks against it."""

from typing import Protocol, TypeVar

from pydantic import BaseModel

from chalicelib.core.model import Frozen

Section = TypeVar("Section", bound=BaseModel)
_SHOWN = 80
"""Letters of a value that stand in a line."""


class Sections(Protocol):
    """A configuration as hooks see it. `version` is 0 for the document that ships with the package."""

    @property
    def version(self) -> int: ...

    def section(self, name: str, model: type[Section]) -> Section: ...


class Finding(Frozen):
    """A word of a hook about one section."""

    section: str


class Effect(Finding):
    """One line of what a save would do: "3 roles more for 12 people". A warning deserves a second look."""

    text: str
    warning: bool = False


class Guard(Finding):
    """A reason not to save. A confirmable one gives way when the person repeats the save and names its rule."""

    rule: str
    reason: str
    confirmable: bool = False


def changed_fields(
    section: str, before: BaseModel, after: BaseModel, *, hidden: frozenset[str] = frozenset()
) -> list[Effect]:
    """One line per field of a section that says something else; values of `hidden` ones are not shown."""
    found: list[Effect] = []
    for name in type(after).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            words = "changes" if name in hidden else f"{_short(old)} becomes {_short(new)}"
            found.append(Effect(section=section, text=f"{name}: {words}."))
    return found


def _short(value: object) -> str:
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    words = "nothing" if value is None or value in ((), "", {}) else str(value)
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."
