"""Sessions as a browser meets them: the cookie and its renewal, the list of one's own, and ending them, also as an administrator."""

import time
from collections.abc import Callable
from http.cookies import SimpleCookie
from urllib.parse import quote

import pytest

from chalicelib.audit.models import Outcome
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from chalicelib.identity.sessions import SessionService
from tests.integration.wire.conftest import APP
from tests.support.aws import round_trips
from tests.support.clock import FrozenClock
from tests.support.served import Reply, Served

ADMIN = "root@example.com"


@pytest.fixture
def web(site: Served, user: str) -> SessionToken:
    return site.session(user, "engineers", kind=SessionKind.WEB)


@pytest.fixture
def begun(site: Served, user: str) -> Callable[[int], SessionToken]:
    """A web session that began so many seconds ago."""

    def begin(seconds_ago: int) -> SessionToken:
        container = site.container
        sessions = SessionService(
            store=container.identity.session_store,
            people=container.identity.people,
            keys=container.signing_keys,
            audit=container.audit,
            config=container.identity.config,
            public_url=site.url,
            clock=FrozenClock(int(time.time()) - seconds_ago),
        )
        return sessions.start(
            user=user, groups=frozenset({"engineers"}), kind=SessionKind.WEB, method="test", address="127.0.0.1"
        )

    return begin


def own(site: Served, token: SessionToken, method: str = "GET", path: str = "") -> Reply:
    return site.call(method, f"/api/v2/sessions{path}", headers=site.browser(token))


class TestRenewal:
    def test_a_visit_in_the_first_half_changes_nothing(self, site: Served, web: SessionToken) -> None:
        site.call("GET", "/auth", headers=site.browser(web))
        with round_trips() as calls:
            reply = site.call("GET", "/auth", headers=site.browser(web))
        assert (reply.json["authCookieExpiration"], reply.cookies) == (web.expires_at, [])
        assert calls == ["dynamodb.GetItem"]

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_visit_in_the_second_half_brings_a_cookie_for_a_whole_life(
        self, site: Served, begun: Callable[[int], SessionToken], method: str
    ) -> None:
        old = begun(2_000)
        reply = site.call(method, "/auth", {} if method == "POST" else None, site.browser(old))
        (line,) = reply.cookies
        cookie = SimpleCookie(line)[old.cookie_name]
        assert 3_590 < reply.json["authCookieExpiration"] - time.time() <= 3_600
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "Lax", True)
        assert 3_590 < int(cookie["max-age"]) <= 3_600
        headers = site.browser(old) | {"Cookie": f"{old.cookie_name}={cookie.value}"}
        assert (
            site.call("GET", "/auth", headers=headers).json["authCookieExpiration"]
            == reply.json["authCookieExpiration"]
        )

    def test_one_that_was_ended_is_not_renewed(self, site: Served, begun: Callable[[int], SessionToken]) -> None:
        old = begun(2_000)
        site.container.identity.sessions.end(old.session_id)
        reply = site.call("GET", "/auth", headers=site.browser(old))
        assert (reply.status, reply.cookies) == (403, [])

    def test_no_other_route_pays_for_it(self, site: Served, begun: Callable[[int], SessionToken]) -> None:
        headers = site.browser(begun(2_000))
        site.call("GET", "/api/v1/get_roles", headers=headers)
        with round_trips() as calls:
            reply = site.call("GET", "/api/v1/get_roles", headers=headers)
        assert (APP in reply.json, reply.cookies) == (True, [])
        assert calls == ["dynamodb.TransactGetItems"]


class TestListing:
    def test_shows_where_one_is_signed_in(self, site: Served, web: SessionToken, user: str) -> None:
        cli = site.session(user)
        site.session(f"other-{user}")
        listed = own(site, web).json
        assert listed["user"] == user
        assert {item["session_id"]: (item["kind"], item["current"]) for item in listed["sessions"]} == {
            web.session_id: ("web", True),
            cli.session_id: ("cli", False),
        }
        assert set(listed["sessions"][0]) == {
            "session_id",
            "kind",
            "method",
            "address",
            "client",
            "created_at",
            "renewed_at",
            "expires_at",
            "current",
        }

    def test_needs_a_browser(self, site: Served, user: str) -> None:
        assert own(site, site.session(user)).status == 403


