"""What can be proved of a change, so that nobody need look at it. What is not understood is not proved. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.core.canonical import canonical_json
from chalicelib.core.decisions import Decision
from chalicelib.core.globs import glob_matches
from chalicelib.core.principals import Principal
from chalicelib.requests.approval.models import Matter, Proof, Within

_UNDERSTOOD = {"Sid", "Effect", "Action", "Resource", "Condition"}


def proved(proof: Proof, matter: Matter) -> Decision:
    if matter.change_type == "role_access":
        return _for_oneself(matter)
    if matter.change_type == "inline_policy":
        return _within(proof.within, matter.before, matter.after)
    return Decision.no(f"Nothing is proved of a change of the type {matter.change_type}.", "not_proved")


def _for_oneself(matter: Matter) -> Decision:
    if matter.until is None:
        return Decision.no("It has no end.", "not_proved")
    if matter.gains != {str(Principal.user(matter.requester))}:
        return Decision.no("Somebody else than the requester would get access.", "not_proved")
    return Decision.yes("It is for the requester alone, and it has an end.", "proved")


def _within(allowed: Sequence[Within], before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Decision:
    """Every statement that is new must lie within what is harmless, and none that denies something may go or change."""
    if before and after and before.get("Version") != after.get("Version"):
        return Decision.no("Its version changes, and with it what it means.", "not_proved")
    held = {canonical_json(statement) for statement in _statements(before)}
    wanted = _statements(after)
    kept = {canonical_json(statement) for statement in wanted}
    for statement in _statements(before):
        if statement.get("Effect") != "Allow" and canonical_json(statement) not in kept:
            return Decision.no("A statement that denies something would go.", "not_proved")
    for statement in wanted:
        if canonical_json(statement) not in held and not _harmless(statement, allowed):
            return Decision.no("It allows more than what this rule knows to be harmless.", "not_proved")
    return Decision.yes("Whatever it allows anew lies within what this rule knows to be harmless.", "proved")


def _harmless(statement: Mapping[str, Any], allowed: Sequence[Within]) -> bool:
    """A condition only narrows. Each action on each resource must lie within one entry."""
    if statement.get("Effect") != "Allow" or set(statement) - _UNDERSTOOD:
        return False
    actions, resources = _listed(statement.get("Action")), _listed(statement.get("Resource"))
    return (
        bool(actions)
        and bool(resources)
        and all(
            any(_covers(entry, action, resource) for entry in allowed) for action in actions for resource in resources
        )
    )


def _covers(entry: Within, action: str, resource: str) -> bool:
    return any(contains(pattern.lower(), action.lower()) for pattern in entry.actions) and any(
        contains(pattern, resource) for pattern in entry.resources
    )


def contains(pattern: str, other: str) -> bool:
    """Whether everything that `other` matches is matched by `pattern`: a `*` takes in wildcards as if they were letters, and a `?`
    of the pattern would mistake a `*` for one letter.
    """
    if "?" in pattern and "*" in other:
        return False
    return glob_matches(pattern, other)


def _statements(document: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    found = (document or {}).get("Statement") or []
    return [found] if isinstance(found, dict) else list(found)


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in (value if isinstance(value, list) else [value])]
