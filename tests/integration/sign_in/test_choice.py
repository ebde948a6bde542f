"""Several ways to sign in at once: each has its button, and an answer counts for the one that asked."""

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from chalicelib.plugins.hookspecs import hookimpl
from tests.integration.sign_in.conftest import Browser, signing_in
from tests.support.oidc import CLIENT_ID, OidcProvider, oidc_provider
from tests.support.served import Served


class OwnPage:
    """A company's plugin."""

    @hookimpl
    def sign_in_url(self, return_to: str) -> str:
        return f"/own/page?back={return_to}"


@pytest.fixture(scope="module")
def first() -> Iterator[OidcProvider]:
    with oidc_provider(lambda: int(time.time())) as running:
        yield running


@pytest.fixture(scope="module")
def second() -> Iterator[OidcProvider]:
    with oidc_provider(lambda: int(time.time())) as running:
        yield running


@pytest.fixture(scope="module")
def site(
    on_our_tables: None, first: OidcProvider, second: OidcProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    client = f"client_id: {CLIENT_ID}, client_secret_name: PREFIXsign-in-okta"
    described = (
        "  sign_in: [staff, session, plugin, partners, proxy]\n"
        "  sign_in_message: Use your badge & be quick.\n"
        "  sign_in_methods:\n"
        f"    partners: {{method: oidc, label: Partners, issuer: '{second.url}', {client}}}\n"
        f"    staff: {{method: oidc, label: Staff, issuer: '{first.url}', {client}}}\n"
        "    proxy: {method: header, user_header: X-Auth-User, proxies: [10.0.0.1/32]}\n"
        "    unused: {method: header, user_header: X-Other, proxies: [10.0.0.1/32]}\n"
    )
    with signing_in(tmp_path_factory.mktemp("site"), described) as running:
        running.container.plugins.register(OwnPage())
        yield running


@pytest.fixture
def browser(site: Served) -> Browser:
    return Browser(site)


def test_the_page_is_told_each_way_in_the_configured_order_with_the_way_back(browser: Browser) -> None:
    told = browser.ask("/api/v2/login_configuration?redirect_after_auth=/requests%3Fa%3D1").json
    assert [(way["name"], way["label"], way["url"]) for way in told["methods"]] == [
        ("staff", "Staff", "/auth?use_sso=staff&redirect_url=%2Frequests%3Fa%3D1"),
        ("plugin", "Sign in", "/own/page?back=/requests?a=1"),
        ("partners", "Partners", "/auth?use_sso=partners&redirect_url=%2Frequests%3Fa%3D1"),
    ]
    assert told["custom_message"] == "Use your badge & be quick."
    assert (told["allow_password_login"], told["allow_sign_up"]) == (False, False)


def test_a_way_back_that_is_not_ours_is_left_out(browser: Browser) -> None:
    told = browser.ask("/api/v2/login_configuration?redirect_after_auth=//evil.example").json
    assert "evil" not in str(told)


def test_somebody_without_a_session_is_sent_to_choose(browser: Browser, site: Served) -> None:
    refused = browser.ask("/auth?redirect_url=/requests")
    assert refused.json["redirect_url"] == "/login?redirect_after_auth=%2Frequests"
    assert browser.open("/auth").headers["location"] == f"{site.url}/login?redirect_after_auth=%2F"


def test_each_way_leads_in(browser: Browser, first: OidcProvider, second: OidcProvider) -> None:
    first.claims["email"], second.claims["email"] = "staff@example.com", "partner@example.com"
    for method, provider in (("staff", first), ("partners", second)):
        url = browser.begin(method=method)
        assert urlsplit(url).netloc == urlsplit(provider.url).netloc
        assert browser.come_back(**provider.approve(url)).status == 303
        assert browser.user == provider.claims["email"]


def test_an_answer_of_one_provider_does_not_count_for_another(
    browser: Browser, first: OidcProvider, second: OidcProvider
) -> None:
    """A provider that is worth less must not be able to answer for one that is worth more."""
    asked = first.approve(browser.begin(method="staff"))
    other = second.approve(browser.begin(method="partners"))
    reply = browser.come_back(state=asked["state"], code=other["code"], iss=second.url)
    assert "Reason: wrong_issuer." in reply.text
    assert browser.user is None


def test_only_the_methods_that_the_deployment_names_are_listened_to(browser: Browser) -> None:
    assert browser.ask("/auth", X_Other="root@example.com").json["reason"] == "unauthenticated"
    assert browser.ask("/auth", X_Auth_User="root@example.com").json["reason"] == "header_not_trusted"
