"""IAM identity policy documents: their grammar, their size as IAM counts it, and the resources that they name.

Source: the IAM user guide, "Grammar of the IAM JSON policy language" and "IAM and AWS STS quotas".
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput

VERSION = "2012-10-17"
INLINE_POLICIES_LIMITS = {"role": 10_240, "user": 2_048}
"""Characters that all inline policies of one principal may have together, blanks not counted."""

_TOP_KEYS = {"Version", "Id", "Statement"}
_STATEMENT_KEYS = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_SID = re.compile(r"[A-Za-z0-9]*")
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?_-]+")
_NOT_ALLOWED = re.compile("[^\t\n\r\u0020-\u00ff]")
_DEPTH_LIMIT = 12
_ARN_COLONS = 5


def compact(document: Any) -> str:
    """The document as it is sent to AWS: no blanks between its parts, key order kept."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def counted_size(document: Any) -> int:
    """Characters without the blanks between the parts. Blanks inside strings are counted, to be on the safe side."""
    return len(compact(document))


def check_identity_policy(document: Any) -> None:
    """Raises InvalidInput that names the place at fault, what is wrong there, and what is wanted."""
    for place, statement in checked_statements(document, versions=(VERSION,)):
        if "Principal" in statement or "NotPrincipal" in statement:
            raise fault(place, "names a principal; a role's own policy applies to the role and names none")
        check_statement(place, statement, _STATEMENT_KEYS)
        check_actions(place, statement)
        check_resources(place, statement)


def checked_statements(document: Any, *, versions: Collection[str]) -> list[tuple[str, dict[str, Any]]]:
    """Each statement and what it is called in messages. Raises InvalidInput for what is wrong around them."""
    if not isinstance(document, dict):
        raise fault("The policy document", 'must be a JSON object like {"Version": "2012-10-17", "Statement": [...]}')
    _check_text(document)
    if unknown := sorted(set(document) - _TOP_KEYS):
        raise fault("The policy document", f"has the unknown key '{unknown[0][:50]}'; known are Version, Id, Statement")
    if document.get("Version") not in versions:
        raise fault("Version", f'must be "{VERSION}"; older versions know no policy variables')
    if not isinstance(document.get("Id", ""), str):
        raise fault("Id", "must be a string")
    found = list(_statements(document))
    seen: set[str] = set()
    for place, statement in found:
        if not isinstance(statement, dict):
            raise fault(place, "must be an object")
        sid = statement.get("Sid", "")
        if not isinstance(sid, str) or not _SID.fullmatch(sid):
            raise fault(f"{place}.Sid", "may only hold letters and digits")
        if sid and sid in seen:
            raise fault(f"{place}.Sid", f"'{sid}' stands twice; each Sid may stand once")
        seen.add(sid)
    return found


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    found = document.get("Statement")
    if isinstance(found, dict):
        yield "Statement", found
    elif isinstance(found, list) and found:
        for number, statement in enumerate(found):
            yield f"Statement[{number}]", statement
    else:
        raise fault("Statement", "must be a statement or a list of at least one")


def check_statement(place: str, statement: Mapping[str, Any], keys: Collection[str]) -> None:
    """What every kind of policy asks of a statement."""
    if unknown := sorted(set(statement) - set(keys)):
        raise fault(place, f"has the unknown key '{unknown[0][:50]}'; known are {', '.join(sorted(keys))}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise fault(f"{place}.Effect", "must be Allow or Deny")
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise fault(f"{place}.Condition", "must map operators to keys and values")


def check_actions(place: str, statement: Mapping[str, Any]) -> None:
    for action in one_of(place, statement, "Action", "NotAction"):
        if not _ACTION.fullmatch(action):
            raise fault(place, f"'{action[:100]}' is not an action; actions look like s3:GetObject, s3:* or *")


def check_resources(place: str, statement: Mapping[str, Any]) -> None:
    for resource in one_of(place, statement, "Resource", "NotResource"):
        if resource != "*" and not resource.startswith(("arn:", "${")):
            raise fault(place, f"'{resource[:100]}' is not a resource; resources are ARNs or *")


def one_of(place: str, statement: Mapping[str, Any], plain: str, negated: str) -> list[str]:
    present = [key for key in (plain, negated) if key in statement]
    if len(present) != 1:
        raise fault(place, f"must have either {plain} or {negated}")
    value = statement[present[0]]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) and item for item in values):
        raise fault(f"{place}.{present[0]}", "must be a string or a list of at least one string")
    return values


def _check_text(document: Any) -> None:
    for text in _texts(document, 0):
        if found := _NOT_ALLOWED.search(text):
            raise fault(
                f"'{text[:50]}'",
                f"holds the character U+{ord(found[0]):04X}; IAM takes tab, line feed, carriage return and U+0020 to U+00FF",
            )
        if "<" in text or ">" in text:
            raise fault(f"'{text[:50]}'", "holds < or >, which a placeholder has left behind; replace it by its value")


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Every string in the document, keys too."""
    if depth > _DEPTH_LIMIT:
        raise fault("The policy document", "is nested too deeply")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, depth + 1)


def fault(place: str, what: str) -> InvalidInput:
    return InvalidInput(f"{place} {what}.", reason="bad_policy_document")


@dataclass(frozen=True, slots=True)
class NamedResource:
    """An exact resource (no wildcard) of a document, and the actions on it."""

    arn: Arn
    actions: tuple[str, ...]


def named_resources(document: Mapping[str, Any]) -> tuple[NamedResource, ...]:
    """Resources without a wildcard, in order of first mention; each with the actions of that service on it."""
    found: dict[Arn, set[str]] = {}
    statements = document.get("Statement") or []
    for statement in statements if isinstance(statements, list) else [statements]:
        actions = _listed(statement.get("Action"))
        for text in _listed(statement.get("Resource")):
            if "*" in text or "?" in text or "${" in text or text.count(":") < _ARN_COLONS:
                continue
            arn = Arn.parse(text)
            held = found.setdefault(arn, set())
            held.update(action for action in actions if action == "*" or action.split(":")[0].lower() in _prefixes(arn))
    return tuple(NamedResource(arn, tuple(sorted(actions))) for arn, actions in found.items())


def _prefixes(arn: Arn) -> frozenset[str]:
    """A role is acted upon by iam:* and by sts:AssumeRole."""
    return frozenset({arn.service, "sts"} if arn.is_iam_role else {arn.service})


def _listed(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in (value if isinstance(value, list) else [value])]
