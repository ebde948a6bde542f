from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.ids import ulid
from chalicelib.identity.models import SessionToken
from tests.support.builders import grant, role_arn
from tests.support.http import Scripted, ScriptedServer, scripted_server
from tests.support.served import Served, served
from tests.support.weep import Weep

PROD, TEST, NAMELESS = "222222222222", "333333333333", "444444444444"
APP, APP_ADMIN = role_arn("team/app", PROD), role_arn("team/app-admin", PROD)
DEPLOY, READER = role_arn("deploy", TEST), role_arn("reader", NAMELESS)
ONLY_CLI = role_arn("break-glass", TEST)
ROLES = sorted([APP, APP_ADMIN, DEPLOY, READER, ONLY_CLI])


@pytest.fixture(scope="module")
def federation() -> Iterator[ScriptedServer]:
    """AWS's sign-in endpoint."""
    with scripted_server() as script:
        script.on("/federation", Scripted({"SigninToken": "signin-token"}))
        yield script


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, federation: ScriptedServer) -> Iterator[Served]:
    folder, section = tmp_path_factory.mktemp("site"), f"console: {{federation_url: '{federation.url}/federation'}}\n"
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, section) as running:
        running.synced({PROD: "payments-prod", TEST: "payments-test", NAMELESS: ""})
        running.entitle("group:engineers", grant(APP), grant(APP_ADMIN), grant(DEPLOY), grant(READER))
        running.entitle("group:on-call", grant(ONLY_CLI, cli_only=True))
        yield running


@pytest.fixture
def user() -> str:
    """Nobody has been them before."""
    return f"{ulid().lower()}@example.com"


@pytest.fixture
def token(site: Served, user: str) -> SessionToken:
    return site.session(user, "Engineers", "on-call")


@pytest.fixture
def client(site: Served, tmp_path: Path) -> Callable[..., Weep]:
    def make(session: dict[str, Any] | None = None) -> Weep:
        weep = Weep(site.url, tmp_path, wait=lambda _: None)
        if session is not None:
            weep._store(session)
        return weep

    return make


def stored(token: SessionToken, **other: Any) -> dict[str, Any]:
    """A session file as Weep would have written it."""
    base = {
        "status": "success",
        "encoded_jwt": token.value,
        "cookie_name": token.cookie_name,
        "secure": token.secure,
        "http_only": True,
        "same_site": 0,
        "expiration": token.expires_at,
        "user": "somebody@example.com",
    }
    return base | other


@pytest.fixture
def weep(client: Callable[..., Weep], token: SessionToken) -> Weep:
    return client(stored(token))
