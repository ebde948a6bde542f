"""Taking one change of a policy document back out of what others have made of it since.

A statement is known by its Sid, else by what it says. Top-level keys that others have changed stay as they are.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chalicelib.core.canonical import canonical_json

Document = Mapping[str, Any]
Statement = dict[str, Any]


def taken_back(before: Document | None, after: Document | None, live: Document | None) -> dict[str, Any] | None:
    """`live` without the change from `before` to `after`: what it added goes, by Sid even when it was edited since; what it removed or
    replaced comes back; what others added stays. None when no statement is left.

    Byte for byte `before` when nobody else has changed anything.
    """
    if canonical_json(live) == canonical_json(after):
        return None if before is None else dict(before)
    old, new, held = statements(before), statements(after), statements(live)
    added, removed = _missing_in(old, new), _missing_in(new, old)
    kept = _without(held, added, old)
    for statement in removed:
        _put_back(statement, old, kept)
    if not kept:
        return None
    if before is not None and _texts(kept) == _texts(old) and _tops(before, after, live) == _top(before):
        return dict(before)
    return {**_tops(before, after, live), "Statement": kept}


def statements(document: Document | None) -> list[Statement]:
    """A single statement may stand without its list."""
    found = (document or {}).get("Statement") or []
    return [dict(statement) for statement in (found if isinstance(found, list) else [found])]


def _texts(found: Sequence[Statement]) -> list[str]:
    return [canonical_json(statement) for statement in found]


def _missing_in(there: Sequence[Statement], of: Sequence[Statement]) -> list[Statement]:
    known = set(_texts(there))
    return [statement for statement in of if canonical_json(statement) not in known]


def _without(held: Sequence[Statement], added: Sequence[Statement], old: Sequence[Statement]) -> list[Statement]:
    """What was there before is not ours, though we have used its Sid."""
    sids, texts, earlier = _sids(added), set(_texts(added)), set(_texts(old))
    return [
        statement
        for statement, text in zip(held, _texts(held), strict=True)
        if text in earlier or not (text in texts or statement.get("Sid") in sids)
    ]


def _sids(found: Collection[Statement]) -> set[Any]:
    return {statement["Sid"] for statement in found if statement.get("Sid")}


def _put_back(statement: Statement, old: Sequence[Statement], kept: list[Statement]) -> None:
    """Next to what it stood next to. A Sid may stand once: others' statement keeps it."""
    texts, text = _texts(kept), canonical_json(statement)
    if text in texts:
        return
    if statement.get("Sid") in _sids(kept):
        statement = {key: value for key, value in statement.items() if key != "Sid"}
    kept.insert(_place(text, _texts(old), texts), statement)


def _place(text: str, old: Sequence[str], kept: Sequence[str]) -> int:
    """Behind the nearest predecessor that is still there, else before the nearest successor, else at the end."""
    own = old.index(text)
    for earlier in reversed(old[:own]):
        if earlier in kept:
            return kept.index(earlier) + 1
    return next((kept.index(later) for later in old[own + 1 :] if later in kept), len(kept))


def _top(document: Document | None) -> dict[str, Any]:
    return {key: value for key, value in (document or {}).items() if key != "Statement"}


def _tops(before: Document | None, after: Document | None, live: Document | None) -> dict[str, Any]:
    """Version and Id: as they were before the change, unless others have changed them since."""
    if before is None:
        return _top(live)
    old, new, held = _top(before), _top(after), _top(live)
    ours = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key) and held.get(key) == new.get(key)}
    merged = {key: value for key, value in held.items() if key not in ours or key in old}
    return {**merged, **{key: old[key] for key in ours if key in old}}
