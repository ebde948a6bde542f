import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import boto3
import pytest

from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider, oidc_provider
from tests.support.served import Reply, Served, served

PAGE = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """Keeps cookies, and looks at one page after the other."""

    site: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, path: str, **headers: str) -> Reply:
        """As a person's navigation."""
        return self._call(path, PAGE | headers)

    def ask(self, path: str, **headers: str) -> Reply:
        """As a script of our page."""
        return self._call(path, SCRIPT | headers)

    def _call(self, path: str, headers: dict[str, str]) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        reply = self.site.call("GET", path, headers=named | ({"Cookie": cookies} if cookies else {}))
        for line in reply.cookies:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return reply

    def begin(self, back: str = "/", method: str = "okta") -> str:
        """The provider's page that the button leads to."""
        reply = self.open(f"/auth?use_sso={method}&redirect_url={quote(back, safe='')}")
        assert reply.status == 303, reply.text
        return reply.headers["location"]

    def come_back(self, **query: str) -> Reply:
        return self.open(f"/auth?{urlencode(query)}")

    @property
    def user(self) -> str | None:
        profile = self.ask("/api/v2/user_profile")
        return profile.json["user"] if profile.status == 200 else None


@contextmanager
def signing_in(folder: Path, described: str, **environment: str) -> Iterator[Served]:
    """The application with further lines of the deployment; `PREFIX` in them is the prefix of tables and secrets."""
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, described, **environment) as running:
        document = folder / "configuration.yaml"
        document.write_text(
            document.read_text(encoding="utf-8").replace("PREFIX", load().table_prefix), encoding="utf-8"
        )
        secrets = boto3.client("secretsmanager", REGION)
        for name, text in (("okta", CLIENT_SECRET), ("proxy", "a shared word")):
            secrets.create_secret(Name=f"{load().table_prefix}sign-in-{name}", SecretString=text)
        yield running


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[OidcProvider]:
    with oidc_provider(lambda: int(time.time())) as running:
        running.metadata["end_session_endpoint"] = f"{running.url}/end"
        yield running


@pytest.fixture(scope="module")
def site(
    on_our_tables: None, shared_provider: OidcProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    described = (
        "  sign_in: [okta]\n"
        "  sign_in_methods:\n"
        f"    okta: {{method: oidc, preset: okta, label: Corporate account, issuer: '{shared_provider.url}',\n"
        f"           client_id: {CLIENT_ID}, client_secret_name: PREFIXsign-in-okta}}\n"
    )
    with signing_in(tmp_path_factory.mktemp("site"), described) as running:
        yield running


@pytest.fixture
def provider(shared_provider: OidcProvider) -> Iterator[OidcProvider]:
    """As it always is, whatever a test does to it."""
    kept = {
        name: getattr(shared_provider, name) for name in ("claims", "forge", "kid", "key", "algorithm", "published")
    }
    shared_provider.claims = dict(shared_provider.claims)
    yield shared_provider
    for name, value in kept.items():
        setattr(shared_provider, name, value)
    shared_provider.answers.clear()


@pytest.fixture
def browser(site: Served) -> Browser:
    return Browser(site)


@pytest.fixture
def another_browser(site: Served) -> Browser:
    return Browser(site)


SignIn = Callable[..., Reply]


@pytest.fixture
def sign_in(browser: Browser, provider: OidcProvider) -> SignIn:
    """The whole way in the first browser; the reply to the provider's answer."""

    def go(back: str = "/", **claims: object) -> Reply:
        provider.claims |= claims
        return browser.come_back(**provider.approve(browser.begin(back)))

    return go


def host_of(url: str) -> str:
    return urlsplit(url).netloc
