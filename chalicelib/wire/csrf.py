"""Cross-site requests: a browser must come from our own pages and repeat the `_xsrf` cookie; a command line has no cookie jar
that another site could ride on.
"""

import hmac
import secrets
from urllib.parse import urlsplit

from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.wire.http import HttpRequest

XSRF_COOKIE = "_xsrf"
LIFE = 86_400
"""Seconds."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OWN = {"same-origin", "none"}
"""Values of Sec-Fetch-Site: from our pages, or typed by the person."""


def new_token() -> str:
    return secrets.token_urlsafe(24)


def refuse_cross_site(request: HttpRequest, public_url: str) -> None:
    """Raises Forbidden for a browser's request that another site caused, or that lacks the token.

    Safe methods may come from anywhere (a link), but not with another site's Origin (a script's read).
    """
    origin = request.headers.get("origin")
    if origin is not None and not _same_origin(origin, public_url):
        raise Forbidden(f"Requests from {origin[:100]} are not accepted; use {public_url}.", reason="cross_site")
    if request.method in _SAFE:
        return
    if not request.from_browser:
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise InvalidInput("Send JSON: the Content-Type must be application/json.", reason="not_json")
        return
    if request.headers.get("sec-fetch-site", "same-origin") not in _OWN:
        raise Forbidden("This request was caused by another site.", reason="cross_site")
    cookie, header = request.cookies.get(XSRF_COOKIE, ""), request.headers.get("x-xsrftoken", "")
    if not cookie or not hmac.compare_digest(cookie.encode(), header.encode()):
        raise Forbidden(
            "The X-Xsrftoken header must repeat the _xsrf cookie. Reload the page and try again.", reason="xsrf"
        )


def _same_origin(origin: str, public_url: str) -> bool:
    """Browsers write an origin as scheme, host and port, in small letters: it is compared and not taken apart."""
    ours = urlsplit(public_url)
    return bool(ours.netloc) and origin == f"{ours.scheme}://{ours.netloc}".lower()
