"""Journey 1 as a browser lives it: signing in and out, one's roles, and the way into the AWS console."""

from base64 import b64decode
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from tests.integration.wire.conftest import APP, APP_ADMIN, DEPLOY, ONLY_CLI, PROD, READER
from tests.support.aws import refusing, round_trips
from tests.support.builders import grant
from tests.support.http import Scripted, ScriptedServer
from tests.support.served import Reply, Served

ONLY_CONSOLE = f"arn:aws:iam::{PROD}:role/only-console"


@pytest.fixture
def web(site: Served, user: str) -> SessionToken:
    return site.session(user, "engineers", "on-call", kind=SessionKind.WEB)


@pytest.fixture
def browser(site: Served, web: SessionToken) -> dict[str, str]:
    return site.browser(web)


class TestSession:
    def test_a_page_learns_until_when_it_is_signed_in(
        self, site: Served, web: SessionToken, browser: dict[str, str]
    ) -> None:
        for method in ("GET", "POST"):
            reply = site.call(method, "/auth", {} if method == "POST" else None, browser)
            assert reply.json["authCookieExpiration"] == web.expires_at
            assert reply.json["currentServerTime"] <= web.expires_at

    def test_without_a_session_it_learns_where_to_sign_in_and_comes_back_to_where_it_was(self, site: Served) -> None:
        reply = site.call("GET", "/auth?redirect_url=" + quote(f"{site.url}/requests?x=1", safe=""))
        assert reply.status == 403
        assert (reply.json["type"], reply.json["reason"]) == ("redirect", "unauthenticated")
        assert parse_qs(urlsplit(reply.json["redirect_url"]).query) == {"redirect_after_auth": ["/requests?x=1"]}

    def test_signing_out_ends_the_session_itself(
        self, site: Served, web: SessionToken, browser: dict[str, str]
    ) -> None:
        reply = site.call("GET", "/api/v2/logout", headers=browser)
        assert (reply.json["status"], reply.json["reason"], reply.json["errors"]) == (
            "redirect",
            "logout_redirect",
            None,
        )
        (cookie,) = [cookie for cookie in reply.cookies if cookie.startswith(web.cookie_name)]
        assert cookie.startswith(f"{web.cookie_name}=;")
        assert "Max-Age=0" in cookie
        assert site.call("GET", "/auth", headers=browser).status == 403

    @pytest.mark.parametrize(("who", "admin"), [("root@example.com", True), ("somebody@example.com", False)])
    def test_the_profile_says_who_it_is_and_what_they_may(self, site: Served, who: str, *, admin: bool) -> None:
        browser = site.browser(site.session(who, "B", "a", kind=SessionKind.WEB))
        profile = site.call("GET", "/api/v2/user_profile", headers=browser).json
        assert (profile["user"], profile["groups"]) == (who, ["a", "b"])
        assert profile["authorization"]["can_admin"] is admin
        assert profile["accounts"][PROD] == "payments-prod"
        assert profile["site_config"]["laptop"] is False

    def test_how_to_sign_in_is_told_to_everybody(self, site: Served) -> None:
        assert site.call("GET", "/api/v2/login_configuration").json["allow_password_login"] is False

    def test_the_check_of_health_reads_nothing(self, site: Served) -> None:
        with round_trips() as calls:
            reply = site.call("GET", "/healthcheck")
        assert (reply.status, reply.text, calls) == (200, "OK", [])


class TestRoles:
    def test_the_start_page_has_a_row_for_each_role_by_account_and_arn(
        self, site: Served, browser: dict[str, str]
    ) -> None:
        table = site.call("POST", "/api/v2/eligible_roles", {"limit": 1000}, browser).json
        assert (table["totalCount"], table["filteredCount"]) == (4, 4)
        assert [row["arn"] for row in table["data"]] == [READER, APP, APP_ADMIN, DEPLOY]
        row = table["data"][1]
        assert row["role_name"] == f"[team/app](/policies/edit/{PROD}/iamrole/app)"
        assert (row["account_name"], row["account_id"], row["redirect_uri"]) == ("payments-prod", PROD, f"/role/{APP}")
        assert row["reasons"] == ["group:engineers by tag consoleme-authorized"]
        assert row["whys"] == [
            {"identity": "group:engineers", "source": "tag consoleme-authorized", "use": "both", "until": None}
        ]

    def test_a_role_for_the_console_only_is_on_the_start_page_and_not_in_a_command_lines_list(
        self, site: Served, user: str, web: SessionToken
    ) -> None:
        ends = site.container.clock.now() + 600
        site.entitle(f"user:{user}", grant(ONLY_CONSOLE, console_only=True, not_after=ends))
        table = site.call("POST", "/api/v2/eligible_roles", {"include_cli_only": True}, site.browser(web)).json
        (row,) = [row for row in table["data"] if row["console_only"]]
        assert (row["arn"], row["ends_at"], row["whys"][0]["until"]) == (ONLY_CONSOLE, ends, ends)
        assert row["whys"][0]["use"] == "console_only"
        cookie = {"Cookie": f"{web.cookie_name}={web.value}"}
        assert ONLY_CONSOLE not in site.call("GET", "/api/v1/get_roles?all=true", headers=cookie).json
        listed = site.call("GET", "/api/v2/get_roles?all=true", headers=cookie).json["data"]["roles"]
        assert {role["arn"] for role in listed} == {APP, APP_ADMIN, DEPLOY, READER, ONLY_CLI}

    def test_roles_for_the_command_line_come_when_they_are_asked_for(
        self, site: Served, browser: dict[str, str]
    ) -> None:
        table = site.call("POST", "/api/v2/eligible_roles", {"include_cli_only": True}, browser).json
        assert [row["arn"] for row in table["data"] if row["cli_only"]] == [ONLY_CLI]

    def test_the_layout_points_to_the_rows(self, site: Served, browser: dict[str, str]) -> None:
        layout = site.call("GET", "/api/v2/eligible_roles_page_config", headers=browser).json["tableConfig"]
        assert layout["dataEndpoint"] == "/api/v2/eligible_roles"
        assert [column["key"] for column in layout["columns"]] == [
            "redirect_uri",
            "account_name",
            "role_name",
            "account_id",
        ]


