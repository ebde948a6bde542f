"""Statements of a policy document, read leniently: what is no statement says nothing. Pure.

Whether a statement covers an action is told by its actions alone; what its resources and conditions narrow is told beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.core.canonical import canonical_json
from chalicelib.core.globs import glob_matches
from chalicelib.requests.guardrails.actions import ActionData

_WILD = ("*", "?")
_PARTS = 6
_TYPE = re.compile(r"^[\w-]+[/:]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Statement:
    """`actions` and `not_actions` are in lower case; one of them is empty, as of `resources` and `not_resources`."""

    place: str
    allows: bool
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    conditional: bool
    text: str
    """Canonical: two statements that say the same in the same way are the same."""

    def known(self, actions: ActionData) -> frozenset[str]:
        """The documented actions that it covers, in lower case."""
        if self.not_actions:
            return actions.every - actions.matching(self.not_actions)
        return actions.matching(self.actions)

    def covers(self, action: str) -> bool:
        """The action in lower case, without wildcards."""
        if self.not_actions:
            return not any(glob_matches(pattern, action) for pattern in self.not_actions)
        return any(glob_matches(pattern, action) for pattern in self.actions)

    @property
    def anywhere(self) -> bool:
        """Whether it reaches resources that it does not name: all of them, or all of a kind."""
        return bool(self.not_resources) or any(is_open(resource) for resource in self.resources)

    @property
    def all_resources(self) -> bool:
        return bool(self.not_resources) or "*" in self.resources

    @property
    def denies_always(self) -> bool:
        return not self.allows and not self.conditional and self.all_resources


def is_open(resource: str) -> bool:
    """Whether the name of a resource begins with a wildcard, behind the word for its type: `*`, `arn:aws:s3:::*`, `arn:aws:iam::1:role/*`.

    The names of buckets have no such word: `arn:aws:s3:::exports/*` is one bucket's objects.
    """
    parts = resource.split(":", _PARTS - 1)
    if len(parts) < _PARTS:
        return any(sign in resource for sign in _WILD)
    name = parts[5]
    if parts[2] != "s3" and not name.startswith(_WILD):
        name = _TYPE.sub("", name)
    return name.startswith(_WILD)


def statements_of(document: Mapping[str, Any] | None) -> tuple[Statement, ...]:
    return tuple(_read(place, raw) for place, raw in _raw(document))


def added(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Statement, ...]:
    """The statements of `after` that `before` does not hold."""
    known = {statement.text for statement in statements_of(before)}
    return tuple(statement for statement in statements_of(after) if statement.text not in known)


def allows(documents: Iterable[Mapping[str, Any]], action: str) -> tuple[Statement, ...]:
    """The statements that allow the action (in lower case), unless one denies it without any condition and everywhere."""
    found = [statement for document in documents for statement in statements_of(document) if statement.covers(action)]
    if any(statement.denies_always for statement in found):
        return ()
    return tuple(statement for statement in found if statement.allows)


def listed(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return tuple(map(str, values))


def some(names: Sequence[str], most: int = 5) -> str:
    """The first of them, and how many more there are."""
    shown = ", ".join(name[:150] for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _raw(document: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    found = (document or {}).get("Statement")
    for number, raw in enumerate(found if isinstance(found, list) else [found]):
        if isinstance(raw, Mapping):
            yield f"Statement[{number}]", raw


def _read(place: str, raw: Mapping[str, Any]) -> Statement:
    return Statement(
        place=place,
        allows=raw.get("Effect") == "Allow",
        actions=tuple(action.lower() for action in listed(raw.get("Action"))),
        not_actions=tuple(action.lower() for action in listed(raw.get("NotAction"))),
        resources=listed(raw.get("Resource")),
        not_resources=listed(raw.get("NotResource")),
        conditional=bool(raw.get("Condition")),
        text=canonical_json(raw),
    )
