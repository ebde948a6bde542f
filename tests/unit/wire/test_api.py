"""A small application of our own behind the real wrapper and the real Chalice, called with events of API Gateway."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
from chalice.app import Chalice

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import Conflict, Forbidden, NotAuthenticated
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.wire.api import Api
from chalicelib.wire.authentication import Access, PushClient, UncheckedCaller
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import Cookie, HttpRequest, Reply
from tests.support.builders import caller
from tests.support.http import BROWSER, JSON, ORIGIN, Answered, rest_event, send

TOKEN = {"Cookie": "_xsrf=secret", "X-Xsrftoken": "secret"}


class Page(OldWire):
    limit: int = 10


class Wish(Frozen):
    role: str


class Echo(Frozen):
    text: str


@dataclass
class FakeAuthenticator:
    """Knows one person, who may read the audit and nothing else; notes how it was asked."""

    who: Caller | None = None
    cdn_secret: str = ""
    public_url: str = ORIGIN
    broken: bool = False
    asked: list[tuple[Access, bool]] = field(default_factory=list)

    def caller(self, request: HttpRequest, *, access: Access, live: bool) -> Caller:
        self.asked.append((access, live))
        if self.who is None:
            raise NotAuthenticated("You are not signed in.", reason="no_session")
        return self.who

    def push_client(self, request: HttpRequest) -> PushClient:
        if request.headers.get("authorization") != "Bearer right":
            raise NotAuthenticated("Bring the token.", reason="bad_push_token")
        return PushClient("okta")

    def sign_in_url(self, return_to: str) -> str:
        if self.broken:
            raise ZeroDivisionError
        return f"/login?to={return_to}"

    def may(self, caller: Caller, permission: Permission) -> Decision:
        if permission is Permission.AUDIT:
            return Decision.yes("holds it", permission.value)
        return Decision.no("ask an administrator", permission.value)


@pytest.fixture
def authenticator() -> FakeAuthenticator:
    return FakeAuthenticator(who=caller())


@pytest.fixture
def call(authenticator: FakeAuthenticator) -> Callable[..., Answered]:
    app = application(authenticator)
    return lambda *args, **more: send(app, rest_event(*args, **more))


def application(authenticator: FakeAuthenticator) -> Chalice:  # noqa: C901 one view per case
    api = Api(__name__, lambda: authenticator)

    @api.endpoint("GET", "/open", access=Access.PUBLIC)
    def open_to_all() -> Echo:
        return Echo(text="hello")

    @api.endpoint("GET", "/mine", access=Access.SESSION)
    def mine(caller: Caller) -> Echo:
        return Echo(text=caller.user)

    @api.endpoint("GET", "/unchecked", access=Access.CLI, shape=Shape.UNIVERSAL)
    def unchecked(caller: UncheckedCaller) -> Echo:
        return Echo(text=caller.user)

    @api.endpoint("GET", "/roles/{account}/{role+}", access=Access.CLI, shape=Shape.UNIVERSAL)
    def role_detail(account: str, role: str, query: Page) -> Echo:
        return Echo(text=f"{account}|{role}|{query.limit}")

    @api.endpoint("POST", "/wish", access=Access.SESSION)
    def wish(body: Wish) -> Echo:
        return Echo(text=body.role)

    @api.endpoint("POST", "/cli-wish", access=Access.CLI, shape=Shape.UNIVERSAL)
    def cli_wish(body: Wish) -> Echo:
        return Echo(text=body.role)

    @api.endpoint("GET", "/audited", access=Access.SESSION, permission=Permission.AUDIT)
    def audited() -> Echo:
        return Echo(text="read")

    @api.endpoint("GET", "/configured", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
    def configured() -> Echo:
        raise AssertionError("never reached")

    @api.endpoint("POST", "/pushed", access=Access.SCIM, shape=Shape.SCIM)
    def pushed(body: Wish, client: PushClient) -> Echo:
        return Echo(text=f"{client.name} {body.role}")

    @api.endpoint("GET", "/broken", access=Access.PUBLIC)
    def broken() -> Echo:
        raise KeyError("arn:aws:iam::222222222222:role/s3cret")

    @api.endpoint("GET", "/cli-broken", access=Access.PUBLIC, shape=Shape.UNIVERSAL)
    def cli_broken() -> Echo:
        raise KeyError("s3cret")

    @api.endpoint("GET", "/conflict", access=Access.PUBLIC)
    def conflict() -> Echo:
        raise Conflict("Reload.", extra={"revision": 3})

    @api.endpoint("GET", "/reply", access=Access.SESSION, answers=Echo)
    def reply() -> Reply:
        gone = Cookie("consoleme_auth", "", 0)
        return Reply(Echo(text="bye"), 201, cookies=(gone,), headers={"X-More": "1"})

    @api.endpoint("GET", "/text", access=Access.PUBLIC, answers=str)
    def text() -> Reply:
        return Reply("OK\u00e9")

    @api.endpoint("GET", "/list", access=Access.PUBLIC)
    def listed() -> list[str]:
        return []

    @api.endpoint("GET", "/address", access=Access.PUBLIC)
    def address(request: HttpRequest) -> Echo:
        return Echo(text=f"{request.method} {request.path} {request.address}")

    app = Chalice("small", configure_logs=False)
    app.register_blueprint(api)
    return app


Call = Callable[..., Answered]


def test_a_model_is_answered_as_json_that_nobody_keeps_or_guesses_at(call: Call) -> None:
    answer = call("GET", "/open")
    assert (answer.status, answer.json, answer.header("Content-Type")) == (200, {"text": "hello"}, "application/json")
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("Content-Security-Policy").startswith("default-src 'none'")
    assert answer.header("Referrer-Policy") == "no-referrer"


def test_an_empty_list_is_a_list(call: Call) -> None:
    assert call("GET", "/list").text == "[]"


def test_text_is_answered_as_text(call: Call) -> None:
    answer = call("GET", "/text")
    assert (answer.text, answer.header("Content-Type")) == ("OK\u00e9", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("role", "decoded"),
    [
        pytest.param("app", "app", id="a name"),
        pytest.param("team/sub/app", "team/sub/app", id="a path"),
        pytest.param("a+b=c,d.e@f-g_h", "a+b=c,d.e@f-g_h", id="all characters of a role's name"),
        pytest.param("arn:aws:iam::222222222222:role/a", "arn:aws:iam::222222222222:role/a", id="an ARN"),
        pytest.param("a%2Fb", "a%2Fb", id="what was encoded twice is decoded once"),
        pytest.param("\u00e9 \U0001f600", "\u00e9 \U0001f600", id="letters beyond ASCII"),
        pytest.param("../../etc/passwd", "../../etc/passwd", id="dots are letters like others"),
    ],
)
def test_the_rest_of_a_path_arrives_with_its_slashes_and_decoded(call: Call, role: str, decoded: str) -> None:
    answer = call("GET", "/roles/{account}/{role+}", values={"account": "222222222222", "role": role}, query="limit=3")
    assert answer.json == {"text": f"222222222222|{decoded}|3"}


def test_a_query_parameter_of_the_wrong_type_is_named(call: Call) -> None:
    answer = call("GET", "/roles/{account}/{role+}", values={"account": "1", "role": "a"}, query="limit=many")
    assert (answer.status, answer.json["code"]) == (400, "904")
    assert answer.json["message"].startswith("Invalid query: limit: ")


def test_query_parameters_that_nobody_knows_are_ignored_and_logged(
    call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    values = {"account": "1", "role": "a"}
    assert call("GET", "/roles/{account}/{role+}", values=values, query="what=1").status == 200
    assert [vars(record)["ignored_keys"] for record in caplog.records if record.message == "keys ignored"] == [["what"]]


class TestAuthentication:
    def test_the_caller_is_live_unless_the_view_reads_the_session_itself(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        assert call("GET", "/mine").json == {"text": "ada@example.com"}
        assert call("GET", "/unchecked").json == {"text": "ada@example.com"}
        assert authenticator.asked == [(Access.SESSION, True), (Access.CLI, False)]

    def test_a_view_that_needs_no_caller_is_guarded_all_the_same(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        authenticator.who = None
        assert call("GET", "/audited").status == 403
        assert authenticator.asked == [(Access.SESSION, True)]

    def test_nobody_is_asked_who_they_are_on_a_public_route(self, call: Call, authenticator: FakeAuthenticator) -> None:
        authenticator.who = None
        assert call("GET", "/open").status == 200
        assert authenticator.asked == []

    def test_a_page_without_session_is_sent_to_the_sign_in_and_back(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        authenticator.who = None
        answer = call("GET", "/mine", query="redirect_url=/requests")
        assert answer.status == 403
        assert answer.json == {
            "type": "redirect",
            "redirect_url": "/login?to=/requests",
            "reason": "unauthenticated",
            "message": "You are not signed in.",
        }

    def test_weep_without_session_is_told_to_forget_its_token(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        authenticator.who = None
        answer = call("GET", "/unchecked")
        assert (answer.status, answer.json["code"], answer.json["reason"]) == (403, "invalid_jwt", "no_session")
        assert answer.header("Location") == ""

    def test_a_sign_in_page_that_breaks_is_an_error_in_our_shape(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        authenticator.who, authenticator.broken = None, True
        answer = call("GET", "/mine")
        assert (answer.status, answer.json["title"]) == (500, "Internal Server Error")

    def test_a_permission_that_is_not_held_is_a_refusal_by_its_name(self, call: Call) -> None:
        answer = call("GET", "/configured")
        assert (answer.status, answer.json["reason"], answer.json["message"]) == (
            403,
            "can_edit_config",
            "ask an administrator",
        )

    def test_a_permission_that_is_held_lets_in(self, call: Call) -> None:
        assert call("GET", "/audited").json == {"text": "read"}


class TestCrossSite:
    def test_a_page_of_ours_sends_with_its_token(self, call: Call) -> None:
        answer = call("POST", "/wish", headers=BROWSER | TOKEN | JSON, body='{"role": "r"}')
        assert answer.json == {"text": "r"}

    def test_without_the_token_it_is_refused_before_anybody_asks_who_it_is(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        answer = call("POST", "/wish", headers=BROWSER | JSON, body='{"role": "r"}')
        assert (answer.status, answer.json["reason"]) == (403, "xsrf")
        assert authenticator.asked == []

    def test_another_sites_request_is_refused_in_the_shape_of_the_route(self, call: Call) -> None:
        answer = call("POST", "/cli-wish", headers={"Origin": "https://evil.example"} | JSON, body="{}")
        assert (answer.status, answer.json["code"], answer.json["status"]) == (403, "cross_site", "error")

    def test_a_command_line_sends_without_token(self, call: Call) -> None:
        assert call("POST", "/cli-wish", headers=JSON, body='{"role": "r"}').json == {"text": "r"}

    def test_a_page_gets_its_token_with_its_first_answer_and_can_read_it(self, call: Call) -> None:
        (cookie,) = call("GET", "/mine").cookies
        assert cookie.startswith("_xsrf=")
        assert "HttpOnly" not in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" in cookie
        assert call("GET", "/mine", headers={"Cookie": "_xsrf=x"}).cookies == []

    def test_on_loopback_without_tls_the_token_is_not_marked_secure(
        self, call: Call, authenticator: FakeAuthenticator
    ) -> None:
        authenticator.public_url = "http://127.0.0.1:8000"
        assert "Secure" not in call("GET", "/mine").cookies[0]

    @pytest.mark.parametrize("path", ["/open", "/unchecked"])
    def test_no_other_route_hands_out_a_token(self, call: Call, path: str) -> None:
        assert call("GET", path).cookies == []


class TestReplies:
    def test_a_reply_has_its_own_status_headers_and_all_its_cookies(self, call: Call) -> None:
        answer = call("GET", "/reply")
        assert (answer.status, answer.json, answer.header("X-More")) == (201, {"text": "bye"}, "1")
        assert [cookie.split("=")[0] for cookie in answer.cookies] == ["consoleme_auth", "_xsrf"]

    def test_a_view_sees_the_request_as_it_came(self, call: Call) -> None:
        assert call("GET", "/address").json == {"text": "GET /address 198.51.100.7"}


class TestErrors:
    @pytest.mark.parametrize("path", ["/broken", "/cli-broken"])
    def test_what_nobody_expected_is_logged_with_its_cause_and_answered_without(
        self, call: Call, path: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        answer = call("GET", path)
        assert answer.status == 500
        assert "s3cret" not in answer.text
        assert answer.json["request_id"] == "request-1"
        assert answer.header("Content-Type").startswith("application/")
        assert [record.exc_info is not None for record in caplog.records if record.levelname == "ERROR"] == [True]

    def test_an_error_of_ours_has_its_status_and_its_further_members(self, call: Call) -> None:
        answer = call("GET", "/conflict")
        assert (answer.status, answer.json["revision"], answer.json["message"]) == (409, 3, "Reload.")
        assert answer.header("Content-Type") == "application/problem+json"

    @pytest.mark.parametrize(
        ("headers", "body", "status"),
        [
            pytest.param(JSON, "{", 400, id="cut-off JSON"),
            pytest.param(JSON, None, 400, id="no body"),
            pytest.param(JSON, "[]", 400, id="a list"),
            pytest.param(JSON, '{"role": 3}', 400, id="a number for a text"),
            pytest.param(JSON, '{"role": "r", "other": 1}', 400, id="a key that nobody knows"),
            pytest.param(JSON, b"\xff\xfe", 400, id="bytes that are no text"),
            pytest.param({"Content-Type": "text/html"}, "{}", 400, id="another type"),
            pytest.param({}, "{}", 400, id="no type, from a command line"),
            pytest.param(JSON, '"' + "x" * 1_000_001 + '"', 413, id="too large"),
        ],
    )
    def test_a_bad_body_is_a_refusal_in_the_shape_of_the_route(
        self, call: Call, headers: dict[str, str], body: str | bytes | None, status: int
    ) -> None:
        for path, wanted in (("/wish", "title"), ("/cli-wish", "code")):
            answer = call("POST", path, headers=headers, body=body)
            assert answer.status == status
            assert isinstance(answer.json[wanted], str)
            assert answer.json["message"]

    def test_a_body_in_base64_is_read(self, call: Call) -> None:
        body = json.dumps({"role": "\u00e9"}).encode()
        assert call("POST", "/cli-wish", headers=JSON, body=body).json == {"text": "\u00e9"}


class TestDeclaring:
    def test_a_public_route_can_ask_for_neither_caller_nor_permission(self) -> None:
        api = Api(__name__, FakeAuthenticator)

        def view(caller: Caller) -> Echo:
            return Echo(text=caller.user)

        def other() -> Echo:
            return Echo(text="")

        with pytest.raises(TypeError, match="knows no caller"):
            api.endpoint("GET", "/x", access=Access.PUBLIC)(view)
        with pytest.raises(TypeError, match="knows no caller"):
            api.endpoint("GET", "/x", access=Access.PUBLIC, permission=Permission.ADMIN)(other)

    def test_a_view_is_given_back_as_it_was_so_that_it_can_be_called(self) -> None:
        def view() -> Echo:
            """Says hello.

            And more.
            """
            return Echo(text="hello")

        api = Api(__name__, FakeAuthenticator)
        assert api.endpoint("GET", "/x", access=Access.CLI)(view) is view
        (operation,) = api.operations
        assert (operation.method, operation.path, operation.name, operation.summary) == (
            "GET",
            "/x",
            "view",
            "Says hello.",
        )

    def test_one_path_with_one_method_belongs_to_one_view(self) -> None:
        api: Any = Api(__name__, FakeAuthenticator)

        def view() -> Echo:
            raise Forbidden("x")

        api.endpoint("GET", "/x", access=Access.CLI)(view)
        api.endpoint("GET", "/x", access=Access.CLI)(view)
        with pytest.raises(ValueError, match="Duplicate method"):
            Chalice("small", configure_logs=False).register_blueprint(api)


class TestADirectoryThatPushes:
    PUSHES: ClassVar = {"Authorization": "Bearer right", "Content-Type": "application/scim+json"}

    def test_is_let_in_by_its_token_and_known_to_the_view(self, call: Call, authenticator: FakeAuthenticator) -> None:
        answer = call("POST", "/pushed", headers=self.PUSHES, body='{"role": "x"}')
        assert (answer.status, answer.json) == (200, {"text": "okta x"})
        assert answer.header("Content-Type") == "application/scim+json"
        assert authenticator.asked == []

    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, TOKEN | BROWSER])
    def test_is_refused_without_it_whatever_cookie_comes_along(self, call: Call, headers: dict[str, str]) -> None:
        answer = call("POST", "/pushed", headers=JSON | headers, body='{"role": "x"}')
        assert (answer.status, answer.header("WWW-Authenticate")) == (401, "Bearer")
        assert answer.json == {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": "401",
            "detail": "Bring the token.",
        }

    def test_is_told_what_is_wrong_in_its_own_shape(self, call: Call) -> None:
        answer = call("POST", "/pushed", headers=self.PUSHES, body="{}")
        assert (answer.status, answer.json["status"], answer.json["scimType"]) == (400, "400", "invalidValue")
        assert answer.header("Content-Type") == "application/scim+json"

    def test_is_no_person(self) -> None:
        def with_caller(caller: Caller) -> Echo:
            return Echo(text=caller.user)

        def with_client(client: PushClient) -> Echo:
            return Echo(text=client.name)

        api = Api(__name__, FakeAuthenticator)
        with pytest.raises(TypeError, match="knows no caller"):
            api.endpoint("GET", "/x", access=Access.SCIM)(with_caller)
        with pytest.raises(TypeError, match="only a scim route knows a client"):
            api.endpoint("GET", "/x", access=Access.SESSION)(with_client)
