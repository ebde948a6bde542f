"""What must not happen on the way through an identity provider: being led elsewhere, half a sign-in, a flood."""

import pytest

from tests.integration.sign_in.conftest import Browser, SignIn
from tests.support.http import Scripted
from tests.support.oidc import OidcProvider
from tests.support.served import Served

TRICKS = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://[",
    "evil.example",
    "@evil.example",
    ".evil.example",
    ":80@evil.example",
    "PUBLIC.evil.example/",
    "PUBLIC@evil.example/",
    "PUBLIC//evil.example/",
    "PUBLIC/\\evil.example/",
    "/api/v2/logout",
    "/auth?use_sso=okta",
    "/login?redirect_after_auth=//evil.example",
    "/%2f/evil.example?\x00",
    "/" + "x" * 3000,
]


class TestWaysBack:
    @pytest.mark.parametrize("trick", TRICKS)
    def test_nobody_is_led_away_after_signing_in(self, sign_in: SignIn, site: Served, trick: str) -> None:
        reply = sign_in(trick.replace("PUBLIC", site.url))
        assert reply.headers["location"] == f"{site.url}/"

    @pytest.mark.parametrize("path", ["/requests", "/role/a/b?r=eu-west-1", "/x?y=//z", "/challenge_validator/abc"])
    def test_paths_of_ours_are_kept(self, sign_in: SignIn, site: Served, path: str) -> None:
        assert sign_in(path).headers["location"] == f"{site.url}{path}"
        assert sign_in(f"{site.url}{path}").headers["location"] == f"{site.url}{path}"


class TestOutages:
    @pytest.mark.parametrize(
        "answer",
        [Scripted({}, 500), Scripted(b"<html>", 200), Scripted({"keys": "none"}, 200), Scripted(b"x" * 1_100_000)],
    )
    def test_a_provider_that_is_not_well_signs_nobody_in_and_says_so(
        self, browser: Browser, provider: OidcProvider, answer: Scripted
    ) -> None:
        query = provider.approve(browser.begin("/requests"))
        provider.on("/token", answer)
        reply = browser.come_back(**query)
        assert (reply.status, reply.headers["content-type"]) == (502, "text/html; charset=utf-8")
        assert "You are not signed in" in reply.text
        assert "redirect_url=%2Frequests" in reply.text
        assert browser.user is None
        provider.answers.clear()
        assert browser.come_back(**provider.approve(browser.begin())).status == 303

    def test_a_provider_that_is_down_from_the_start_is_a_page_and_no_loop(
        self, site: Served, provider: OidcProvider
    ) -> None:
        service = site.container.identity.sign_in
        (method,) = service.choices
        method._provider._metadata = None  # type: ignore[attr-defined]
        provider.on("/.well-known/openid-configuration", Scripted({}, 503))
        reply = Browser(site).open("/auth?use_sso=okta")
        assert (reply.status, reply.cookies) == (502, [])
        assert "Reason: provider_down." in reply.text

    def test_signing_out_works_while_the_provider_is_down(
        self, browser: Browser, sign_in: SignIn, site: Served, provider: OidcProvider
    ) -> None:
        sign_in()
        (method,) = site.container.identity.sign_in.choices
        method._provider._metadata = None  # type: ignore[attr-defined]
        provider.on("/.well-known/openid-configuration", Scripted({}, 503))
        assert browser.ask("/api/v2/logout").json["redirect_url"] == "/"
        assert browser.user is None


class TestTooMuch:
    def test_an_oversized_session_cookie_is_no_session(self, browser: Browser) -> None:
        browser.cookies["consoleme_auth"] = "x" * 9_000
        assert browser.ask("/auth").status == 403

    def test_headers_beyond_the_limit_are_refused_before_anything_is_read(self, browser: Browser) -> None:
        browser.cookies |= {f"c{number}": "x" * 1_000 for number in range(12)}
        assert browser.ask("/auth").status in {400, 403, 431}

    @pytest.mark.parametrize("name", ["state", "code", "error", "use_sso", "redirect_url", "iss"])
    def test_an_oversized_word_in_the_address_is_refused_cleanly(
        self, browser: Browser, provider: OidcProvider, name: str
    ) -> None:
        query = {"state": "s", "code": "c"} if name not in {"use_sso", "redirect_url"} else {}
        reply = browser.come_back(**query | {name: "x" * 7_000})
        assert reply.status in {303, 403}
        assert "xxxx" not in reply.text
        assert not any(line.startswith("consoleme_auth=") for line in reply.cookies)
