"""API Gateway's REST proxy integration: an HTTP request becomes an event, the function's reply becomes HTTP."""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from infra.local.http import HttpReply, HttpRequest
from infra.local.interpreter import Answer
from infra.local.routes import Match, RouteTable
from infra.package.edge import GATEWAY_ANSWERS

HEADERS_LIMIT = 10_240
LAMBDA_LIMIT = 6 * 1024 * 1024
SECONDS_LIMIT = 29.0
_HOP_BY_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding", "date", "server"}


class ApiGateway:
    def __init__(
        self,
        table: RouteTable,
        call: Callable[[Any], Answer],
        *,
        account_id: str,
        binary_types: Sequence[str],
        stage: str = "api",
        seconds_limit: float = SECONDS_LIMIT,
    ) -> None:
        self._table = table
        self._call = call
        self._account_id = account_id
        self._binary_types = binary_types
        self._stage = stage
        self._seconds_limit = seconds_limit
        self._threads = ThreadPoolExecutor(max_workers=32, thread_name_prefix="api")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def answer(self, request: HttpRequest) -> HttpReply:
        if sum(len(name) + len(value) for name, value in request.headers) > HEADERS_LIMIT:
            return own_answer("DEFAULT_4XX")
        match = self._table.match(request.path)
        if match is None or request.method not in match.methods:
            return own_answer("MISSING_AUTHENTICATION_TOKEN")
        event = self._event(request, match)
        if len(json.dumps(event)) > LAMBDA_LIMIT:
            return own_answer("REQUEST_TOO_LARGE")
        future = self._threads.submit(self._call, event)
        try:
            answer = future.result(self._seconds_limit)
        except TookTooLong:
            return own_answer("INTEGRATION_TIMEOUT")
        return self._reply(answer, request)

    def _event(self, request: HttpRequest, match: Match) -> dict[str, Any]:
        headers = [*request.headers, *_added_headers(request)]
        parameters = request.parameters()
        return {
            "resource": match.resource,
            "path": request.path,
            "httpMethod": request.method,
            "headers": dict(headers),
            "multiValueHeaders": _multiple(headers),
            "queryStringParameters": dict(parameters) or None,
            "multiValueQueryStringParameters": _multiple(parameters) or None,
            "pathParameters": dict(match.variables) or None,
            "stageVariables": None,
            "requestContext": self._context(request, match),
            **self._body(request),
        }

    def _body(self, request: HttpRequest) -> dict[str, Any]:
        if not request.body:
            return {"body": None, "isBase64Encoded": False}
        if _is_one_of(request.header("Content-Type"), self._binary_types):
            return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
        return {"body": request.body.decode("utf-8", "replace"), "isBase64Encoded": False}

    def _context(self, request: HttpRequest, match: Match) -> dict[str, Any]:
        now = datetime.now(UTC)
        host = request.header("Host").rpartition(":")[0] or request.header("Host")
        unknown = ("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId", "accessKey")
        more = ("cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "user")
        return {
            "resourceId": "local",
            "resourcePath": match.resource,
            "httpMethod": request.method,
            "extendedRequestId": uuid4().hex[:15] + "=",
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "path": request.path,
            "accountId": self._account_id,
            "protocol": "HTTP/1.1",
            "stage": self._stage,
            "domainPrefix": host.partition(".")[0],
            "requestTimeEpoch": int(time.time() * 1000),
            "requestId": str(uuid4()),
            "identity": dict.fromkeys([*unknown, *more])
            | {"sourceIp": request.address, "userAgent": request.header("User-Agent") or None},
            "domainName": host,
            "apiId": "local",
        }

    def _reply(self, answer: Answer, request: HttpRequest) -> HttpReply:
        reply = answer.payload
        if answer.failed or not _is_proxy_reply(reply):
            return own_answer("INTEGRATION_FAILURE")
        body = reply.get("body") or ""
        if len(body) > LAMBDA_LIMIT:
            return own_answer("INTEGRATION_FAILURE")
        raw = body.encode()
        if reply.get("isBase64Encoded") and _is_one_of(request.header("Accept"), self._binary_types):
            raw = base64.b64decode(body)
        headers = _reply_headers(reply)
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
        return HttpReply(int(reply["statusCode"]), headers, raw)


def own_answer(kind: str) -> HttpReply:
    """What API Gateway says by itself, as the deployed API is told to say it."""
    answer = next(one for one in GATEWAY_ANSWERS if one.kind == kind)
    template = answer.as_property()["ResponseTemplates"]["application/json"]
    body = template.replace("$context.requestId", str(uuid4()))
    return HttpReply(
        answer.status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")], body.encode()
    )


def _added_headers(request: HttpRequest) -> list[tuple[str, str]]:
    host = request.header("Host")
    forwarded = ", ".join(filter(None, [request.header("X-Forwarded-For"), request.address]))
    trace = f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]}"
    return [
        ("X-Forwarded-For", forwarded),
        ("X-Forwarded-Port", host.rpartition(":")[2] or "80"),
        ("X-Forwarded-Proto", "http"),
        ("X-Amzn-Trace-Id", trace),
    ]


def _multiple(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    multiple: dict[str, list[str]] = {}
    for name, value in pairs:
        multiple.setdefault(name, []).append(value)
    return multiple


def _is_proxy_reply(reply: Any) -> bool:
    if not isinstance(reply, Mapping) or not str(reply.get("statusCode", "")).isdigit():
        return False
    return int(reply["statusCode"]) in {status.value for status in HTTPStatus} and isinstance(
        reply.get("body", ""), str | None
    )


def _reply_headers(reply: Mapping[str, Any]) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    multiple: Mapping[str, Sequence[Any]] = reply.get("multiValueHeaders") or {}
    for name, values in multiple.items():
        headers += [(name, str(value)) for value in values]
    taken = {name.lower() for name, _ in headers}
    headers += [(name, str(value)) for name, value in (reply.get("headers") or {}).items() if name.lower() not in taken]
    return [(name, value) for name, value in headers if name.lower() not in _HOP_BY_HOP]


def _is_one_of(header: str, types: Sequence[str]) -> bool:
    """Whether the first media type of the header is among the binary ones, which may have wildcards."""
    first = header.split(",", maxsplit=1)[0].split(";", maxsplit=1)[0].strip().lower()
    kind = first.partition("/")[0]
    return bool(first) and any(one in {first, f"{kind}/*", "*/*"} for one in types)
