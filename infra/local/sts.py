"""AssumeRole, refused where AWS refuses it. moto mints credentials for any role; this stands before it and checks first."""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from uuid import uuid4
from xml.sax.saxutils import escape

from infra.local.assume_role import Refused, Request, check
from infra.local.callers import Callers
from infra.local.trust_policy import Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AssumeRoleGate:
    """The WSGI application before moto's: answers refused AssumeRole calls, passes everything else on."""

    def __init__(self, inner: "WSGIApplication", callers: Callers) -> None:
        self._inner = inner
        self._callers = callers

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        form = _sts_form(environ)
        if form.get("Action") != "AssumeRole":
            return self._inner(environ, start_response)
        try:
            request = Request.from_form(form)
            caller = self._callers.of(environ)
            check(request, caller)
        except Refused as refused:
            return _refusal(refused, start_response)
        return self._minted(request, caller, environ, start_response)

    def _minted(
        self, request: Request, caller: Caller, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        started: list[Any] = []

        def hold(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            started[:] = [status, headers, exc_info]

        answered: Any = self._inner(environ, hold)
        try:
            body = b"".join(answered)
        finally:
            if hasattr(answered, "close"):
                answered.close()
        status, headers, exc_info = started
        minted = re.search(rb"<AccessKeyId>([^<]+)</AccessKeyId>", body)
        if minted:
            source_identity = request.source_identity or caller.source_identity
            inherited = {key: caller.tags[key] for key in caller.transitive}
            transitive = request.transitive | caller.transitive
            tags = {**request.tags, **inherited}
            self._callers.remember(minted[1].decode(), source_identity, tags, transitive, request.session_policies())
            if source_identity:
                told = f"<SourceIdentity>{escape(source_identity)}</SourceIdentity></AssumeRoleResult>".encode()
                body = body.replace(b"</AssumeRoleResult>", told)
                headers = [(name, value) for name, value in headers if name.lower() != "content-length"]
                headers.append(("Content-Length", str(len(body))))
        start_response(status, headers, exc_info)
        return iter([body])


def _sts_form(environ: "WSGIEnvironment") -> dict[str, str]:
    if environ.get("PATH_INFO") not in {"", "/"} or "/sts/" not in environ.get("HTTP_AUTHORIZATION", "/sts/"):
        return {}
    text = environ.get("QUERY_STRING", "")
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(raw)
        text = raw.decode("utf-8", "replace")
    return {key: values[-1] for key, values in parse_qs(text, keep_blank_values=True).items()}


def _refusal(refused: Refused, start_response: "StartResponse") -> Iterator[bytes]:
    request_id = str(uuid4())
    body = (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{refused.code}</Code><Message>{escape(str(refused))}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    ).encode()
    headers = [("Content-Type", "text/xml"), ("Content-Length", str(len(body))), ("x-amzn-RequestId", request_id)]
    start_response(f"{refused.status} {refused.code}", headers)
    return iter([body])
