"""Somebody at the product's front door: a person with a browser, or a command line."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from infra.local.journeys.telling import UnexpectedError
from infra.local.people import SIGN_IN_PATH, XSRF_COOKIE

_SECONDS = 35


@dataclass(frozen=True)
class Reply:
    asked: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.text)
        except ValueError as error:
            raise UnexpectedError(f"{self.asked}: expected JSON, found {self.text[:500]}") from error

    @property
    def message(self) -> str:
        """Of an error, whatever the family calls it."""
        body = self.json
        return str(body.get("message") or body.get("error") or body)

    def expect(self, status: int) -> Any:
        """The JSON body. Raises UnexpectedError for another status."""
        if self.status != status:
            raise UnexpectedError(f"{self.asked}: expected status {status}, found {self.status}: {self.text[:1000]}")
        return self.json


class Visitor:
    def __init__(self, url: str, user_agent: str, *, browser: bool) -> None:
        """A browser says where its page is from and brings the token against forged requests; a command line does neither."""
        self._url = url
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._browser = browser
        self.cookies: dict[str, str] = {}

    def sign_in(self, email: str) -> Reply:
        return self.post(SIGN_IN_PATH, {"email": email})

    def get(self, path: str) -> Reply:
        return self._send("GET", path, None)

    def post(self, path: str, body: Any) -> Reply:
        return self._send("POST", path, body)

    def put(self, path: str, body: Any) -> Reply:
        return self._send("PUT", path, body)

    def delete(self, path: str) -> Reply:
        return self._send("DELETE", path, None)

    def _send(self, method: str, path: str, body: Any) -> Reply:
        parts = urlsplit(path if path.startswith("http") else self._url + path)
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            connection.request(
                method, target, None if body is None else json.dumps(body).encode(), self._headers_for(method)
            )
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        for header in answer.msg.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(header).items()})
        return Reply(f"{method} {path}", answer.status, dict(answer.headers.items()), text)

    def _headers_for(self, method: str) -> dict[str, str]:
        headers = dict(self._headers)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method != "GET":
            headers["Content-Type"] = "application/json"
        if self._browser:
            headers |= {"Sec-Fetch-Site": "same-origin", "X-Requested-With": "XMLHttpRequest"}
            if method != "GET":
                headers |= {"Origin": self._url, "X-Xsrftoken": self.cookies.get(XSRF_COOKIE, "")}
        return headers
