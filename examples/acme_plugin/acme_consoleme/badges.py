"""Badges: Acme's gateway signs people in and adds the header `x-acme-badge`, which only it can make.

A badge is `<payload>.<signature>`: the payload is JSON in base64url (`user`, `teams`, `until`), the signature is HMAC-SHA256 with a key
that the gateway and this function share (`ACME_BADGE_KEY`).
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

HEADER = "x-acme-badge"


def read_badge(badge: str, key: str) -> dict[str, Any] | None:
    """The payload of a badge that the gateway made and that has not ended; None for anything else."""
    payload, _, signature = badge.partition(".")
    expected = hmac.new(key.encode(), payload.encode(), hashlib.sha256).hexdigest()
    if not key or not hmac.compare_digest(expected.encode(), signature.encode()):
        return None
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload))
    return found if found["until"] > time.time() else None


def make_badge(payload: dict[str, Any], key: str) -> str:
    """What the gateway does."""
    text = base64.urlsafe_b64encode(json.dumps(payload).encode()).decode()
    return f"{text}.{hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()}"
