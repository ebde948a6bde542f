"""Whatever is sent: a refusal in JSON that names cause and fix, never a 500 and never a page to a client of the API."""

import socket
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import SessionToken
from chalicelib.wire.api import Operation
from chalicelib.wire.authentication import Access
from chalicelib.wire.failures import Shape
from tests.integration.wire.test_weep_journey import command_line
from tests.support.application import operations
from tests.support.go_json import decode, listed, record, text, whole
from tests.support.served import Reply, Served

CREDENTIALS = "/api/v1/get_credentials"
WEEP_READS = record(
    {
        **dict.fromkeys(("status", "reason", "code", "message", "requested_role", "exception", "request_id"), text),
        "status_code": whole,
        "errors": listed(text),
    }
)


def for_weep(reply: Reply) -> dict[str, Any]:
    """The refusal, decoded as Weep does on every endpoint it calls."""
    assert 400 <= reply.status < 500, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert "location" not in reply.headers
    found: dict[str, Any] = decode(WEEP_READS, reply.body)
    assert found["status"] == "error"
    assert found["status_code"] == reply.status
    assert found["code"]
    assert found["message"]
    assert found["request_id"]
    assert found["errors"] == [found["message"].replace("%", "%%")]
    return found


def in_json(reply: Reply) -> Any:
    """Any answer of ours that is not a success, whoever reads it."""
    assert reply.status < 500, (reply.status, reply.text)
    assert "json" in reply.headers["content-type"], reply.headers["content-type"]
    assert "<html" not in reply.text.lower()
    return reply.json


class TestBodiesOfCredentials:
    @pytest.mark.parametrize(
        ("body", "named"),
        [
            pytest.param(b"", "body", id="nothing"),
            pytest.param(b"{", "not JSON", id="cut-off JSON"),
            pytest.param(b"requested_role=app", "not JSON", id="a form"),
            pytest.param(b"\xff\xfe\x00", "not JSON", id="bytes that are no text"),
            pytest.param(b'{"requested_role": "a", "requested_role": "b"}', "stands twice", id="a key twice"),
            pytest.param(b'{"requested_role": NaN}', "NaN", id="not a number"),
            pytest.param(b'{"requested_role": "\\ud800"}', "not JSON", id="half a character"),
            pytest.param(b"[" * 50_000, "nested", id="nesting without end"),
            pytest.param(b'{"metadata":' + b'{"a":' * 300 + b"1" + b"}" * 301, "nested", id="deep metadata"),
            pytest.param([], "body", id="a list"),
            pytest.param("deploy", "body", id="a text"),
            pytest.param(b"null", "body", id="null"),
            pytest.param({}, "exactly one of", id="no wish"),
            pytest.param({"requested_role": None}, "exactly one of", id="a wish that is null"),
            pytest.param({"requested_role": ""}, "requested_role", id="an empty wish"),
            pytest.param({"requested_role": 5}, "requested_role", id="a number for a role"),
            pytest.param({"requested_role": ["deploy"]}, "requested_role", id="a list of roles"),
            pytest.param({"requested_role": {"$ne": ""}}, "requested_role", id="an object for a role"),
            pytest.param({"requested_role": "x" * 3000}, "requested_role", id="a role of three thousand letters"),
            pytest.param({"requested_role": "a", "app_name": "b"}, "exactly one of", id="two wishes"),
            pytest.param(
                {"requested_role": "a", "no_ip_restrictions": "true"}, "no_ip_restrictions", id="a word for a flag"
            ),
            pytest.param({"requested_role": "a", "console_only": 1}, "console_only", id="a number for a flag"),
            pytest.param({"requested_role": "a", "metadata": "x"}, "metadata", id="a text for metadata"),
            pytest.param(
                {"requested_role": "a", "custom_ip_restrictions": [1]},
                "custom_ip_restrictions",
                id="numbers for addresses",
            ),
            pytest.param({"user_role": True}, "account", id="a role of one's own in no account"),
            pytest.param({"RequestedRole": "a"}, "exactly one of", id="CamelCase, which this one never took"),
        ],
    )
    def test_are_malformed_requests_that_name_what_is_wrong(
        self, site: Served, token: SessionToken, body: Any, named: str
    ) -> None:
        reply = site.call("POST", CREDENTIALS, body, command_line(token))
        refusal = for_weep(reply)
        assert (reply.status, refusal["code"]) == (400, "904")
        assert named in refusal["message"]

    def test_of_too_many_bytes_are_refused(self, site: Served, token: SessionToken) -> None:
        reply = site.call("POST", CREDENTIALS, {"requested_role": "x" * 1_000_000}, command_line(token))
        assert reply.status == 413
        assert for_weep(reply)["reason"] == "body_too_large"

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
    def test_of_another_type_are_malformed(self, site: Served, token: SessionToken, kind: str) -> None:
        headers = command_line(token) | {"Content-Type": kind}
        assert for_weep(site.call("POST", CREDENTIALS, {"requested_role": "deploy"}, headers))["code"] == "904"

    @pytest.mark.parametrize(
        "role", ["100%", "%s%s%n", "<script>", "a\nb", "\u202e", "'; DROP TABLE roles; --", "\x00", "../.."]
    )
    def test_with_odd_searches_match_nothing_and_are_told_back_as_text(
        self, site: Served, token: SessionToken, role: str
    ) -> None:
        refusal = for_weep(site.call("POST", CREDENTIALS, {"requested_role": role}, command_line(token)))
        assert (refusal["code"], refusal["requested_role"]) == ("900", role)


