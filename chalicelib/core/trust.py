"""Reading a trust policy: may this principal take this action on the role it guards?

Follows AWS's evaluation: an explicit Deny wins, then an Allow is needed. What cannot be judged here (an operator or a key
that this module does not know, a NotPrincipal beside Allow) never allows and always denies.
Source: the IAM user guide, "Policy evaluation logic" and "Condition operators".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.globs import glob_matches

ASSUME_ROLE = "sts:AssumeRole"
TAG_SESSION = "sts:TagSession"
SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"

_OPERATORS = {
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "Bool"),
}
_BROUGHT_BY_THE_CALL = ("sts:", "aws:requesttag/", "aws:tagkeys")


@dataclass(frozen=True, slots=True)
class TrustContext:
    """Who asks (an IAM role's ARN) and the condition keys that are known of the call, by lower-case key."""

    principal_arn: str
    keys: Mapping[str, str]

    def value(self, key: str) -> str | None:
        arn = Arn.parse(self.principal_arn)
        own = {"aws:principalarn": self.principal_arn, "aws:principalaccount": arn.account}
        return own.get(key.lower()) or self.keys.get(key.lower())


def trust_allows(document: Mapping[str, Any], action: str, context: TrustContext) -> Decision:
    """Whether the trust policy lets the principal take `action` (one of `sts:*`)."""
    statements = [item for item in _listed(document.get("Statement")) if isinstance(item, Mapping)]
    verdicts = [(item.get("Effect"), _covers(item, action, context)) for item in statements]
    if any(effect != "Allow" and covered for effect, covered in verdicts):
        return Decision.no(f"the trust policy denies {action} to {context.principal_arn}", "explicit_deny")
    if any(effect == "Allow" and covered for effect, covered in verdicts):
        return Decision.yes(f"the trust policy allows {action} to {context.principal_arn}", "trust_statement")
    return Decision.no(f"no statement of the trust policy allows {action} to {context.principal_arn}", "no_statement")


def mending_statement(principal_arn: str, actions: Iterable[str]) -> dict[str, Any]:
    """The statement that, added to the trust policy, allows the missing actions."""
    return {"Effect": "Allow", "Principal": {"AWS": principal_arn}, "Action": sorted(actions)}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _covers(statement: Mapping[str, Any], action: str, context: TrustContext) -> bool:
    denies = statement.get("Effect") != "Allow"
    return (
        _action_matches(statement, action)
        and _principal_matches(statement, context.principal_arn, denies=denies)
        and _conditions_hold(statement.get("Condition"), context, unknown=denies)
    )


def _action_matches(statement: Mapping[str, Any], action: str) -> bool:
    def matches(patterns: Any) -> bool:
        return any(glob_matches(str(pattern).lower(), action.lower()) for pattern in _listed(patterns))

    if "NotAction" in statement:
        return not matches(statement["NotAction"])
    return matches(statement.get("Action"))


def _principal_matches(statement: Mapping[str, Any], principal_arn: str, *, denies: bool) -> bool:
    if "NotPrincipal" in statement:
        return denies and not _names(statement["NotPrincipal"], principal_arn)
    return _names(statement.get("Principal"), principal_arn)


def _names(principal: Any, principal_arn: str) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, Mapping):
        return False
    asker = Arn.parse(principal_arn)
    root = f"arn:{asker.partition}:iam::{asker.account}:root"
    return any(entry in {"*", principal_arn, asker.account, root} for entry in _listed(principal.get("AWS")))


def _conditions_hold(conditions: Any, context: TrustContext, *, unknown: bool) -> bool:
    if not conditions:
        return True
    if not isinstance(conditions, Mapping):
        return unknown
    return all(
        _condition_holds(str(operator), str(key), _listed(values), context, unknown=unknown)
        for operator, keys in conditions.items()
        for key, values in (keys.items() if isinstance(keys, Mapping) else [("", None)])
    )


def _condition_holds(operator: str, key: str, values: list[Any], context: TrustContext, *, unknown: bool) -> bool:
    base, if_exists = operator.removesuffix("IfExists"), operator.endswith("IfExists")
    actual = context.value(key)
    wanted = [_text(value) for value in values]
    if actual is None:
        # Whether AWS would find the key is known only of those that the call itself brings.
        absent = base in _OPERATORS and key.lower().startswith(_BROUGHT_BY_THE_CALL)
        return (absent and (if_exists or base.startswith(("StringNot", "ArnNot")))) or unknown
    match base:
        case "StringEquals":
            return actual in wanted
        case "StringNotEquals":
            return actual not in wanted
        case "StringEqualsIgnoreCase":
            return actual.lower() in {value.lower() for value in wanted}
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(glob_matches(value, actual) for value in wanted)
        case "StringNotLike" | "ArnNotLike" | "ArnNotEquals":
            return not any(glob_matches(value, actual) for value in wanted)
        case "Bool":
            return actual.lower() in {value.lower() for value in wanted}
    return unknown


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
