"""The built page, as the CDN serves it: files by name, and `index.html` for the page's own paths."""

import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote

from infra.local.http import Headers, HttpReply, HttpRequest, html_reply, problem
from infra.package import template

_FILE = re.compile(r"/assets/.*|/[^/]+\.(html|js|css|map|ico|png|svg|txt|json|webmanifest|woff2)")
"""The same question as PageFallback asks in `app.yaml`."""
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>ConsoleMe</title>
<body style="font-family: sans-serif; max-width: 40em; margin: 4em auto">
<h1>The page has not been built</h1>
<p>The API works. To see the page, build it once with <code>make web</code> and reload.</p>
<p><a href="/local/people">Sign in as one of the people of this laptop</a></p></body></html>"""


class StaticFiles:
    def __init__(self, root: Path) -> None:
        self._files = (root / "web" / "dist").resolve()
        self._headers = _security_headers(root)

    def answer(self, request: HttpRequest) -> HttpReply:
        if request.method not in {"GET", "HEAD"}:
            return problem(405, f"{request.method} is not possible here: this is a page.")
        index = self._files / "index.html"
        if not index.is_file():
            return html_reply(503, _NOT_BUILT)
        if not _FILE.fullmatch(request.path):
            return self._served(index, cache="no-cache")
        file = self._file(request.path)
        if file is None:
            return problem(404, f"There is no file {request.path}.")
        return self._served(
            file, cache="public, max-age=31536000, immutable" if "/assets/" in request.path else "no-cache"
        )

    def _file(self, path: str) -> Path | None:
        decoded = unquote(path).lstrip("/")
        if "\0" in decoded:
            return None
        file = (self._files / decoded).resolve()
        return file if file.is_relative_to(self._files) and file.is_file() else None

    def _served(self, file: Path, *, cache: str) -> HttpReply:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return HttpReply(200, [("Content-Type", kind), ("Cache-Control", cache), *self._headers], file.read_bytes())


def _security_headers(root: Path) -> Headers:
    """What the CDN adds to the page, but for the one about https."""
    file = root / "infra" / "app.yaml"
    if not file.is_file():
        return []
    policy = template.load(file)["Resources"]["PageHeadersPolicy"]["Properties"]["ResponseHeadersPolicyConfig"][
        "SecurityHeadersConfig"
    ]
    return [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", policy["FrameOptions"]["FrameOption"]),
        ("Referrer-Policy", policy["ReferrerPolicy"]["ReferrerPolicy"]),
        ("Content-Security-Policy", policy["ContentSecurityPolicy"]["ContentSecurityPolicy"]),
    ]