class TestSessions:
    @pytest.mark.parametrize(
        "cookie",
        [
            "",
            "consoleme_auth",
            "consoleme_auth=",
            "consoleme_auth=x",
            "consoleme_auth=a.b.c; consoleme_auth=d.e.f",
            "consoleme_auth=eyJhbGciOiJub25lIn0.e30.",
            "consoleme_auth=" + "x" * 6000,
            "odd[x]={}; consoleme_auth=\u00ff",
        ],
    )
    def test_weep_is_told_to_forget_a_session_that_is_none(self, site: Served, cookie: str) -> None:
        headers = {"Cookie": cookie, "Content-Type": "application/json"}
        for method, path in (
            ("GET", "/api/v1/get_roles"),
            ("GET", "/api/v2/get_roles?all=true"),
            ("POST", CREDENTIALS),
        ):
            reply = site.call(method, path, {"requested_role": "a"} if method == "POST" else None, headers)
            assert (reply.status, for_weep(reply)["code"]) == (403, "invalid_jwt")

    def test_a_page_is_told_where_to_sign_in(self, site: Served) -> None:
        reply = site.call("GET", "/auth?redirect_url=/requests")
        assert reply.status == 403
        assert in_json(reply)["type"] == "redirect"
        assert isinstance(reply.json["redirect_url"], str)

    @pytest.mark.parametrize(
        "back",
        ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "http://[", "\x00", "%"],
    )
    def test_a_way_back_that_is_not_ours_is_left_out(self, site: Served, back: str) -> None:
        reply = site.call("GET", f"/auth?redirect_url={quote(back, safe='')}")
        assert in_json(reply)["type"] == "redirect"
        assert "evil" not in reply.json["redirect_url"]


class TestPaths:
    @pytest.mark.parametrize(
        "path",
        [
            "/api/v1/get_roles/../get_credentials",
            "/api//v1/get_roles",
            "/api/v1/get_roles%2f",
            "/api/v1/get%5froles",
            "/API/V1/GET_ROLES",
            "/api/v1/get_roles;x",
            "/api/v1",
            "/api/v3/get_roles",
            "/noauth/v1/challenge_generator/a/b",
            "/noauth/v1/challenge_generator/",
            "/noauth/v1/challenge_poller/" + "x" * 3000,
            "/noauth/v1/challenge_poller/%00",
            "/noauth/v1/challenge_poller/..%2f..%2fetc",
            "/noauth/v1/challenge_generator/" + "x" * 3000,
            "/noauth/v1/challenge_generator/%20",
            "/noauth/v1/challenge_generator/%ff%fe",
            "/noauth/v1/challenge_generator/%25s%25n",
            "/api/v2/role_login/..%2f..%2f",
            "/api/v2/role_login/%00",
        ],
    )
    def test_tricks_lead_nowhere(self, site: Served, path: str) -> None:
        in_json(site.call("GET", path))

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "GET"])
    def test_another_method_is_refused(self, site: Served, token: SessionToken, method: str) -> None:
        reply = site.call(method, CREDENTIALS, headers=command_line(token))
        assert 400 <= reply.status < 500
        in_json(reply)

    @pytest.mark.parametrize(
        "query",
        [
            "r=nowhere",
            "r=us-east-1%23",
            "redirect=https://evil.example/",
            "redirect=https://console.aws.amazon.com:x/",
            "redirect=http://[",
        ],
    )
    def test_a_console_link_leads_only_into_the_console(self, site: Served, user: str, query: str) -> None:
        browser = site.browser(site.session(user, "engineers", kind=SessionKind.WEB))
        reply = site.call("GET", f"/api/v2/role_login/deploy?{query}", headers=browser)
        assert (reply.status, in_json(reply)["type"]) == (400, "error")