class TestEnding:
    def test_a_command_lines_session_stops_it_at_once(self, site: Served, web: SessionToken, user: str) -> None:
        cli = site.session(user, "engineers")
        headers = {"Cookie": f"{cli.cookie_name}={cli.value}"}
        assert site.call("GET", "/api/v1/get_roles", headers=headers).status == 200
        reply = own(site, web, "DELETE", f"/{cli.session_id}")
        assert (reply.json, reply.cookies) == ({"ended": 1}, [])
        assert site.call("GET", "/api/v1/get_roles", headers=headers).json["code"] == "invalid_jwt"
        assert own(site, web, "DELETE", f"/{cli.session_id}").status == 404

    def test_the_very_session_that_asks_takes_its_cookie_along(self, site: Served, web: SessionToken) -> None:
        reply = own(site, web, "DELETE", f"/{web.session_id}")
        assert reply.cookies[0].startswith(f"{web.cookie_name}=; Path=/; Max-Age=0")
        assert own(site, web).status == 403

    def test_somebody_elses_is_not_found(self, site: Served, web: SessionToken, user: str) -> None:
        theirs = site.session(f"other-{user}", "engineers")
        assert own(site, web, "DELETE", f"/{theirs.session_id}").status == 404
        headers = {"Cookie": f"{theirs.cookie_name}={theirs.value}"}
        assert site.call("GET", "/api/v1/get_roles", headers=headers).status == 200

    @pytest.mark.parametrize(("query", "left"), [("?keep_current=true", 1), ("", 0)])
    def test_all_signs_out_everywhere_or_everywhere_else(
        self, site: Served, web: SessionToken, user: str, query: str, left: int
    ) -> None:
        for kind in SessionKind:
            site.session(user, kind=kind)
        reply = own(site, web, "DELETE", query)
        assert reply.json == {"ended": 3 - left}
        assert len(site.container.identity.sessions.of(user)) == left
        assert own(site, web).status == (200 if left else 403)

    def test_needs_the_token_of_the_page(self, site: Served, web: SessionToken) -> None:
        headers = site.browser(web) | {"X-Xsrftoken": "other"}
        reply = site.call("DELETE", "/api/v2/sessions", headers=headers)
        assert (reply.status, reply.json["reason"]) == (403, "xsrf")


class TestAnAdministrator:
    @pytest.fixture
    def admin(self, site: Served) -> SessionToken:
        return site.session(ADMIN, kind=SessionKind.WEB)

    def test_sees_and_ends_anybodys_and_it_is_recorded(self, site: Served, admin: SessionToken, user: str) -> None:
        tokens = [site.session(user, kind=kind) for kind in (*SessionKind, *SessionKind)]
        of = f"/of/{quote(user.upper())}"
        listed = own(site, admin, path=of).json
        assert (listed["user"], len(listed["sessions"])) == (user, 4)
        assert not any(item["current"] for item in listed["sessions"])
        assert own(site, admin, "DELETE", f"{of}/{tokens[0].session_id}").json == {"ended": 1}
        assert own(site, admin, "DELETE", of).json == {"ended": 3}
        assert own(site, admin, path=of).json["sessions"] == []
        links = site.container.audit.of_target(f"user:{user}")
        revoked = [link.entry for link in links if link.entry.action == "session.revoke"]
        assert {(entry.person, entry.outcome) for entry in revoked} == {(f"user:{ADMIN}", Outcome.DONE)}

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_is_told_that_a_novel_is_no_name(self, site: Served, admin: SessionToken, method: str) -> None:
        assert own(site, admin, method, f"/of/{'x' * 3000}").status == 400
        assert own(site, admin, "DELETE", f"/of/x/{'x' * 3000}").status == 404

    def test_who_ends_all_of_their_own_is_signed_out(self, site: Served) -> None:
        admin = site.session(ADMIN, kind=SessionKind.WEB)
        reply = own(site, admin, "DELETE", f"/of/{quote(ADMIN)}")
        assert reply.cookies[0].startswith(f"{admin.cookie_name}=;")
        assert own(site, admin).status == 403

    @pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("DELETE", ""), ("DELETE", "/01X")])
    def test_is_who_these_routes_are_for(self, site: Served, web: SessionToken, method: str, rest: str) -> None:
        reply = own(site, web, method, f"/of/{quote(ADMIN)}{rest}")
        assert (reply.status, reply.json["reason"]) == (403, "can_manage_sessions")


def test_a_person_in_very_many_groups_has_a_cookie_that_fits_and_all_their_roles(site: Served) -> None:
    groups = ["engineers", *(ulid() for _ in range(500))]
    token = site.session(f"{ulid().lower()}@example.com", *groups, kind=SessionKind.WEB)
    assert len(f"{token.cookie_name}={token.value}") < 4_096
    assert APP in site.call("GET", "/api/v1/get_roles", headers=site.browser(token)).json


@pytest.mark.parametrize(("more", "status"), [(8_000, 403), (11_000, 400)], ids=["ours", "any gateway's"])
def test_a_cookie_that_is_larger_than_any_of_ours_is_refused(
    site: Served, web: SessionToken, more: int, status: int
) -> None:
    headers = site.browser(web) | {"Cookie": f"{web.cookie_name}={web.value}{'x' * more}"}
    assert site.call("GET", "/auth", headers=headers).status == status
