"""In a fresh process that is a Lambda function: imports the handler, hands it events, prints seconds (and calls of AWS, when asked)."""

import importlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from typing import Any

Handler = Callable[[Any, Any], Any]
_OK = 200


class Context:
    """As much of Lambda's context as is used."""

    function_name = "bench"
    aws_request_id = "bench"
    memory_limit_in_mb = 1024

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def watch() -> list[dict[str, Any]]:
    """Every call of AWS from now on: its operation, and when it began and ended, in seconds. Loads botocore."""
    from botocore.httpsession import URLLib3Session

    seen: list[dict[str, Any]] = []
    send = URLLib3Session.send

    def watched(self: Any, request: Any) -> Any:
        began = time.perf_counter()
        try:
            return send(self, request)
        finally:
            ended = time.perf_counter()
            seen.append({"operation": _operation(request), "began": began, "ended": ended})

    setattr(URLLib3Session, "send", watched)  # noqa: B010 put in its place while this process measures
    return seen


def _operation(request: Any) -> str:
    target = request.headers.get("X-Amz-Target", b"")
    if target:
        text = target.decode() if isinstance(target, bytes) else str(target)
        return text.rpartition(".")[2]
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
    return body.partition("Action=")[2].partition("&")[0] or f"{request.method} {request.url.rpartition('/')[2]}"


def call(handler: Handler, event: Any) -> float:
    """Seconds. Raises RuntimeError for an answer that is no success: a refusal is fast and says nothing."""
    began = time.perf_counter()
    answer = handler(event, Context())
    seconds = time.perf_counter() - began
    if answer.get("statusCode", _OK) != _OK or answer.get("batchItemFailures"):
        raise RuntimeError(f"The call failed: {json.dumps(answer)[:2000]}")
    return seconds


def measured(module: str, attribute: str, events: Sequence[Any], *, watched: bool) -> dict[str, Any]:
    seen = watch() if watched else []
    began = time.perf_counter()
    handler = getattr(importlib.import_module(module), attribute)
    imported = time.perf_counter() - began
    calls = []
    for event in events:
        before = len(seen)
        seconds = call(handler, event)
        calls.append({"seconds": seconds, "aws": seen[before:]})
    return {"imported": imported, "calls": calls}


if __name__ == "__main__":
    wish = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        answer = measured(**wish)
    print(json.dumps(answer))
