"""The laptop's own way to `make verify-audit`: the verification runs in a container of the function that does it every hour."""

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.http import HttpReply, HttpRequest, json_reply, problem
from infra.local.interpreter import Answer

PATH = "/local/verify_audit"


def verify(_event: Mapping[str, Any], _context: object) -> Any:
    """Runs in the container."""
    from chalicelib import bootstrap

    return bootstrap.container().auditing.verify.run().model_dump(mode="json")


def site(run: Callable[[], Answer]) -> Callable[[HttpRequest], HttpReply]:
    """Answers what `run` found. It changes nothing, so whoever reaches the laptop may ask."""

    def answer(request: HttpRequest) -> HttpReply:
        if request.method != "POST" or request.header("Content-Type") != "application/json":
            return problem(405, f"{PATH} takes a POST with Content-Type application/json.")
        found = run()
        if found.failed:
            return problem(502, f"The audit log could not be verified: {found.payload.get('errorMessage')}")
        return json_reply(200, found.payload)

    return answer
