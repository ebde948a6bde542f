"""A real browser before the whole product: Debian's Chromium, the built page, the laptop cloud with the small demo organisation."""

import shutil
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from infra.local.cloud import LaptopCloud
from infra.local.first_run import refresh
from infra.local.options import Options
from infra.local.stack import TABLE_PREFIX
from tests.browser.visitor import PATIENCE, ROOT, Visitor
from tests.support.oidc_server.provider import CLIENT_ID, CLIENT_SECRET, OidcServer, oidc_server
from tests.support.saml.provider import SamlProvider, saml_provider

SECRET_NAME = f"{TABLE_PREFIX}sign-in-company"

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages of libraries ask for fonts from elsewhere; a test asks nobody but this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


NEWCOMER, ADMINISTRATOR = "iris@example.com", "oskar@example.com"
"""Known to the identity provider alone."""
PARTNER = "pia@partner.example"
"""Known to the partner's provider alone."""


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[OidcServer]:
    """The company's OpenID Connect provider, for which one product of the registry stands in."""
    people = {NEWCOMER: ["Payments-Engineers", "everyone"], ADMINISTRATOR: ["cloud-admins"]}
    with oidc_server(people) as running:
        yield running


@pytest.fixture(scope="session")
def partner() -> Iterator[SamlProvider]:
    """Another company's SAML provider."""
    with saml_provider(people={PARTNER: ["Payments-Engineers", "everyone"]}) as running:
        yield running


@pytest.fixture(scope="session")
def cloud(identity_provider: OidcServer, partner: SamlProvider) -> Iterator[LaptopCloud]:
    """With the laptop's own sign-in, and one with each company's provider beside it."""
    if not (ROOT / "web" / "dist" / "index.html").exists():
        pytest.fail("The page is not built: run `make web`.")
    company = {
        "method": "oidc",
        "preset": "okta",
        "label": "Company account",
        "issuer": identity_provider.url,
        "client_id": CLIENT_ID,
        "client_secret_name": SECRET_NAME,
    }
    other = {
        "method": "saml",
        "label": "Partner account",
        "idp_entity_id": partner.entity_id,
        "metadata_url": f"{partner.url}/metadata",
    }
    methods = {"company": company, "partner": other}
    overlay = {"deployment": {"sign_in": ["session", "plugin", *methods], "sign_in_methods": methods}}
    with LaptopCloud(Options(demo="small", overlay=overlay)) as started:
        identity_provider.serves(started.url)
        with urllib.request.urlopen(f"{started.url}/saml/metadata", timeout=30) as told:  # noqa: S310 loopback
            partner.serves(told.read().decode())
        started.client("secretsmanager").create_secret(Name=SECRET_NAME, SecretString=CLIENT_SECRET)
        assert refresh(started).status == "SUCCEEDED"
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not on the PATH: run `make test-browser`, which installs it where apt allows.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, cloud: LaptopCloud) -> Iterator[Visitor]:
    with Visitor(chromium, cloud) as someone:
        yield someone


@pytest.fixture
def colleague(chromium: Browser, cloud: LaptopCloud) -> Iterator[Visitor]:
    """A second person at another browser."""
    with Visitor(chromium, cloud) as someone:
        yield someone


@pytest.fixture
def visit(chromium: Browser, cloud: LaptopCloud) -> Iterator[Callable[..., Visitor]]:
    """Visitors with a width and a theme of the test's choice."""
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(Visitor(chromium, cloud, **how))
