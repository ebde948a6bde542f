"""The application behind the laptop's own gateway, in the test's process, on embedded AWS: real HTTP on loopback."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import bootstrap
from chalicelib.access.rights import AccountFreshness, RoleGrant
from chalicelib.bootstrap import Container
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from infra.local.api_gateway import ApiGateway
from infra.local.gateway import Gateway
from infra.local.interpreter import Answer
from infra.local.routes import RouteTable
from tests.support.application import application
from tests.support.aws import HUB, aws_tables
from tests.support.rights import entitle

CONFIGURATION = f"""
deployment:
  administrators: ["user:root@example.com"]
  hub: {{account_id: "{HUB}"}}
"""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes
    cookies: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Served:
    url: str

    @property
    def container(self) -> Container:
        """The one that the application uses."""
        return bootstrap.container()

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """The path goes out as it is written. What is not bytes is sent as JSON."""
        target = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=20)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, path, content, dict(headers or {}))
            response = connection.getresponse()
            cookies = response.headers.get_all("Set-Cookie") or []
            return Reply(response.status, {k.lower(): v for k, v in response.headers.items()}, response.read(), cookies)
        finally:
            connection.close()

    def session(self, user: str, *groups: str, kind: SessionKind = SessionKind.CLI) -> SessionToken:
        return self.container.identity.sessions.start(
            user=user, groups=frozenset(groups), kind=kind, method="test", address="127.0.0.1"
        )

    def browser(self, token: SessionToken) -> dict[str, str]:
        """Headers of our own page in the person's browser."""
        return {
            "Cookie": f"{token.cookie_name}={token.value}; _xsrf=secret",
            "X-Xsrftoken": "secret",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "X-Requested-With": "XMLHttpRequest",
        }

    def entitle(self, identity: str, *grants: RoleGrant) -> None:
        entitle(self.container.access.store, identity, *grants, at=self.container.clock.now())

    def synced(self, accounts: Mapping[str, str], *, seconds_ago: int = 0) -> None:
        """Account to name."""
        moment = self.container.clock.now() - seconds_ago
        known = {account: AccountFreshness(name=name, synced_at=moment) for account, name in accounts.items()}
        self.container.access.store.set_fresh(known)


@contextmanager
def served(monkeypatch: pytest.MonkeyPatch, folder: Path, more: str = "", **environment: str) -> Iterator[Served]:
    """`more` is further YAML of the configuration."""
    configuration = folder / "configuration.yaml"
    configuration.write_text(CONFIGURATION + more, encoding="utf-8")
    app = application()
    gateway = Gateway(0)
    values = {"CONSOLEME_PUBLIC_URL": gateway.url, "CONSOLEME_CONFIG_FILE": str(configuration), **environment}
    with aws_tables(monkeypatch, **values):
        api = ApiGateway(
            RouteTable({path: sorted(methods) for path, methods in app.routes.items()}),
            lambda event: Answer(app(event, None)),
            account_id=HUB,
            binary_types=tuple(app.api.binary_types),
        )
        gateway.start(lambda _: api.answer)
        try:
            yield Served(gateway.url)
        finally:
            gateway.stop()
            api.close()
