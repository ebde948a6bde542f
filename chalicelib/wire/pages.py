"""A page for what a browser meets outside of our web page: rendered here, escaped, with no script and one known style."""

import base64
import hashlib
from html import escape
from string import Template

from chalicelib.core.errors import AppError
from chalicelib.wire.failures import status_of
from chalicelib.wire.http import Reply

_STYLE = (
    "body{font-family:system-ui,sans-serif;line-height:1.6;max-width:40em;margin:4em auto;padding:0 1em;color:#16191f;"
    "background:#fff}a{color:#0550ae}small{color:#545b64}@media(prefers-color-scheme:dark){body{color:#e9ebed;background:#0f1b2a}"
    "a{color:#89bdee}small{color:#b6bec9}}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}
_PAGE = Template(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>$title</title><style>$style</style></head><body><main><h1>$title</h1><p>$text</p>"
    '<p><a href="$link">$invitation</a></p><p><small>Reason: $reason. Request: $request_id.</small></p></main></body></html>'
)


def refusal_page(error: AppError, request_id: str, *, title: str, link: str, invitation: str) -> Reply:
    """Cause and fix in the error's words, a link to go on with, and what to tell an administrator."""
    html = _PAGE.substitute(
        title=escape(title),
        style=_STYLE,
        text=escape(error.message),
        link=escape(link),
        invitation=escape(invitation),
        reason=escape(error.reason),
        request_id=escape(request_id),
    )
    return Reply(html, status=int(status_of(error)), headers=_HEADERS)
