"""A proxy that signs people in, through the application itself; and somebody who pretends to be one."""

from collections.abc import Iterator

import pytest

from tests.integration.sign_in.conftest import Browser, signing_in
from tests.support.served import Served

SECRET = "a shared word"
PROXY = {"X_Proxy_Secret": SECRET}


@pytest.fixture(scope="module")
def site(on_our_tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    described = (
        "  sign_in: [proxy]\n"
        "  sign_in_methods:\n"
        "    proxy: {method: header, user_header: X-Auth-User, groups_header: X-Auth-Groups, proxies: [127.0.0.0/8],\n"
        "            secret_header: X-Proxy-Secret, secret_name: PREFIXsign-in-proxy}\n"
    )
    with signing_in(tmp_path_factory.mktemp("site"), described) as running:
        yield running


@pytest.fixture
def browser(site: Served) -> Browser:
    return Browser(site)


def test_the_first_look_at_the_session_begins_one(browser: Browser) -> None:
    reply = browser.ask("/auth", X_Auth_User="Ada@Example.com", X_Auth_Groups="Engineers, on-call", **PROXY)
    assert (reply.status, reply.json["authCookieExpiration"] > reply.json["currentServerTime"]) == (200, True)
    profile = browser.ask("/api/v2/user_profile", X_Auth_User="ada@example.com", **PROXY).json
    assert (profile["user"], profile["groups"]) == ("ada@example.com", ["engineers", "on-call"])


def test_another_person_at_the_same_browser_is_another_session(browser: Browser) -> None:
    browser.ask("/auth", X_Auth_User="ada@example.com", X_Auth_Groups="admins", **PROXY)
    refused = browser.ask("/api/v2/user_profile", X_Auth_User="grace@example.com", **PROXY)
    assert refused.status == 403
    browser.ask("/auth", X_Auth_User="grace@example.com", **PROXY)
    profile = browser.ask("/api/v2/user_profile", X_Auth_User="grace@example.com", **PROXY).json
    assert (profile["user"], profile["groups"]) == ("grace@example.com", [])


@pytest.mark.parametrize("word", [{}, {"X_Proxy_Secret": "guess"}])
def test_a_header_that_is_not_the_proxys_signs_nobody_in_and_is_said_to_be_refused(
    browser: Browser, word: dict[str, str]
) -> None:
    reply = browser.ask("/auth", X_Auth_User="root@example.com", **word)
    assert (reply.status, reply.json["reason"], reply.cookies) == (403, "header_not_trusted", [])
    page = browser.open("/auth", X_Auth_User="root@example.com", **word)
    assert (page.status, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert "Reason: header_not_trusted." in page.text


def test_a_forged_header_spoils_a_good_session_too(browser: Browser) -> None:
    browser.ask("/auth", X_Auth_User="ada@example.com", **PROXY)
    reply = browser.ask("/api/v2/user_profile", X_Auth_User="ada@example.com")
    assert (reply.status, reply.json["reason"]) == (403, "header_not_trusted")


def test_who_comes_past_the_proxy_is_told_that_there_is_no_way_in(browser: Browser, site: Served) -> None:
    assert browser.ask("/auth").json["redirect_url"] == "/login?redirect_after_auth=%2F"
    assert browser.ask("/api/v2/login_configuration").json["methods"] == []
    assert browser.open("/auth").headers["location"] == f"{site.url}/login?redirect_after_auth=%2F"


def test_signing_out_ends_our_session(browser: Browser) -> None:
    browser.ask("/auth", X_Auth_User="ada@example.com", **PROXY)
    assert browser.ask("/api/v2/logout", X_Auth_User="ada@example.com", **PROXY).json["redirect_url"] == "/"
    assert browser.ask("/api/v2/user_profile").status == 403
