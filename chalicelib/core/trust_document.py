"""Trust policies: their grammar, and the form in which IAM keeps them.

Source: the IAM user guide, "IAM JSON policy elements: Principal".
"""

import re
from collections.abc import Mapping
from typing import Any

from chalicelib.core.policy_document import VERSION, check_actions, check_statement, checked_statements, fault, one_of

TRUST_LIMIT = 2_048
"""Characters, blanks not counted, unless the account was given more."""
OLD_VERSION = "2008-10-17"

_KEYS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Condition"}
_KINDS = {"AWS", "Service", "Federated", "CanonicalUser"}
_ACCOUNT = re.compile(r"[0-9]{12}")


def check_trust_policy(document: Any) -> None:
    """Raises InvalidInput that names the place at fault, what is wrong there, and what is wanted."""
    for place, statement in checked_statements(document, versions=(VERSION, OLD_VERSION)):
        if "Resource" in statement or "NotResource" in statement:
            raise fault(place, "names a resource; a trust policy is about its own role and names none")
        check_statement(place, statement, _KEYS)
        check_principals(place, statement)
        check_actions(place, statement)
        for action in one_of(place, statement, "Action", "NotAction"):
            if action != "*" and not action.lower().startswith("sts:"):
                raise fault(place, f"has the action '{action[:100]}'; a trust policy takes actions of sts")


def check_principals(place: str, statement: Mapping[str, Any]) -> None:
    present = [key for key in ("Principal", "NotPrincipal") if key in statement]
    if len(present) != 1:
        raise fault(place, "must have either Principal or NotPrincipal")
    found = statement[present[0]]
    if found == "*":
        return
    if not isinstance(found, dict) or not found or not set(found) <= _KINDS:
        raise fault(f"{place}.{present[0]}", 'must be "*" or map AWS, Service, Federated or CanonicalUser to names')
    for kind, names in found.items():
        listed = names if isinstance(names, list) else [names]
        if not listed or not all(isinstance(name, str) and name for name in listed):
            raise fault(f"{place}.{present[0]}.{kind}", "must be a string or a list of at least one string")


def as_kept(document: Mapping[str, Any], partition: str) -> dict[str, Any]:
    """The trust policy as IAM gives it back: an account's number is its root, a list of one is no list, and names are in order."""
    found = document.get("Statement") or []
    if isinstance(found, list):
        return {**document, "Statement": [_kept_statement(statement, partition) for statement in found]}
    return {**document, "Statement": _kept_statement(found, partition)}


def _kept_statement(statement: Mapping[str, Any], partition: str) -> dict[str, Any]:
    return {
        key: _kept_principal(value, partition) if key in {"Principal", "NotPrincipal"} else value
        for key, value in statement.items()
    }


def _kept_principal(principal: Any, partition: str) -> Any:
    if principal == "*":
        return {"AWS": "*"}
    if not isinstance(principal, Mapping):
        return principal
    return {kind: _kept_names(names, partition) for kind, names in principal.items()}


def _kept_names(names: Any, partition: str) -> Any:
    listed = names if isinstance(names, list) else [names]
    kept = sorted({f"arn:{partition}:iam::{name}:root" if _ACCOUNT.fullmatch(name) else name for name in listed})
    return kept[0] if len(kept) == 1 else kept
