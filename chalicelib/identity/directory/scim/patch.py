"""What a patch makes of a resource: pure. Okta's and Entra's dialects are understood beside the standard's.

Documents have their attributes' names in small letters. Attributes that are not kept may be patched, to no effect.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.errors import InvalidInput
from chalicelib.identity.directory.scim.models import lowered, member_ids
from chalicelib.identity.directory.scim.paths import Path, parse_path

MEMBERS = "members"
_MOST = 1_000
_OPERATIONS = {"add", "remove", "replace"}
_REQUIRED = {"active", "username"}
"""Taking one of these away would mean something that nobody says by it, such as that a suspended person is active."""


@dataclass(frozen=True, slots=True)
class Operation:
    kind: str
    path: Path
    value: Any


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Of a PatchOp, in their order; one without a path is one for each of its attributes. Raises InvalidInput."""
    listed = lowered(document).get("operations")
    if not isinstance(listed, list) or not 0 < len(listed) <= _MOST:
        raise InvalidInput(f"A patch has between 1 and {_MOST} Operations.", reason="invalidSyntax")
    return tuple(found for item in listed for found in _operation(item))


def _operation(item: Any) -> Iterator[Operation]:
    kind = str(item.get("op", "")).lower() if isinstance(item, Mapping) else ""
    if kind not in _OPERATIONS:
        raise InvalidInput("Each of the Operations has an op: add, remove or replace.", reason="invalidSyntax")
    path, value = item.get("path"), item.get("value")
    if path:
        yield Operation(kind, parse_path(str(path)), value)
    elif isinstance(value, Mapping) and kind != "remove":
        for name, inner in value.items():
            yield Operation(kind, parse_path(str(name)), inner)
    else:
        raise InvalidInput(
            "An operation without a path brings an object of attributes as its value.", reason="noTarget"
        )


def patched(document: Mapping[str, Any], todo: tuple[Operation, ...]) -> dict[str, Any]:
    """The document afterwards, without its members. Raises InvalidInput."""
    found = dict(document)
    for one in todo:
        if not one.path.foreign and one.path.attribute != MEMBERS:
            _apply(found, one)
    return found


def _apply(document: dict[str, Any], one: Operation) -> None:
    name, part = one.path.attribute, one.path.part
    if one.kind == "remove" and name in _REQUIRED:
        raise InvalidInput(f"{name} can't be removed: replace it.", reason="mutability")
    before = document.get(name)
    if one.path.filter is not None:
        document[name] = _chosen(before, one)
    elif part:
        whole = dict(before) if isinstance(before, Mapping) else {}
        document[name] = _with_part(whole, part, one)
    elif one.kind == "remove":
        document.pop(name, None)
    elif one.kind == "add" and isinstance(before, list):
        document[name] = [*before, *(one.value if isinstance(one.value, list) else [one.value])]
    elif one.kind == "add" and isinstance(before, Mapping) and isinstance(one.value, Mapping):
        document[name] = {**before, **one.value}
    else:
        document[name] = one.value


def _with_part(whole: dict[str, Any], part: str, one: Operation) -> dict[str, Any]:
    if one.kind == "remove":
        return {key: value for key, value in whole.items() if key != part}
    return {**whole, part: one.value}


def _chosen(before: Any, one: Operation) -> list[Any]:
    """Changes those of the list that the filter means; what is added to none of them becomes a new one."""
    wanted, part = one.path.filter, one.path.part
    assert wanted is not None  # noqa: S101 asked by the caller
    listed = [item for item in before if isinstance(item, Mapping)] if isinstance(before, list) else []
    meant = [str(item.get(wanted.attribute, "")).lower() == wanted.value.lower() for item in listed]
    if one.kind == "remove" and not part:
        return [item for item, hit in zip(listed, meant, strict=True) if not hit]
    if not any(meant):
        if one.kind == "remove":
            return list(listed)
        listed, meant = [*listed, {wanted.attribute: wanted.value}], [*meant, True]
    return [_changed(dict(item), part, one) if hit else item for item, hit in zip(listed, meant, strict=True)]


def _changed(item: dict[str, Any], part: str, one: Operation) -> dict[str, Any]:
    if part:
        return _with_part(item, part, one)
    return {**item, **one.value} if isinstance(one.value, Mapping) else {**item, "value": one.value}


@dataclass
class MemberChange:
    """What a patch does to the members: `whole` (None: as they are), and then these away and those in."""

    whole: frozenset[str] | None = None
    added: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)

    def of(self, before: frozenset[str]) -> frozenset[str]:
        return ((before if self.whole is None else self.whole) - self.removed) | self.added

    @property
    def nothing(self) -> bool:
        return self.whole is None and not self.added and not self.removed


def member_change(todo: tuple[Operation, ...]) -> MemberChange:
    """Raises InvalidInput."""
    change = MemberChange()
    for one in todo:
        if not one.path.foreign and one.path.attribute == MEMBERS:
            _move(change, one)
    return change


def _move(change: MemberChange, one: Operation) -> None:
    chosen = one.path.filter
    if chosen is not None and chosen.attribute != "value":
        raise InvalidInput('Members are chosen by their id: members[value eq "..."].', reason="invalidFilter")
    if chosen is not None and one.kind == "replace":
        raise InvalidInput("A member is added or removed, never replaced.", reason="mutability")
    ids = set(member_ids(one.value)) if chosen is None else {chosen.value}
    if one.kind == "add":
        change.added |= ids
        change.removed -= ids
    elif one.kind == "remove" and (chosen is not None or one.value is not None):
        change.added -= ids
        change.removed |= ids
    else:
        change.whole, change.added, change.removed = frozenset(ids if one.kind == "replace" else ()), set(), set()
