"""Acme's own rules: pure, so that they can be tested without anything else."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.decisions import Decision
from chalicelib.core.hooks import ApprovalFacts, ChangeFacts

ON_CALL = "on-call"
_READING = ("s3:Get", "s3:List", "dynamodb:Get", "dynamodb:Query", "dynamodb:Describe")


def freeze(stage: str | None, groups: frozenset[str]) -> Decision | None:
    """Production is for whoever is on call."""
    if stage == "prod" and ON_CALL not in groups:
        return Decision.no("Production is frozen: ask whoever is on call.", "acme_freeze")
    return None


def reading_only(request: ApprovalFacts) -> Decision | None:
    """Reading in test accounts needs nobody's time; production always does."""
    if any(change.target.tags.get("environment") == "prod" for change in request.changes):
        return Decision.no("Changes of production are looked at by people.", "acme_production")
    if all(_only_reads(change) for change in request.changes):
        return Decision.yes("It only reads, and not in production.", "acme_reading")
    return None


def _only_reads(change: ChangeFacts) -> bool:
    """Whether every statement that is added allows reading alone. What is not understood is not reading."""
    if change.before is not None or change.after is None:
        return False
    return all(_statement_reads(statement) for statement in _listed(change.after.get("Statement")))


def _statement_reads(statement: Mapping[str, Any]) -> bool:
    actions = _listed(statement.get("Action"))
    return statement.get("Effect") == "Allow" and bool(actions) and all(map(_reads, actions))


def _reads(action: Any) -> bool:
    return isinstance(action, str) and action.startswith(_READING)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
