"""Google's Admin SDK over HTTPS: a service account that acts for an administrator, pages, and patience with quotas."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import jwt
import urllib3
from pydantic import Field, ValidationError

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Misconfigured, NotFound, Throttled, Upstream
from chalicelib.core.model import OldWire

API_URL = "https://admin.googleapis.com"
TOKEN_URL = "https://oauth2.googleapis.com/token"  # noqa: S105 an address
SCOPES = (
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
)
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LIFE, _RENEW_BEFORE = 3600, 300
_TRIES = 6
_LONGEST_PAUSE = 32.0
_QUOTA_REASONS = {"userRateLimitExceeded", "rateLimitExceeded", "quotaExceeded"}
_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER = 200, 401, 403, 404, 429, 500
_TIMEOUT = urllib3.Timeout(connect=3, read=20)


class ServiceKey(OldWire):
    """Of the JSON file that Google hands out, what is needed."""

    client_email: str = Field(min_length=3)
    private_key: str = Field(min_length=100, repr=False)
    private_key_id: str = ""


def service_key(text: str, secret_name: str) -> ServiceKey:
    """Raises Misconfigured; never with the text, which is a secret."""
    try:
        return ServiceKey.model_validate_json(text)
    except ValidationError:
        raise Misconfigured(
            f"The secret {secret_name} must be the JSON key file of a Google service account, with client_email and private_key."
        ) from None


class GoogleApi:
    """As the administrator `subject`. May be used by several threads."""

    def __init__(
        self,
        *,
        key: Callable[[], ServiceKey],
        subject: str,
        clock: Clock,
        api_url: str = API_URL,
        token_url: str = TOKEN_URL,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = key
        self._subject = subject
        self._clock = clock
        self._api_url = api_url
        self._token_url = token_url
        self._pause = pause
        self._pool = urllib3.PoolManager(maxsize=8, cert_reqs="CERT_REQUIRED", timeout=_TIMEOUT, retries=False)
        self._lock = Lock()
        self._token = ""
        self._token_ends = 0

    def pages(self, path: str, key: str, **parameters: str) -> Iterator[dict[str, Any]]:
        """Every item of every page. Raises NotFound, Misconfigured when Google refuses, Throttled or Upstream."""
        page: dict[str, str] = {}
        while True:
            answer = self._get(path, {**parameters, **page})
            items = answer.get(key, [])
            if not isinstance(items, list):
                raise Upstream(f"Google answered {path} with something that is no list of {key}.")
            yield from items
            if not (token := answer.get("nextPageToken")):
                return
            page = {"pageToken": str(token)}

    def _get(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        url = f"{self._api_url}{path}?{urlencode(parameters)}"
        return self._patiently(f"GET {path}", lambda: self._sent("GET", url))

    def _sent(self, method: str, url: str) -> tuple[int, bytes]:
        status, body = self._once(method, url, {"Authorization": f"Bearer {self._access_token()}"})
        if status == _UNAUTHORIZED:
            with self._lock:
                self._token_ends = 0
            status, body = self._once(method, url, {"Authorization": f"Bearer {self._access_token()}"})
        return status, body

    def _once(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None) -> tuple[int, bytes]:
        answer = self._pool.request(
            method, url, headers={"Accept": "application/json", **headers}, body=body, redirect=False
        )
        return answer.status, answer.data

    def _patiently(self, what: str, send: Callable[[], tuple[int, bytes]]) -> dict[str, Any]:
        """Quotas, faults of the network and of Google's servers are tried again, each time later."""
        failure: AppError = Upstream(f"Google did not answer {what}.")
        for attempt in range(_TRIES):
            if attempt:
                self._pause(min(_LONGEST_PAUSE, 2 ** (attempt - 1)) * (0.5 + random.random() / 2))  # noqa: S311 jitter
            try:
                status, body = send()
            except urllib3.exceptions.HTTPError as error:
                failure = Upstream(f"Google did not answer {what} ({type(error).__name__}).")
                continue
            if status == _OK:
                return _object(body, what)
            failure = _failure(status, body, what, self._subject)
            if not isinstance(failure, Throttled) and status < _SERVER:
                raise failure
        raise failure

    def _access_token(self) -> str:
        with self._lock:
            now = self._clock.now()
            if now >= self._token_ends - _RENEW_BEFORE:
                answer = self._patiently(
                    "the token of the service account",
                    lambda: self._once("POST", self._token_url, _FORM, self._assertion()),
                )
                self._token = str(answer.get("access_token") or "")
                if not self._token:
                    raise Upstream("Google gave no access token.")
                self._token_ends = now + min(_LIFE, int(answer.get("expires_in") or 0) or _LIFE)
            return self._token

    def _assertion(self) -> bytes:
        key, now = self._key(), self._clock.now()
        claims = {
            "iss": key.client_email,
            "sub": self._subject,
            "scope": " ".join(SCOPES),
            "aud": self._token_url,
            "iat": now,
            "exp": now + _LIFE,
        }
        try:
            signed = jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.private_key_id})
        except (ValueError, TypeError, jwt.PyJWTError):
            # Without the cause: its words may hold the key.
            raise Misconfigured("The private_key of the Google service account is no RSA key in PEM.") from None
        return urlencode({"grant_type": _GRANT, "assertion": signed}).encode()


_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Upstream(f"Google's answer to {what} is not JSON.") from error
    if not isinstance(found, dict):
        raise Upstream(f"Google's answer to {what} is no JSON object.")
    return found


def _failure(status: int, body: bytes, what: str, subject: str) -> AppError:
    words, reasons = _told(body)
    said = f"Google refused {what} as {subject}: {status} {words}"
    if status == _TOO_MANY or (status == _FORBIDDEN and reasons & _QUOTA_REASONS):
        return Throttled(said, reason="google_quota")
    if status == _NOT_FOUND:
        return NotFound(said)
    if status >= _SERVER:
        return Upstream(said)
    return Misconfigured(
        f"{said}. Domain-wide delegation must name the service account's client id with the scopes {', '.join(SCOPES)}, the Admin "
        "SDK must be enabled in its project, and the subject must be an administrator who may read users and groups.",
        reason="google_refused",
    )


def _told(body: bytes) -> tuple[str, set[str]]:
    """Google's words and reasons, from either of its error shapes; nothing of an answer that is neither."""
    try:
        error = json.loads(body).get("error")
        if isinstance(error, dict):
            reasons = {str(item.get("reason")) for item in error.get("errors") or [] if isinstance(item, dict)}
            return str(error.get("message") or "")[:300], reasons
        return str(error or "")[:300], set()
    except (ValueError, AttributeError):
        return "", set()