class TestConsole:
    def login(self, site: Served, browser: dict[str, str], search: str, query: str = "") -> Reply:
        return site.call("GET", f"/api/v2/role_login/{search}{query}", headers=browser)

    @pytest.mark.parametrize("search", [APP, "payments-prod/app", APP.upper(), quote(APP, safe="")])
    def test_one_role_is_a_link_into_the_console(self, site: Served, browser: dict[str, str], search: str) -> None:
        reply = self.login(site, browser, search)
        assert (reply.status, reply.json["type"], reply.json["reason"], reply.json["role"]) == (
            200,
            "redirect",
            "console_login",
            APP,
        )
        query = parse_qs(urlsplit(reply.json["redirect_url"]).query)
        assert list(query) == ["Action", "Issuer", "Destination", "SigninToken"]
        assert query["SigninToken"] == ["signin-token"]
        assert query["Destination"] == ["https://us-east-1.console.aws.amazon.com/console/home?region=us-east-1"]
        assert reply.headers["cache-control"] == "no-store"

    def test_where_in_the_console_may_be_said(self, site: Served, browser: dict[str, str]) -> None:
        page = "https://eu-west-1.console.aws.amazon.com/s3/buckets/x?region=eu-west-1"
        reply = self.login(site, browser, "deploy", f"?r=eu-west-1&redirect={quote(page, safe='')}")
        assert parse_qs(urlsplit(reply.json["redirect_url"]).query)["Destination"] == [page]

    def test_several_roles_lead_to_the_start_page_with_the_search_and_a_warning(
        self, site: Served, browser: dict[str, str]
    ) -> None:
        reply = self.login(site, browser, "team", "?r=eu-west-1")
        assert (reply.status, reply.json["type"], reply.json["reason"]) == (200, "redirect", "multiple_roles")
        query = parse_qs(urlsplit(reply.json["redirect_url"]).query)
        assert (query["arn"], query["r"]) == (["team"], ["eu-west-1"])
        assert b64decode(query["warningMessage"][0]).decode() == reply.json["message"]

    @pytest.mark.parametrize("search", ["nothing", ONLY_CLI, "break-glass", "arn:aws:iam::999999999999:role/x"])
    def test_none_and_those_for_the_command_line_are_not_found(
        self, site: Served, browser: dict[str, str], search: str
    ) -> None:
        reply = self.login(site, browser, search)
        assert (reply.status, reply.json["type"]) == (404, "error")

    def test_a_refusal_of_sts_is_told_with_its_cause(self, site: Served, browser: dict[str, str]) -> None:
        with refusing("sts.AssumeRole", "AccessDenied", 403):
            reply = self.login(site, browser, "deploy")
        assert (reply.status, reply.json["type"]) == (502, "console_url")
        assert "AccessDenied" in reply.json["error"]

    def test_a_refusal_of_the_sign_in_endpoint_is_told(
        self, site: Served, browser: dict[str, str], federation: ScriptedServer
    ) -> None:
        before = federation.answers["/federation"]
        federation.on("/federation", Scripted(b"<html>", 400))
        try:
            reply = self.login(site, browser, "deploy")
        finally:
            federation.on("/federation", *before)
        assert (reply.status, reply.json["type"]) == (502, "console_url")

    def test_it_is_recorded_as_what_it_is(self, site: Served, browser: dict[str, str], user: str) -> None:
        self.login(site, browser, "reader")
        entry = site.container.audit.of_target(READER, limit=1)[0].entry
        assert (entry.action, entry.person) == ("console.sign_in", f"user:{user}")

    def test_a_session_of_the_command_line_does_not_lead_into_the_console(
        self, site: Served, token: SessionToken
    ) -> None:
        assert self.login(site, site.browser(token), "deploy").status == 403
