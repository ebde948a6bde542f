"""The strict client refuses what the real one refuses, and prints what it prints."""

import gzip
import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.http import Scripted, ScriptedServer, scripted_server
from tests.support.weep import BROKER_ERROR, MESSAGES, POLLS, UNEXPECTED_TYPE, Weep, WeepError

NOW = 1_800_000_000
ARN = "arn:aws:iam::123456789012:role/team/app"
ROLES, CREDENTIALS = "/api/v2/get_roles", "/api/v1/get_credentials"
GENERATOR, POLLER = "/noauth/v1/challenge_generator/ada@example.com", "/noauth/v1/challenge_poller/t"
ROLE = {"arn": ARN, "account_id": "123456789012", "account_friendly_name": "prod", "role_name": "team/app"}
OTHER = ROLE | {"arn": ARN + "InstanceProfile", "account_id": "210987654321", "account_friendly_name": "Unknown"}
KEYS = {"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": NOW + 3600, "RoleArn": ARN}
SESSION: dict[str, Any] = {
    "status": "success",
    "encoded_jwt": "jwt",
    "cookie_name": "consoleme_auth",
    "secure": False,
    "http_only": True,
    "same_site": 0,
    "expiration": NOW + 60,
    "user": "ada@example.com",
}


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as script:
        yield script


@pytest.fixture
def weep(server: ScriptedServer, tmp_path: Path) -> Weep:
    client = Weep(server.url, tmp_path, wait=lambda _: None, now=lambda: NOW)
    signed_in(client, SESSION)
    return client


def signed_in(client: Weep, session: Any) -> None:
    client.session_file.parent.mkdir(exist_ok=True)
    client.session_file.write_text(session if isinstance(session, str) else json.dumps(session), encoding="utf-8")


def roles(*found: Any, **more: Any) -> Scripted:
    return Scripted({"status": "success", "status_code": 200, "data": {"roles": list(found)}} | more)


class TestListing:
    def test_roles_are_printed_in_the_servers_order(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(ROLES, roles(OTHER, ROLE))
        assert weep.list_roles(short=True) == f"{OTHER['arn']}\n{ARN}\n"
        assert weep.list_roles().splitlines()[0].split("  ")[0] == "Account Name"
        assert weep.list_roles(short=True, account="prod") == f"{ARN}\n"
        assert weep.list_roles(short=True, account="210987654321") == f"{OTHER['arn']}\n"
        assert weep.list_roles(short=True, instance_profiles=True) == f"{OTHER['arn']}\n"

    def test_it_asks_as_the_real_one_does(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(ROLES, roles())
        weep.list_roles()
        (request,) = server.received
        assert request.path == "/api/v2/get_roles?all=true"
        assert request.headers["Cookie"] == "consoleme_auth=jwt"
        assert request.headers["Content-Type"] == "application/json"
        assert {"Accept", "Authorization", "Origin", "X-Requested-With"}.isdisjoint(request.headers)

    @pytest.mark.parametrize("body", [{"data": {"roles": []}}, {"data": {"roles": None}}, {"DATA": {"roles": []}}])
    def test_no_roles_are_an_empty_list(self, weep: Weep, server: ScriptedServer, body: Any) -> None:
        server.on(ROLES, Scripted(body))
        assert weep.list_roles(short=True) == ""

    @pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {}}, {"data": {"Roles": []}}, {"status": "success"}])
    def test_an_answer_without_roles_is_of_an_unexpected_type(
        self, weep: Weep, server: ScriptedServer, body: Any
    ) -> None:
        server.on(ROLES, Scripted(body))
        with pytest.raises(WeepError, match=UNEXPECTED_TYPE):
            weep.list_roles()

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"data": [ROLE]}, id="a list for data"),
            pytest.param({"status": 200, "data": {"roles": []}}, id="a number for status"),
            pytest.param({"status_code": "200", "data": {"roles": []}}, id="a text for status_code"),
            pytest.param({"errors": "none", "data": {"roles": []}}, id="a text for errors"),
            pytest.param({"data": {"roles": [ROLE | {"account_id": 123456789012}]}}, id="a number for an account"),
            pytest.param({"data": {"roles": [ARN]}}, id="a text for a role"),
            pytest.param({"data": {"roles": [ROLE | {"apps": []}]}}, id="a list for apps"),
            pytest.param({"data": {"roles": [ROLE | {"apps": {"app_details": {}}}]}}, id="an object for app_details"),
            pytest.param(b"<html></html>", id="a page"),
            pytest.param(b"", id="nothing"),
        ],
    )
    def test_is_refused(self, weep: Weep, server: ScriptedServer, body: Any) -> None:
        server.on(ROLES, Scripted(body))
        with pytest.raises(WeepError):
            weep.list_roles()

    def test_a_compressed_answer_is_read(self, weep: Weep, server: ScriptedServer) -> None:
        body = gzip.compress(roles(ROLE).content)
        server.on(ROLES, Scripted(body, headers={"Content-Encoding": "gzip"}))
        assert weep.list_roles(short=True) == f"{ARN}\n"

    def test_the_older_endpoint_is_a_bare_array(self, weep: Weep, server: ScriptedServer) -> None:
        server.on("/api/v1/get_roles", Scripted([ARN]), Scripted({"data": [ARN]}))
        assert weep.role_arns() == [ARN]
        with pytest.raises(WeepError):
            weep.role_arns()


