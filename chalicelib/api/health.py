"""Liveness."""

from chalicelib.api.authenticator import new_api
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Reply

api = new_api(__name__)


@api.endpoint(
    "GET",
    "/healthcheck",
    access=Access.PUBLIC,
    rule="Anybody: it tells nothing but that the function runs.",
    answers=str,
)
def healthcheck() -> Reply:
    """Answers OK while the function can run at all; reads nothing."""
    return Reply("OK")