def test_a_request_that_is_no_http_is_answered_in_json(site: Served) -> None:
    target = urlsplit(site.url)
    with socket.create_connection((str(target.hostname), target.port or 80), timeout=10) as connection:
        connection.sendall(b"GARBAGE\r\n\r\n")
        answer = connection.recv(10_000)
    assert b" 400 " in answer.split(b"\r\n")[0]
    assert b"application/" in answer
    assert b"<html" not in answer.lower()


HOSTILE_BODIES: list[Any] = [
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b'{"\\ud800": 1}',
    b"[" * 5000,
    {"unknown": 1},
    {"limit": "many", "filters": []},
    {"nonce": 5, "approve": "maybe"},
    {"changes": "x", "justification": 3},
    {"modification_model": {"command": "explode"}},
    {"accounts": "x"},
    {"accounts": [1, None, {}]},
]
HOSTILE_VALUES = ["..", "%00", "%ff", "%25s", "arn:aws:iam::222222222222:role/a", "a%2fb", "x" * 1500, "%D9%A1" * 3]


def filled(operation: Operation, value: str) -> str:
    path = operation.path
    for name in operation.signature.path:
        path = path.replace(f"{{{name}+}}", value).replace(f"{{{name}}}", value)
    return path


FILES_AND_TEXTS = {"/healthcheck", "/api/v2/audit/activity/export"}
SHOWN_TO_PEOPLE = {"/saml/acs", "/saml/finish", "/saml/sls", "/saml/sso"}
"""A browser shows these answers itself: no page of ours has asked for them."""


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: f"{operation.method} {operation.path}")
class TestEveryRoute:
    @pytest.mark.parametrize(
        "who", ["engineer@example.com", "root@example.com"], ids=["an engineer", "an administrator"]
    )
    def test_a_hostile_request_is_answered_in_json_and_never_with_a_500(
        self, site: Served, operation: Operation, who: str
    ) -> None:
        browser = site.browser(site.session(who, "engineers", kind=SessionKind.WEB))
        bodies = HOSTILE_BODIES if operation.signature.body else [None]
        requests = [(filled(operation, "x"), body) for body in bodies]
        requests += [(filled(operation, value), bodies[-1]) for value in HOSTILE_VALUES if operation.signature.path]
        for path, body in requests:
            reply = site.call(operation.method, path, body, browser)
            assert reply.status != 500, (path, body, reply.text)
            if operation.path in SHOWN_TO_PEOPLE:
                assert reply.status == 303 or reply.headers["content-type"].startswith("text/html")
                continue
            assert "<html" not in reply.text.lower()
            assert "json" in reply.headers["content-type"] or operation.path in FILES_AND_TEXTS

    def test_nobody_gets_in_without_a_session(self, site: Served, operation: Operation) -> None:
        if operation.access is Access.PUBLIC:
            return
        body = None if operation.method == "GET" else b"{}"
        reply = site.call(operation.method, filled(operation, "x"), body, {"Content-Type": "application/json"})
        if operation.access is Access.SCIM:
            assert (reply.status, reply.headers["www-authenticate"]) == (401, "Bearer")
            return
        assert reply.status == 403
        wanted = ("code", "invalid_jwt") if operation.shape is Shape.UNIVERSAL else ("type", "redirect")
        assert in_json(reply)[wanted[0]] == wanted[1]
