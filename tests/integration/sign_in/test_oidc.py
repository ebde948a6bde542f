"""Signing in with an identity provider through the application itself, as a browser does it, and as somebody who should not get in."""

import json
from collections.abc import Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.core.principals import SessionKind
from tests.integration.sign_in.conftest import Browser, SignIn, host_of
from tests.support.oidc import OidcProvider, ec_key, unsigned
from tests.support.served import Reply, Served


class TestTheWholeWay:
    def test_a_person_signs_in_and_comes_back_to_where_they_wanted_to_go(
        self, browser: Browser, provider: OidcProvider, site: Served
    ) -> None:
        refused = browser.ask(f"/auth?redirect_url={quote(f'{site.url}/requests?status=pending', safe='')}")
        assert (refused.status, refused.json["type"]) == (403, "redirect")
        begun = browser.open(refused.json["redirect_url"])
        assert (begun.status, host_of(begun.headers["location"])) == (303, host_of(provider.url))
        provider.claims |= {"email": "Ada@Example.com", "groups": ["Engineers"]}
        done = browser.come_back(**provider.approve(begun.headers["location"]))
        assert (done.status, done.headers["location"]) == (303, f"{site.url}/requests?status=pending")
        profile = browser.ask("/api/v2/user_profile").json
        assert (profile["user"], profile["groups"]) == ("ada@example.com", ["engineers"])
        assert browser.ask("/auth").json["authCookieExpiration"] > 0

    def test_the_redirect_uri_is_the_configured_address_whatever_host_was_asked_for(
        self, browser: Browser, site: Served
    ) -> None:
        reply = browser.open("/auth?use_sso=okta", Host=f"localhost:{urlsplit(site.url).port}")
        query = parse_qs(urlsplit(reply.headers["location"]).query)
        assert query["redirect_uri"] == [f"{site.url}/auth"]

    def test_groups_give_what_they_give(self, browser: Browser, sign_in: SignIn) -> None:
        sign_in(email="somebody@example.com")
        assert browser.ask("/api/v2/user_profile").json["authorization"]["can_admin"] is False
        sign_in(email="root@example.com")
        assert browser.ask("/api/v2/user_profile").json["authorization"]["can_admin"] is True

    def test_a_new_session_begins_with_every_sign_in(self, browser: Browser, sign_in: SignIn) -> None:
        sign_in()
        first = dict(browser.cookies)
        sign_in()
        assert browser.cookies["consoleme_auth"] != first["consoleme_auth"]
        assert browser.cookies["_xsrf"] != first["_xsrf"]

    def test_cookies_are_for_this_site_alone_and_out_of_reach_of_scripts(
        self, browser: Browser, sign_in: SignIn
    ) -> None:
        done = sign_in()
        (session,) = [line for line in done.cookies if line.startswith("consoleme_auth=")]
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(session.split("; "))
        begun = browser.open("/auth?use_sso=okta")
        (kept,) = [line for line in begun.cookies if line.startswith("consoleme_browser=")]
        assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"} <= set(kept.split("; "))

    def test_two_tabs_that_sign_in_at_once_both_get_in(self, browser: Browser, provider: OidcProvider) -> None:
        first, second = browser.begin("/requests"), browser.begin("/inventory")
        assert browser.come_back(**provider.approve(second)).headers["location"].endswith("/inventory")
        assert browser.come_back(**provider.approve(first)).headers["location"].endswith("/requests")

    def test_signing_out_ends_our_session_and_leads_to_the_end_of_theirs(
        self, browser: Browser, sign_in: SignIn, provider: OidcProvider, site: Served
    ) -> None:
        sign_in()
        kept = dict(browser.cookies)
        away = browser.ask("/api/v2/logout").json["redirect_url"]
        query = parse_qs(urlsplit(away).query)
        assert away.startswith(f"{provider.url}/end?")
        assert query["post_logout_redirect_uri"] == [f"{site.url}/"]
        assert query["id_token_hint"][0].count(".") == 2
        assert browser.user is None
        browser.cookies = kept
        assert browser.user is None

    def test_the_key_changes_in_the_middle_and_nobody_is_shut_out(
        self, browser: Browser, sign_in: SignIn, provider: OidcProvider
    ) -> None:
        sign_in(email="before@example.com")
        provider.rotate("second", ec_key("second"), "ES256")
        assert browser.user == "before@example.com"
        sign_in(email="after@example.com")
        assert browser.user == "after@example.com"


