"""Does a trust policy let this caller do this? Stands for AWS, so it shares no line with the product's own evaluation.

Closed in every doubt: what is not understood never allows, and always denies.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.conditions import Context, glob, hold, listed


@dataclass(frozen=True)
class Caller:
    """Who calls. `names` are all the ARNs by which a policy can mean this caller."""

    arn: str
    account_id: str
    kind: str
    """AssumedRole, User or Service."""
    names: frozenset[str]
    user_id: str = ""
    source_identity: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()

    @property
    def is_role_session(self) -> bool:
        return self.kind == "AssumedRole"


def allows(document: str | Mapping[str, Any], action: str, caller: Caller, context: Context) -> bool:
    """True when a statement allows and none denies."""
    parsed = json.loads(document) if isinstance(document, str) else document
    allowed = False
    for statement in listed(parsed.get("Statement")):
        effect = statement.get("Effect")
        if not is_about(statement, action):
            continue
        if effect == "Deny" and _meant(statement, caller, doubt=True) and hold(statement, context, doubt=True):
            return False
        if effect == "Allow" and _meant(statement, caller, doubt=False) and hold(statement, context, doubt=False):
            allowed = True
    return allowed


def is_about(statement: Mapping[str, Any], action: str) -> bool:
    """Whether the statement speaks of the action."""
    if "Action" in statement:
        return any(glob(str(name).lower(), action.lower()) for name in listed(statement["Action"]))
    if "NotAction" in statement:
        return not any(glob(str(name).lower(), action.lower()) for name in listed(statement["NotAction"]))
    return False


def _meant(statement: Mapping[str, Any], caller: Caller, *, doubt: bool) -> bool:
    if "Principal" in statement:
        return _names_caller(statement["Principal"], caller)
    if "NotPrincipal" in statement:
        # IAM refuses NotPrincipal with Allow in a trust policy.
        return doubt and not _names_caller(statement["NotPrincipal"], caller)
    return False


def _names_caller(principal: Any, caller: Caller) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    kind = "Service" if caller.kind == "Service" else "AWS"
    names = {str(name) for name in listed(principal.get(kind))}
    if kind == "Service":
        return bool(names & caller.names)
    return "*" in names or caller.account_id in names or bool(names & caller.names)
