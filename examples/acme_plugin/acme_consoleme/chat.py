"""Acme's chat: one line per message, to a web hook. Without one nothing is sent."""

import json
import os
import urllib.request

_SECONDS = 3


def say(text: str) -> None:
    """Raises OSError when the chat does not answer."""
    hook = os.environ.get("ACME_CHAT_HOOK", "")
    if not hook.startswith(("https://", "http://127.0.0.1:")):
        return
    request = urllib.request.Request(  # noqa: S310 the scheme was looked at
        hook, json.dumps({"text": text}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=_SECONDS):  # noqa: S310 the scheme was looked at
        pass
