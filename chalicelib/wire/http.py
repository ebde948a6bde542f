"""HTTP as views see it: a request that was read once, and a reply that is more than a body."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pydantic import BaseModel

from chalicelib.core.errors import InvalidInput, LimitExceeded

BODY_LIMIT = 1_000_000
"""Bytes. Far above any policy that AWS takes; below it, a body is read before anything is decided about it."""
_JSON_TYPES = ("application/json", "application/scim+json")
DEPTH_LIMIT = 100
"""Levels. What is nested deeper can be read, but not written again."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """`headers` are lower-case; `query` holds the last value of each name; `path` is as routed, values percent-decoded."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    path_values: Mapping[str, str]
    raw_body: bytes
    address: str
    request_id: str
    repeated: frozenset[str] = frozenset()
    """Names of headers that came more than once; `headers` holds the last value of each."""

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name. Another program's odd cookie on the same host must not hide ours, so each is read by itself."""
        pairs = (part.partition("=") for part in self.headers.get("cookie", "").split(";"))
        return {name.strip(): value.strip().strip('"') for name, separator, value in pairs if separator}

    @property
    def user_agent(self) -> str:
        return self.headers.get("user-agent", "")[:300]

    @property
    def from_browser(self) -> bool:
        """Browsers say where a request comes from; command lines do not."""
        return "origin" in self.headers or "sec-fetch-site" in self.headers

    def json(self) -> Any:
        """Raises LimitExceeded for a body that is too large, InvalidInput for one that is not JSON."""
        if len(self.raw_body) > BODY_LIMIT:
            raise LimitExceeded(f"The body is larger than {BODY_LIMIT} bytes.", reason="body_too_large")
        if not self.headers.get("content-type", _JSON_TYPES[0]).lower().startswith(_JSON_TYPES):
            raise InvalidInput("Send the body as JSON: Content-Type must be application/json.", reason="not_json")
        try:
            body = json.loads(self.raw_body or b"null", object_pairs_hook=_unique, parse_constant=_unknown)
            _refuse_half_characters(body, self.raw_body)
        except RecursionError as error:
            raise InvalidInput("The body is nested too deeply.", reason="not_json") from error
        except ValueError as error:
            raise InvalidInput(f"The body is not JSON: {error}.", reason="not_json") from error
        if _is_deep(body):
            raise InvalidInput(f"The body is nested deeper than {DEPTH_LIMIT} levels.", reason="not_json")
        return body


def _unknown(constant: str) -> None:
    """Python would read NaN and Infinity."""
    raise ValueError(f"{constant} is no value of JSON")


def _refuse_half_characters(body: Any, raw_body: bytes) -> None:
    """The escape of half a surrogate pair can be read, but not written again. Raises ValueError."""
    if b"\\ud" in raw_body.lower():
        json.dumps(body, ensure_ascii=False).encode()


def _is_deep(body: Any) -> bool:
    level = [body]
    for _ in range(DEPTH_LIMIT):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key given twice means two things to two readers: refused."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            message = f"the key {key[:100]!a} stands twice"
            raise ValueError(message)
        found[key] = value
    return found


def read_request(event: Mapping[str, Any], body: bytes, *, cdn_secret: str) -> HttpRequest:
    """From an API Gateway REST proxy event. Path values arrive percent-encoded and are decoded here, once."""
    context = event.get("requestContext") or {}
    headers = {str(name).lower(): str(value) for name, value in (event.get("headers") or {}).items()}
    many = event.get("multiValueQueryStringParameters") or {}
    return HttpRequest(
        method=str(context.get("httpMethod", "")),
        path=str(event.get("path") or context.get("path") or ""),
        headers=headers,
        query={str(name): str(values[-1]) for name, values in many.items() if values},
        path_values={str(name): unquote(str(value)) for name, value in (event.get("pathParameters") or {}).items()},
        raw_body=body,
        address=_address(headers, str((context.get("identity") or {}).get("sourceIp", "")), cdn_secret),
        request_id=str(context.get("requestId", "")),
        repeated=frozenset(
            str(name).lower() for name, values in (event.get("multiValueHeaders") or {}).items() if len(values) > 1
        ),
    )


def _address(headers: Mapping[str, str], source_ip: str, cdn_secret: str) -> str:
    """The CDN's word only from the CDN itself, and never X-Forwarded-For, which anybody may write."""
    viewer = headers.get("cloudfront-viewer-address", "")
    if cdn_secret and viewer and hmac.compare_digest(headers.get("x-cdn-secret", "").encode(), cdn_secret.encode()):
        return viewer.rpartition(":")[0].strip("[]")
    return source_ip


@dataclass(frozen=True, slots=True)
class Cookie:
    name: str
    value: str
    max_age: int
    http_only: bool = True
    secure: bool = True

    def header(self) -> str:
        flags = f"{'; HttpOnly' if self.http_only else ''}{'; Secure' if self.secure else ''}"
        return f"{self.name}={self.value}; Path=/; Max-Age={self.max_age}; SameSite=Lax{flags}"


@dataclass(frozen=True, slots=True)
class Reply:
    """A view's answer when it is more than a model: another status, cookies, or text instead of JSON."""

    body: BaseModel | str
    status: int = 200
    cookies: tuple[Cookie, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
