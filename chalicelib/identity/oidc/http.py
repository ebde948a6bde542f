"""HTTP to an identity provider: verified TLS, short times, small answers, and no redirect is followed."""

import json
import ssl
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import urllib3

from chalicelib.core.errors import Misconfigured, Upstream

SIZE_LIMIT = 1_000_000
"""Bytes. The largest key sets have some tens of thousands."""
_SECONDS = 5.0
"""For a whole answer, however slowly it drips: API Gateway waits 29 s, and a sign-in asks up to four times."""
_SOON = 1.0
"""A failure that came sooner may have been a connection that the other side had closed: worth one more try."""
_OK = 200


class ProviderHttp:
    def __init__(self, ca_certificates: str | None = None, *, seconds: float = _SECONDS) -> None:
        self._ca_certificates = ca_certificates
        self._seconds = seconds

    @cached_property
    def _pool(self) -> urllib3.PoolManager:
        try:
            context = ssl.create_default_context(cadata=self._ca_certificates)
        except (ssl.SSLError, ValueError) as error:
            raise Misconfigured(f"ca_certificates is not PEM text of certificates: {error}.") from error
        return urllib3.PoolManager(
            ssl_context=context,
            timeout=urllib3.Timeout(connect=min(3.0, self._seconds), read=self._seconds),
            retries=False,
            maxsize=2,
        )

    def get(self, url: str, what: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The JSON object there; one that fails is asked once more. Raises Upstream."""
        return _object(self.content(url, what, headers or {}), what)

    def content(self, url: str, what: str, headers: Mapping[str, str]) -> bytes:
        """What is there; one that fails is asked once more. Raises Upstream."""
        try:
            status, body = self._send("GET", url, what, headers)
        except Upstream as error:
            if error.reason != "provider_down":
                raise
            status, body = self._send("GET", url, what, headers)
        if status != _OK:
            raise _down(what, f"it answered {status}")
        return body

    def post(self, url: str, what: str, form: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and JSON object; never sent twice, since a code counts once. Raises Upstream."""
        sent = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        status, body = self._send("POST", url, what, sent, form)
        return status, _object(body, what)

    def _send(
        self, method: str, url: str, what: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> tuple[int, bytes]:
        end = time.monotonic() + self._seconds
        sent = {"Accept": "application/json", "User-Agent": "consoleme", **headers}
        try:
            answer = self._pool.request(method, url, body=body, headers=sent, redirect=False, preload_content=False)
            try:
                return answer.status, _read(answer, what, end)
            finally:
                # Never given back half read: the rest would be the beginning of the next answer.
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # Not chained: urllib3 writes URLs into its texts, and a URL may hold what the log must not.
            raise _down(what, f"no answer, {type(error).__name__}") from None


def _read(answer: urllib3.BaseHTTPResponse, what: str, end: float) -> bytes:
    found = bytearray()
    while part := answer.read1(65_536):
        found += part
        if len(found) > SIZE_LIMIT:
            raise Upstream(
                f"The identity provider's answer is far too large ({what}).", reason="provider_answer_too_large"
            )
        if time.monotonic() > end:
            raise _down(what, "its answer took too long")
    return bytes(found)


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Upstream(
            f"The identity provider's answer is not JSON ({what}).", reason="provider_answer_unreadable"
        ) from error
    if not isinstance(found, dict):
        raise Upstream(
            f"The identity provider's answer is no JSON object ({what}).", reason="provider_answer_unreadable"
        )
    return found


def _down(what: str, how: str) -> Upstream:
    return Upstream(
        f"The identity provider can't be asked ({what}: {how}). Nobody was signed in. Try again in a moment.",
        reason="provider_down",
    )
