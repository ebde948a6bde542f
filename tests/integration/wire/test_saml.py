"""A person signs in with SAML, as their browser lives it: to the provider and back, across sites, and out again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import boto3
import pytest

from chalicelib.core.ids import ulid
from chalicelib.settings import load
from tests.support.aws import REGION
from tests.support.saml.provider import SamlProvider, saml_provider
from tests.support.served import Reply, Served, served

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CONFIGURATION = """\
  sign_in: [session, corp]
  sign_in_methods:
    corp: {{method: saml, label: Corp, idp_entity_id: '{url}/metadata', metadata_url: '{url}/metadata'}}
"""


@pytest.fixture(scope="module")
def idp() -> Iterator[SamlProvider]:
    with saml_provider() as running:
        yield running


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, idp: SamlProvider) -> Iterator[Served]:
    folder, more = tmp_path_factory.mktemp("site"), CONFIGURATION.format(url=idp.url)
    with pytest.MonkeyPatch.context() as patches, served(patches, folder, more) as running:
        idp.serves(running.call("GET", "/saml/metadata").text)
        yield running


@dataclass
class Browser:
    """Keeps cookies, and brings them along unless another site sends the form: they are all SameSite=Lax."""

    site: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Reply:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self._kept(self.site.call("GET", path, headers={"Cookie": cookie, "Accept": "text/html", **headers}))

    def post_from_elsewhere(self, path: str, fields: dict[str, str]) -> Reply:
        headers = {**FORM, "Origin": "https://idp.example", "Sec-Fetch-Site": "cross-site"}
        return self._kept(self.site.call("POST", path, urlencode(fields).encode(), headers))

    def _kept(self, reply: Reply) -> Reply:
        for line in reply.cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return reply

    def begin(self, return_to: str = "/requests?x=1") -> str:
        """Where the provider is asked."""
        reply = self.get(f"/auth?{urlencode({'use_sso': 'corp', 'redirect_url': return_to})}")
        assert reply.status == 303, reply.text
        return reply.headers["location"]

    def own(self, location: str) -> str:
        assert location.startswith(self.site.url), location
        return location.removeprefix(self.site.url)


@pytest.fixture
def browser(site: Served) -> Browser:
    return Browser(site)


@pytest.fixture
def name() -> str:
    return f"{ulid()}@corp.example"


def answer(idp: SamlProvider, url: str, name: str, *groups: str) -> dict[str, str]:
    fields: dict[str, str] = idp.answer(url, name, *groups)["fields"]
    return fields


def reason(reply: Reply) -> str:
    """Of the page that refuses."""
    assert reply.headers["content-type"].startswith("text/html")
    assert "consoleme_auth" not in str(reply.cookies)
    found = re.search(r"Reason: (\w+)\.", reply.text)
    assert found is not None, reply.text
    return found[1]


class TestSigningIn:
    def test_leads_over_the_provider_and_back_to_where_the_person_was(
        self, site: Served, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        fields = answer(idp, browser.begin(), name, "Admins", "engineers")
        posted = browser.post_from_elsewhere("/saml/acs", fields)
        assert (posted.status, posted.cookies) == (303, [])
        done = browser.get(browser.own(posted.headers["location"]))
        assert (done.status, browser.own(done.headers["location"])) == (303, "/requests?x=1")
        profile = browser.get("/api/v2/user_profile").json
        assert (profile["user"], profile["groups"]) == (name.lower(), ["admins", "engineers"])
        (session,) = site.container.identity.sessions.of(name)
        assert (session.method, session.address) == ("corp", "127.0.0.1")

    def test_gives_a_cookie_that_no_script_reads_and_no_other_site_sends(
        self, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        posted = browser.post_from_elsewhere("/saml/acs", answer(idp, browser.begin(), name))
        done = browser.get(browser.own(posted.headers["location"]))
        (line,) = [line for line in done.cookies if line.startswith("consoleme_auth=")]
        cookie = SimpleCookie(line)["consoleme_auth"]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"], cookie["domain"]) == ("/", "Lax", True, "")
        assert done.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(
        "return_to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
    )
    def test_leads_nowhere_else_whatever_the_link_said(
        self, idp: SamlProvider, browser: Browser, name: str, return_to: str
    ) -> None:
        fields = answer(idp, browser.begin(return_to), name)
        done = browser.get(browser.own(browser.post_from_elsewhere("/saml/acs", fields).headers["location"]))
        assert browser.own(done.headers["location"]) == "/"

    def test_may_begin_as_it_did_in_consoleme(self, browser: Browser, idp: SamlProvider) -> None:
        reply = browser.post_from_elsewhere("/saml/sso", {})
        assert reply.status == 303
        assert browser.get(browser.own(reply.headers["location"])).headers["location"].startswith(f"{idp.url}/sso?")


class TestAnAnswer:
    def test_counts_once(self, idp: SamlProvider, browser: Browser, name: str) -> None:
        fields = answer(idp, browser.begin(), name)
        ticket = browser.own(browser.post_from_elsewhere("/saml/acs", fields).headers["location"])
        assert reason(browser.post_from_elsewhere("/saml/acs", fields)) == "unknown_sign_in"
        assert browser.get(ticket).status == 303
        assert reason(browser.get(ticket)) == "unknown_sign_in"

    def test_under_another_sign_in_of_the_same_browser_does_not_count(
        self, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        fields = answer(idp, browser.begin(), name)
        other = parse_qs(urlsplit(browser.begin()).query)["RelayState"][0]
        refused = browser.post_from_elsewhere("/saml/acs", fields | {"RelayState": other})
        assert reason(refused) == "wrong_request"

    @pytest.mark.parametrize("state", ["", "x", "https://evil.example/", "x" * 300, "\u00e9"])
    def test_to_what_nobody_asked_does_not_count(
        self, idp: SamlProvider, browser: Browser, name: str, state: str
    ) -> None:
        fields = answer(idp, browser.begin(), name) | {"RelayState": state}
        reply = browser.post_from_elsewhere("/saml/acs", fields)
        assert (reason(reply), "evil" in reply.text) == ("unknown_sign_in", False)

    def test_that_was_altered_does_not_count_and_the_page_offers_another_try(
        self, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        fields = answer(idp, browser.begin(), name)
        reply = browser.post_from_elsewhere("/saml/acs", fields | {"SAMLResponse": fields["SAMLResponse"][:-40]})
        assert (reason(reply), reply.status) == ("bad_response", 403)
        assert 'href="/auth?use_sso=corp&amp;redirect_url=%2Frequests%3Fx%3D1"' in reply.text

    def test_collects_its_session_only_in_the_browser_that_began(
        self, site: Served, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        """Else one could sign another person in as oneself, who would then work in one's name."""
        mine = answer(idp, browser.begin(), name)
        victim = Browser(site)
        ticket = victim.own(victim.post_from_elsewhere("/saml/acs", mine).headers["location"])
        assert reason(victim.get(ticket)) == "other_browser"
        victim.begin()
        assert reason(victim.get(ticket)) == "unknown_sign_in"
        assert site.container.identity.sessions.of(name) == ()

    @pytest.mark.parametrize("path", ["/auth?state=", "/saml/finish?ticket="])
    def test_is_judged_at_one_place_only(self, idp: SamlProvider, browser: Browser, name: str, path: str) -> None:
        state = answer(idp, browser.begin(), name)["RelayState"]
        assert reason(browser.get(path + state)) in {"unknown_sign_in", "no_form"}

    def test_cannot_be_brought_to_where_a_ticket_belongs_nor_a_ticket_to_where_an_answer_belongs(
        self, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        fields = answer(idp, browser.begin(), name)
        ticket = parse_qs(urlsplit(browser.post_from_elsewhere("/saml/acs", fields).headers["location"]).query)[
            "ticket"
        ][0]
        again = browser.post_from_elsewhere("/saml/acs", fields | {"RelayState": ticket})
        assert reason(again) == "wrong_request"

    def test_is_not_readable_in_the_table(self, idp: SamlProvider, browser: Browser, name: str) -> None:
        fields = answer(idp, browser.begin(), name)
        location = browser.post_from_elsewhere("/saml/acs", fields).headers["location"]
        ticket = parse_qs(urlsplit(location).query)["ticket"][0]
        rows = str(boto3.client("dynamodb", REGION).scan(TableName=f"{load().table_prefix}sessions")["Items"])
        assert fields["RelayState"] not in rows
        assert ticket not in rows

    @pytest.mark.parametrize(
        ("body", "headers"),
        [
            pytest.param(b"", FORM, id="nothing"),
            pytest.param(b"\xff\xfe", FORM, id="bytes"),
            pytest.param(b"RelayState=a&RelayState=b", FORM, id="a field twice"),
            pytest.param(b"a=1&" * 50, FORM, id="fifty fields"),
            pytest.param(b"{}", {"Content-Type": "application/json"}, id="JSON"),
        ],
    )
    def test_that_is_no_form_is_refused_with_a_page(self, site: Served, body: bytes, headers: dict[str, Any]) -> None:
        reply = site.call("POST", "/saml/acs", body, headers)
        assert (reply.status, reason(reply)) in {(400, "no_form"), (403, "unknown_sign_in")}


class TestSigningOut:
    def test_ends_the_session_here_and_there(
        self, site: Served, idp: SamlProvider, browser: Browser, name: str
    ) -> None:
        posted = browser.post_from_elsewhere("/saml/acs", answer(idp, browser.begin(), name))
        browser.get(browser.own(posted.headers["location"]))
        away = browser.get("/api/v2/logout").json["redirect_url"]
        assert away.startswith(f"{idp.url}/slo?")
        assert site.container.identity.sessions.of(name) == ()
        back = Served(idp.url).call("GET", away.removeprefix(idp.url)).headers["location"]
        assert idp.sign_outs()[-1] == name
        assert browser.own(browser.get(browser.own(back)).headers["location"]) == "/"

    def test_that_begins_elsewhere_is_told_that_it_ends_nothing_here(self, browser: Browser) -> None:
        assert reason(browser.get("/saml/sls?SAMLRequest=x")) == "sign_out_elsewhere"


def test_keys_are_exchanged_without_anybody_here_doing_anything(site: Served, idp: SamlProvider, name: str) -> None:
    def sign_in() -> Reply:
        browser = Browser(site)
        return browser.post_from_elsewhere("/saml/acs", answer(idp, browser.begin(), name))

    assert sign_in().status == 303
    idp.keys(signing=1, published=[1])
    assert sign_in().status == 303
    idp.keys(signing=0, published=[1])
    assert reason(sign_in()) == "invalid_signature"


def test_our_metadata_says_where_answers_belong_and_that_assertions_must_be_signed(site: Served) -> None:
    reply = site.call("GET", "/saml/metadata?method=corp")
    assert reply.headers["content-type"].startswith("application/samlmetadata+xml")
    assert f'Location="{site.url}/saml/acs"' in reply.text
    assert 'WantAssertionsSigned="true"' in reply.text
    assert site.call("GET", "/saml/metadata?method=other").status == 404
