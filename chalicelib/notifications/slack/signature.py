"""Whether a post comes from Slack, and is fresh. Nothing of it is read before. Pure."""

import hashlib
import hmac
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from chalicelib.core.decisions import Decision

OLDEST, AHEAD = 240, 60
"""Seconds. Together as long as a FIFO queue knows a message again: a post that is sent again within them arrives once."""
_RULE = "slack_signature"
_HEADERS = ("x-slack-request-timestamp", "x-slack-signature")


def verified(headers: Mapping[str, str], repeated: AbstractSet[str], body: bytes, *, secret: str, now: int) -> Decision:
    """By Slack's scheme `v0`: an HMAC over the time and the body as it came. Headers are lower-case, each given once."""
    stamp, signature = (headers.get(name, "") for name in _HEADERS)
    if not secret or repeated & set(_HEADERS) or not stamp.isascii() or not stamp.isdecimal():
        return Decision.no("The post does not say when Slack signed it.", _RULE)
    mac = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    if not hmac.compare_digest(f"v0={mac.hexdigest()}".encode(), signature.encode()):
        return Decision.no("The signature of the post is not Slack's.", _RULE)
    if not now - OLDEST <= int(stamp[:12]) <= now + AHEAD:
        return Decision.no("The post is too old, or from the future.", "slack_stale")
    return Decision.yes("signed by Slack just now", _RULE)