class TestTheCheckOfTheSession:
    def test_somebody_who_opens_it_by_hand_is_led_to_the_provider(self, browser: Browser, site: Served) -> None:
        reply = browser.open("/auth")
        assert (reply.status, reply.headers["location"]) == (303, f"{site.url}/auth?use_sso=okta&redirect_url=%2F")

    def test_a_script_is_never_redirected(self, browser: Browser) -> None:
        for path in ("/auth?use_sso=okta", "/auth?code=a&state=b", "/auth?error=x"):
            reply = browser.ask(path)
            assert (reply.status, reply.json["type"]) == (403, "redirect")

    def test_another_sites_script_reads_nothing(self, browser: Browser, sign_in: SignIn) -> None:
        sign_in()
        reply = browser.ask("/auth", Origin="https://evil.example")
        assert (reply.status, reply.json["reason"]) == (403, "cross_site")

    def test_a_command_lines_session_is_none_for_a_page(self, browser: Browser, site: Served) -> None:
        token = site.session("ada@example.com", kind=SessionKind.CLI)
        browser.cookies[token.cookie_name] = token.value
        assert browser.ask("/auth").status == 403

    def test_a_way_to_sign_in_that_there_is_not_leads_to_one_that_there_is(self, browser: Browser) -> None:
        for name in ("true", "nobody", "../x", "okta%00"):
            reply = browser.open(f"/auth?use_sso={name}&redirect_url=/requests")
            assert reply.headers["location"].endswith("/auth?use_sso=okta&redirect_url=%2Frequests")


class TestForgery:
    def refused(self, browser: Browser, reply: Reply, reason: str) -> None:
        """A page that names cause, way on and request; and nobody is signed in."""
        assert reply.status in {403, 502}, reply.text
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert f"Reason: {reason}." in reply.text
        assert "Try again" in reply.text
        assert "Request: " in reply.text
        assert not any(line.startswith("consoleme_auth=") for line in reply.cookies)
        assert browser.user is None

    def test_somebody_elses_answer_signs_nobody_in_as_them(
        self, browser: Browser, another_browser: Browser, provider: OidcProvider
    ) -> None:
        """An attacker sends a victim the end of their own sign-in, so that the victim works in the attacker's name."""
        attackers = provider.approve(another_browser.begin())
        self.refused(browser, browser.come_back(**attackers), "other_browser")

    def test_an_answer_counts_once(self, browser: Browser, provider: OidcProvider) -> None:
        query = provider.approve(browser.begin())
        assert browser.come_back(**query).status == 303
        browser.cookies.pop("consoleme_auth")
        self.refused(browser, browser.come_back(**query), "unknown_sign_in")

    def test_a_code_of_another_sign_in_does_not_count(self, browser: Browser, provider: OidcProvider) -> None:
        first, second = browser.begin(), browser.begin()
        mixed = provider.approve(first) | {"state": provider.approve(second)["state"]}
        self.refused(browser, browser.come_back(**mixed), "code_refused")

    @pytest.mark.parametrize(
        "query", [{"state": "guess", "code": "x"}, {"state": "", "code": "x"}, {"error": "denied"}]
    )
    def test_an_answer_to_no_question_is_refused(self, browser: Browser, query: dict[str, str]) -> None:
        self.refused(browser, browser.come_back(**query), "unknown_sign_in")

    @pytest.mark.parametrize(
        ("forge", "reason"),
        [
            (lambda claims: unsigned(claims, {"alg": "none"}), "algorithm_refused"),
            (lambda _: "not.a.token", "bad_token"),
        ],
    )
    def test_a_forged_token_is_refused(
        self, browser: Browser, sign_in: SignIn, provider: OidcProvider, forge: Callable[..., str], reason: str
    ) -> None:
        provider.forge = forge
        self.refused(browser, sign_in(), reason)

    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"iss": "https://evil.example"}, "wrong_issuer"),
            ({"aud": "another"}, "wrong_audience"),
            ({"nonce": "another"}, "wrong_nonce"),
            ({"exp": 1}, "token_expired"),
            ({"email_verified": False}, "email_not_verified"),
            ({"groups": None, "hasgroups": True}, "group_overage"),
        ],
    )
    def test_a_token_that_is_not_right_is_refused(
        self, browser: Browser, sign_in: SignIn, claims: dict[str, object], reason: str
    ) -> None:
        self.refused(browser, sign_in(**claims), reason)

    def test_a_refusal_says_how_to_begin_again_and_where_one_was_going(self, sign_in: SignIn) -> None:
        page = sign_in("/requests?a=1&b=2", aud="another").text
        assert 'href="/auth?use_sso=okta&amp;redirect_url=%2Frequests%3Fa%3D1%26b%3D2"' in page

    def test_the_page_runs_nothing_and_shows_nothing_that_somebody_else_wrote(self, browser: Browser) -> None:
        reply = browser.open("/auth?error=%3Cscript%3Ealert(1)%3C/script%3E&error_description=call+me&state=%3Cb%3E")
        assert "<script" not in reply.text
        assert "call me" not in reply.text
        policy = reply.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert reply.headers["cache-control"] == "no-store"


def test_the_log_tells_the_reason_and_no_secret(
    browser: Browser, sign_in: SignIn, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    def forge(claims: dict[str, object]) -> str:
        seen.append(provider.signed(claims))
        return seen[-1]

    provider.forge = forge
    sign_in(aud="another")
    logged = [vars(record) for record in caplog.records]
    (refusal,) = [line for line in logged if line.get("msg") == "sign-in refused"]
    assert (refusal["reason"], refusal["method"], refusal["address"]) == ("wrong_audience", "okta", "127.0.0.1")
    text = json.dumps(logged, default=str)
    assert not any(part in text for part in (*seen[0].split("."), *browser.cookies.values()))