class TestCredentials:
    def test_export_prints_one_line_for_a_shell(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(CREDENTIALS, Scripted({"Credentials": KEYS}))
        assert weep.export("app") == (
            "export AWS_ACCESS_KEY_ID=ASIA1 && export AWS_SECRET_ACCESS_KEY=s && export AWS_SESSION_TOKEN=t\n"
        )
        assert json.loads(server.received[0].body) == {"requested_role": "app", "no_ip_restrictions": False}

    def test_credential_process_prints_what_sdks_read(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(CREDENTIALS, Scripted({"Credentials": KEYS}))
        assert json.loads(weep.credential_process("app")) == {
            "Version": 1,
            "AccessKeyId": "ASIA1",
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": "2027-01-15T09:00:00Z",
        }

    def test_metadata_is_sent_when_it_is_switched_on(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(CREDENTIALS, Scripted({"Credentials": KEYS}))
        weep.metadata = True
        weep.export("app", no_ip=True)
        sent = json.loads(server.received[0].body)
        assert (sent["metadata"]["weep_method"], sent["no_ip_restrictions"]) == ("export", True)

    @pytest.mark.parametrize("end", [NOW + 0.5, float(NOW), str(NOW), "2027-01-15T09:00:00Z", None, True, [NOW]])
    def test_an_end_that_is_no_whole_number_is_refused(self, weep: Weep, server: ScriptedServer, end: Any) -> None:
        server.on(CREDENTIALS, Scripted({"Credentials": KEYS | {"Expiration": end}}))
        with pytest.raises(WeepError):
            weep.export("app")

    @pytest.mark.parametrize("body", [{}, {"Credentials": None}, {"code": "903", "message": "none"}])
    def test_a_success_without_credentials_is_a_failure_of_the_broker(
        self, weep: Weep, server: ScriptedServer, body: Any
    ) -> None:
        server.on(CREDENTIALS, Scripted(body))
        with pytest.raises(WeepError, match=BROKER_ERROR):
            weep.export("app")

    @pytest.mark.parametrize("status", [201, 202, 204, 206])
    def test_only_exactly_200_is_a_success(self, weep: Weep, server: ScriptedServer, status: int) -> None:
        server.on(CREDENTIALS, Scripted(b"" if status == 204 else {"Credentials": KEYS}, status))
        with pytest.raises(WeepError):
            weep.export("app")

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_an_error(self, weep: Weep, server: ScriptedServer, status: int) -> None:
        server.on(CREDENTIALS, Scripted(b"", status, {"Location": "/login"}))
        with pytest.raises(WeepError, match="redirects to /login"):
            weep.export("app")


class TestErrors:
    @pytest.mark.parametrize("code", MESSAGES)
    @pytest.mark.parametrize("status", [400, 403, 500])
    def test_a_code_is_told_in_weeps_own_words_whatever_the_status(
        self, weep: Weep, server: ScriptedServer, code: str, status: int
    ) -> None:
        server.on(CREDENTIALS, Scripted({"code": code, "message": "the server's words"}, status))
        with pytest.raises(WeepError) as failure:
            weep.export("app")
        assert (failure.value.message, failure.value.code) == (MESSAGES[code], code)

    def test_an_invalid_token_is_forgotten_and_no_other_error_forgets_it(
        self, weep: Weep, server: ScriptedServer
    ) -> None:
        server.on(CREDENTIALS, Scripted({"code": "900"}, 403), Scripted({"code": "invalid_jwt"}, 403))
        with pytest.raises(WeepError):
            weep.export("app")
        assert weep.session_file.exists()
        with pytest.raises(WeepError):
            weep.export("app")
        assert not weep.session_file.exists()

    @pytest.mark.parametrize(
        "body",
        [
            pytest.param({"message": "Forbidden"}, id="API Gateway's own"),
            pytest.param({"Code": "ForbiddenError", "Message": "x"}, id="Chalice's own"),
            pytest.param({"status": 403, "title": "Forbidden", "message": "x"}, id="a page's"),
            pytest.param(
                {"type": "redirect", "redirect_url": "/login", "reason": "unauthenticated"}, id="a way to the sign-in"
            ),
        ],
    )
    def test_a_body_that_weep_does_not_know_is_printed_raw_and_forgets_nothing(
        self, weep: Weep, server: ScriptedServer, body: Any
    ) -> None:
        server.on(CREDENTIALS, Scripted(body, 403))
        with pytest.raises(WeepError, match=r"unexpected HTTP status 403, want 200\. Response: "):
            weep.export("app")
        assert weep.session_file.exists()

    @pytest.mark.parametrize(
        "body", [{"code": 900}, {"code": "900", "message": 1}, {"code": "900", "request_id": 5}, b"", b"<p>"]
    )
    def test_a_body_whose_types_are_wrong_is_not_understood(
        self, weep: Weep, server: ScriptedServer, body: Any
    ) -> None:
        server.on(CREDENTIALS, Scripted(body, 403))
        with pytest.raises(WeepError, match="failed to unmarshal JSON"):
            weep.export("app")


class TestLinks:
    PATH = "/api/v2/get_resource_url"

    def test_a_link_is_glued_to_the_base(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(self.PATH, Scripted({"status": "success", "data": {"url": "/policies/edit/1/iamrole/a"}}))
        assert weep.open_arn(ARN) == f"{server.url}/policies/edit/1/iamrole/a"
        assert server.received[0].path.endswith("?arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteam%2Fapp")

    @pytest.mark.parametrize(
        ("errors", "printed"),
        [(["a", "b"], "a\nb"), (["100%% sure"], "100% sure"), (["100% sure"], "100%!(MISSING) sure"), (None, "")],
    )
    def test_errors_are_printed_as_a_format(
        self, weep: Weep, server: ScriptedServer, errors: list[str] | None, printed: str
    ) -> None:
        server.on(self.PATH, Scripted({"status": "error", "errors": errors}, 404))
        with pytest.raises(WeepError) as failure:
            weep.open_arn(ARN)
        assert failure.value.message == printed

    def test_a_pages_error_is_not_understood(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(self.PATH, Scripted({"status": 404, "title": "Not Found"}, 404))
        with pytest.raises(WeepError, match=r"cannot unmarshal number 404 into field \.status"):
            weep.open_arn(ARN)


class TestSessions:
    def test_a_secure_cookie_is_not_sent_without_tls(self, weep: Weep, server: ScriptedServer) -> None:
        signed_in(weep, SESSION | {"secure": True})
        server.on(ROLES, roles())
        weep.list_roles()
        assert "Cookie" not in server.received[0].headers

    def test_a_cookie_is_not_sent_after_its_end(self, weep: Weep, server: ScriptedServer) -> None:
        moments = iter([NOW, NOW + 61])
        weep.now = lambda: next(moments)
        server.on(ROLES, roles())
        weep.list_roles()
        assert "Cookie" not in server.received[0].headers

    @pytest.mark.parametrize(
        "stored",
        [
            pytest.param("not json", id="no JSON"),
            pytest.param(SESSION | {"expiration": str(NOW + 60)}, id="a text for the end"),
            pytest.param(SESSION | {"expiration": NOW + 60.5}, id="a fraction for the end"),
            pytest.param(SESSION | {"same_site": "Lax"}, id="a word for same_site"),
            pytest.param(SESSION | {"expiration": NOW}, id="an end that is now"),
        ],
    )
    def test_a_file_that_does_not_count_leads_to_a_new_challenge(
        self, weep: Weep, server: ScriptedServer, stored: Any
    ) -> None:
        signed_in(weep, stored)
        weep.user = "ada@example.com"
        server.on(GENERATOR, Scripted({"challenge_url": "x", "polling_url": server.url + POLLER}))
        server.on(POLLER, Scripted(SESSION | {"encoded_jwt": "new"}))
        assert weep.session()["encoded_jwt"] == "new"

    def test_a_set_cookie_of_the_server_is_not_kept(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(ROLES, Scripted(roles().content, headers={"Set-Cookie": "consoleme_auth=other; Path=/"}))
        weep.list_roles()
        weep.list_roles()
        assert [request.headers["Cookie"] for request in server.received] == ["consoleme_auth=jwt"] * 2


class TestChallenges:
    @pytest.fixture(autouse=True)
    def not_signed_in(self, weep: Weep, server: ScriptedServer) -> None:
        weep.session_file.unlink()
        weep.user = "ada@example.com"
        server.on(GENERATOR, Scripted({"challenge_url": server.url + "/c", "polling_url": server.url + POLLER}))

    def test_a_browser_is_opened_and_the_answer_is_polled_for_and_kept(
        self, weep: Weep, server: ScriptedServer
    ) -> None:
        opened: list[str] = []
        waits: list[float] = []
        weep.opener, weep.wait = opened.append, waits.append
        server.on(POLLER, Scripted({"status": "pending"}), Scripted({"status": "unauthorized"}), Scripted(SESSION))
        assert weep.session() == SESSION
        assert (opened, waits) == ([server.url + "/c"], [3.0, 3.0, 3.0])
        assert json.loads(weep.session_file.read_text(encoding="utf-8")) == SESSION
        assert stat.S_IMODE(weep.session_file.stat().st_mode) == 0o600
        assert {"Cookie", "Accept"}.isdisjoint(server.received[-1].headers)

    @pytest.mark.parametrize("status", ["pending", "expired", "unknown", "unauthorized", ""])
    def test_nothing_but_success_ends_the_polling(self, weep: Weep, server: ScriptedServer, status: str) -> None:
        server.on(POLLER, Scripted({"status": status}))
        with pytest.raises(WeepError, match="timed out"):
            weep.session()
        assert len(server.received) == 1 + POLLS
        assert not weep.session_file.exists()

    def test_the_status_of_a_poll_does_not_count(self, weep: Weep, server: ScriptedServer) -> None:
        server.on(POLLER, Scripted(SESSION, 404))
        assert weep.session() == SESSION

    @pytest.mark.parametrize(
        "poll",
        [
            pytest.param(SESSION | {"expiration": float(NOW + 60)}, id="a fraction for the end"),
            pytest.param(SESSION | {"expiration": str(NOW + 60)}, id="a text for the end"),
            pytest.param(SESSION | {"same_site": "Lax"}, id="a word for same_site"),
            pytest.param(SESSION | {"secure": "true"}, id="a word for secure"),
            pytest.param(SESSION | {"expiration": NOW}, id="an end that is now"),
            pytest.param(b"<html>Bad Gateway</html>", id="a page"),
        ],
    )
    def test_a_poll_fails_with(self, weep: Weep, server: ScriptedServer, poll: Any) -> None:
        server.on(POLLER, Scripted(poll))
        with pytest.raises(WeepError):
            weep.session()
        assert not weep.session_file.exists()

    @pytest.mark.parametrize(
        ("begin", "message"),
        [
            (Scripted({"code": "x", "message": "no"}, 403), 'Get "": unsupported protocol scheme ""'),
            (Scripted({"polling_url": "/noauth/v1/challenge_poller/t"}), "unsupported protocol scheme"),
            (Scripted(b"<html>", 502), "invalid character '<'"),
            (Scripted(b"", 302, {"Location": "/idp"}), "redirects to /idp"),
        ],
    )
    def test_a_challenge_fails_to_begin(
        self, weep: Weep, server: ScriptedServer, begin: Scripted, message: str
    ) -> None:
        server.on(GENERATOR, begin)
        with pytest.raises(WeepError, match=message):
            weep.session()

    def test_the_name_of_the_last_session_is_used_again(self, weep: Weep, server: ScriptedServer) -> None:
        signed_in(weep, SESSION | {"expiration": NOW - 1})
        weep.user = ""
        server.on(POLLER, Scripted(SESSION))
        weep.session()
        assert server.received[0].path == GENERATOR
