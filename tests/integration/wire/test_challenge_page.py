"""A challenge as the page meets it: what it shows, and the status of each refusal."""

from urllib.parse import quote

import pytest

from chalicelib.core.principals import SessionKind
from tests.support.served import Reply, Served

AGENT = "Go-http-client/1.1"


def asked(site: Served, user: str, agent: str = AGENT) -> tuple[str, str]:
    """The token of the link, and the path to poll."""
    links = site.call("GET", f"/noauth/v1/challenge_generator/{quote(user)}", headers={"User-Agent": agent}).json
    return links["challenge_url"].rpartition("/")[2], links["polling_url"].removeprefix(site.url)


@pytest.fixture
def browser(site: Served, user: str) -> dict[str, str]:
    return site.browser(site.session(user, "engineers", kind=SessionKind.WEB))


def show(site: Served, token: str, browser: dict[str, str]) -> Reply:
    return site.call("GET", f"/api/v2/challenge_validator/{token}", headers=browser)


def answer(site: Served, token: str, browser: dict[str, str], nonce: str, *, approve: bool = True) -> Reply:
    body = {"nonce": nonce, "approve": approve}
    return site.call("POST", f"/api/v2/challenge_validator/{token}", body, browser)


def test_the_page_says_who_asked_from_where_with_what_and_how_long_ago(
    site: Served, user: str, browser: dict[str, str]
) -> None:
    token, _ = asked(site, user)
    page = show(site, token, browser).json
    assert page["show_approve_button"] is True
    for part in (user, "127.0.0.1", AGENT, "seconds ago"):
        assert part in page["message"]


@pytest.mark.parametrize(
    "agent", ["[click here](https://evil.example)", "**you** must approve", "<img src=x>", "`x` _y_ # z", "![x](y)"]
)
def test_what_a_client_calls_itself_brings_no_marks_and_no_links_into_the_page(
    site: Served, user: str, browser: dict[str, str], agent: str
) -> None:
    token, _ = asked(site, user, agent)
    told = show(site, token, browser).json["message"]
    client = told.partition("127.0.0.1** (")[2].partition(") asked")[0]
    assert not set(client) & set("[]<>*_`#!\\|~")


class TestRefusals:
    def refused(self, reply: Reply, status: int, reason: str) -> None:
        assert (reply.status, reply.json["reason"]) == (status, reason)
        assert "nonce" not in reply.json

    def test_of_a_token_that_nobody_made(self, site: Served, browser: dict[str, str]) -> None:
        for token in ("x", "0" * 64):
            self.refused(show(site, token, browser), 404, "unknown")
            self.refused(answer(site, token, browser, "x"), 404, "unknown")

    def test_of_a_challenge_for_somebody_else(self, site: Served, user: str, browser: dict[str, str]) -> None:
        token, _ = asked(site, f"other-{user}")
        self.refused(show(site, token, browser), 403, "other_user")

    def test_of_a_nonce_that_was_not_shown(self, site: Served, user: str, browser: dict[str, str]) -> None:
        token, _ = asked(site, user)
        self.refused(answer(site, token, browser, "guess"), 400, "bad_nonce")

    @pytest.mark.parametrize("approve", [True, False])
    def test_of_a_second_answer(self, site: Served, user: str, browser: dict[str, str], *, approve: bool) -> None:
        token, poll = asked(site, user)
        nonce = show(site, token, browser).json["nonce"]
        assert answer(site, token, browser, nonce, approve=approve).status == 200
        self.refused(answer(site, token, browser, nonce), 409, "already_answered")
        self.refused(show(site, token, browser), 409, "already_answered")
        assert site.call("GET", poll).json["status"] == ("success" if approve else "unauthorized")

    def test_of_a_link_that_is_polled(self, site: Served, user: str, browser: dict[str, str]) -> None:
        token, _ = asked(site, user)
        answer(site, token, browser, show(site, token, browser).json["nonce"])
        assert site.call("GET", f"/noauth/v1/challenge_poller/{token}").json == {"status": "unknown"}


def test_a_preview_of_the_link_changes_nothing(site: Served, user: str, browser: dict[str, str]) -> None:
    token, poll = asked(site, user)
    for headers in ({}, {"User-Agent": "Slackbot-LinkExpanding 1.0"}):
        assert site.call("GET", f"/api/v2/challenge_validator/{token}", headers=headers).status == 403
    show(site, token, browser)
    assert site.call("GET", poll).json == {"status": "pending"}
    assert answer(site, token, browser, show(site, token, browser).json["nonce"]).status == 200
