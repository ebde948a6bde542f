"""What `weep serve` and `weep file -R` do with credentials: keep them, hand them to SDKs on loopback, and renew them in time."""

import dataclasses
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.support.weep import Weep, WeepError

RENEW_BEFORE = 600
"""Seconds. Each minute a provider looks whether less is left, and then asks again."""
_ECS = "/ecs/"
_CREDENTIALS = "/latest/meta-data/iam/security-credentials/"


@dataclass
class Provider:
    """Credentials of one role. `role` is what was asked for at first, and from then on what the server said it was."""

    weep: Weep
    role: str
    found: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def fetch(self) -> None:
        self.found = self.weep.credentials(self.role, "serve")
        self.role = self.found["RoleArn"] or self.role

    def tick(self) -> None:
        """Once a minute. What fails is only logged: the old credentials stay, even after their end."""
        if self.found["Expiration"] - self.weep.now() >= RENEW_BEFORE:
            return
        try:
            self.fetch()
        except WeepError as error:
            self.log.append(error.message)


@dataclass
class Serving:
    """`weep serve [ROLE]`: container credentials for any role, and instance metadata when a role was named."""

    weep: Weep
    default: Provider | None = None
    url: str = ""
    providers: dict[str, Provider] = field(default_factory=dict)

    def tick(self) -> None:
        for provider in (*self.providers.values(), *([self.default] if self.default else [])):
            provider.tick()

    def ecs(self, role: str) -> dict[str, str]:
        """Raises WeepError, which is answered as text with a 400. The first request asks the server, later ones don't."""
        if role not in self.providers:
            provider = Provider(self.weep, role)
            provider.fetch()
            self.providers[role] = provider
        kept = self.providers[role].found
        return {**_keys(kept), "RoleArn": kept["RoleArn"]}

    def imds(self, path: str) -> str:
        provider = self.default
        assert provider is not None
        if path == _CREDENTIALS:
            return provider.role.rpartition("/")[2]
        return json.dumps({"Code": "Success", "Type": "AWS-HMAC", **_keys(provider.found)})


def _keys(found: dict[str, Any]) -> dict[str, str]:
    end = datetime.fromtimestamp(found["Expiration"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "AccessKeyId": found["AccessKeyId"],
        "SecretAccessKey": found["SecretAccessKey"],
        "Token": found["SessionToken"],
        "Expiration": end,
    }


@contextmanager
def serving(weep: Weep, role: str = "") -> Iterator[Serving]:
    """With a role, its credentials are fetched once before anything is served, by a session that is kept from then on."""
    default = None
    if role:
        default = Provider(dataclasses.replace(weep, pinned=weep.session()), role)
        default.fetch()
    served = Serving(weep, default)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(served))
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(served: Serving) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._answer(200, "an IMDSv2 token")

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            if {"Origin", "X-Forwarded-For"} & set(self.headers) or "Mozilla" in self.headers.get("User-Agent", ""):
                self._answer(403, "no browsers")
                return
            try:
                if path.startswith(_ECS):
                    self._answer(200, json.dumps(served.ecs(path.removeprefix(_ECS))))
                elif served.default and re.fullmatch(rf"{_CREDENTIALS}[^/]*", path):
                    self._answer(200, served.imds(path))
                else:
                    self._answer(404, "nothing here")
            except WeepError as error:
                self._answer(400, error.message)

        def _answer(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json" if status == 200 else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Tests look at `Serving`."""

    return Handler
