"""What a message of AWS says about a refused call. Sources: the IAM user guide, "Troubleshoot access denied error messages", and the
messages of the services that word it otherwise.

A message quotes what the caller chose: a key of S3 may hold anything, whole messages too. So the reason is the last one in the text, and
it must stand behind the resource.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.inventory.denies.models import Layer

LIMIT = 20_000
"""Characters that are looked at. Encoded messages take a few thousand."""

_WORDS = {
    "identity-based": Layer.IDENTITY,
    "identity based": Layer.IDENTITY,
    "permissions boundary": Layer.BOUNDARY,
    "permission boundary": Layer.BOUNDARY,
    "session": Layer.SESSION,
    "service control": Layer.SERVICE_CONTROL,
    "resource control": Layer.RESOURCE_CONTROL,
    "resource-based": Layer.RESOURCE,
    "resource based": Layer.RESOURCE,
    "role trust": Layer.TRUST,
    "trust": Layer.TRUST,
    "vpc endpoint": Layer.ENDPOINT,
}
_KIND = rf"(?P<kind>{'|'.join(_WORDS)})(?: polic(?:y|ies))?"
_IMPLICIT = re.compile(rf"\s*because no {_KIND} allows? ", re.IGNORECASE)
_EXPLICIT = re.compile(rf"\s*with an explicit deny(?: in (?:a|an|the) {_KIND})?", re.IGNORECASE)
_EITHER = re.compile(
    r"\s*because the resource does not exist in this region, no resource-based policies allow access", re.IGNORECASE
)
_POLICY_ARN = re.compile(r"\s*:\s*(arn:[\w-]+:[\w-]+:[^\s()]+?)[.;]?(?:\s|$)")
_ACTION = re.compile(r"not authorized to perform:?\s+[`'\"]?(?P<action>[A-Za-z0-9-]+:[A-Za-z0-9]+)", re.IGNORECASE)
_USER = re.compile(r"User:?\s+[`'\"]?(?P<user>arn:[^\s`'\"]+)[`'\"]?\s+is not authorized", re.IGNORECASE)
_ON = re.compile(r"[`'\"]?\s+on resource:?\s+(?P<resource>\S.*)", re.IGNORECASE | re.DOTALL)
_ENCODED = re.compile(r"\s*Encoded authorization failure message:\s*(?P<blob>[\w+/=-]+)\.?", re.IGNORECASE)
_TAIL = re.compile(r"\s*\((?:Service|Status Code):? [^()]*\)\s*$|\s+status code: \d+.*$", re.IGNORECASE | re.DOTALL)
_QUOTES = "\"'`"


@dataclass(frozen=True, slots=True)
class Said:
    """What a message tells; what it does not tell is empty. `encoded` is what only `sts:DecodeAuthorizationMessage` reads."""

    principal: str = ""
    action: str = ""
    resource: str = ""
    layer: Layer = Layer.UNKNOWN
    explicit: bool | None = None
    policy_arn: str = ""
    encoded: str = ""


def read_message(message: str) -> Said:
    """Of any text: what is no message of a refused call tells nothing."""
    text = message[:LIMIT]
    encoded = _ENCODED.search(text)
    if encoded:
        text = text[: encoded.start()] + text[encoded.end() :]
    text = _TAIL.sub("", text.rstrip())
    action, user = _ACTION.search(text), _USER.search(text)
    begin = action.end() if action else 0
    reason, end = _reason(text, begin)
    on = _ON.match(text, begin, end) if action else None
    return replace(
        reason,
        principal=user["user"] if user else "",
        action=action["action"] if action else "",
        resource=_unquoted(on["resource"], whole=end < len(text)) if on else "",
        encoded=encoded["blob"] if encoded else "",
    )


def _reason(text: str, begin: int) -> tuple[Said, int]:
    """The last reason in the text, and where it begins: the text's end when there is none."""
    found = [match for pattern in (_IMPLICIT, _EXPLICIT, _EITHER) for match in pattern.finditer(text, begin)]
    last = max(found, key=lambda match: match.start(), default=None)
    # What stands in quotation marks is the caller's, not AWS's.
    if last is None or '"' in text[last.end() :]:
        return Said(), len(text)
    if last.re is _EITHER:
        return Said(layer=Layer.RESOURCE), last.start()
    kind = last.groupdict().get("kind")
    layer = _WORDS[kind.lower()] if kind else Layer.UNKNOWN
    policy = _POLICY_ARN.match(text, last.end()) if last.re is _EXPLICIT else None
    return Said(layer=layer, explicit=last.re is _EXPLICIT, policy_arn=policy[1] if policy else ""), last.start()


def _unquoted(text: str, *, whole: bool) -> str:
    """The resource without quotation marks. Where no reason ends it (`whole` is False) and no mark does, it ends at the first blank."""
    text = text.strip()
    mark = text[:1]
    if mark in _QUOTES and mark:
        closing = text.rfind("'" if mark == "`" and text.count("`") == 1 else mark)
        return text[1:closing] if closing > 0 else text[1:]
    return text if whole else text.split()[0].rstrip(".,;")


def read_decoded(decoded: str) -> Said:
    """What `sts:DecodeAuthorizationMessage` gives. It tells an explicit deny, and never which kind of policy."""
    try:
        document = json.loads(decoded)
    except ValueError:
        return Said()
    context = document.get("context") if isinstance(document, Mapping) else None
    if not isinstance(context, Mapping):
        return Said()
    principal = context.get("principal")
    explicit = document.get("explicitDeny")
    return Said(
        principal=_text(principal.get("arn")) if isinstance(principal, Mapping) else "",
        action=_text(context.get("action")),
        resource=_text(context.get("resource")),
        explicit=explicit if isinstance(explicit, bool) else None,
    )


def together(message: Said, decoded: Said) -> Said:
    """What the message says, filled up by what was encoded in it."""
    return replace(
        message,
        principal=message.principal or decoded.principal,
        action=message.action or decoded.action,
        resource=message.resource or decoded.resource,
        explicit=decoded.explicit if message.explicit is None else message.explicit,
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


_SECRETS = (
    re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,}"),
    re.compile(r"(?i)(?:x-amz-(?:security-token|signature|credential)|signature|token|password|secret)=[^\s&\"']+"),
    re.compile(r"[\w+/=-]{200,}"),
)
_SHOWN = 1_000


def without_secrets(message: str) -> str:
    """For keeping and showing: encoded messages, access keys, signatures and tokens are left out."""
    text = _ENCODED.sub("", message[:LIMIT])
    for secret in _SECRETS:
        text = secret.sub("(left out)", text)
    return text.strip()[:_SHOWN]
