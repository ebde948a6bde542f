import base64
import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from infra.local.api_gateway import ApiGateway
from infra.local.declared import Declared
from infra.local.functions import FunctionHosts
from infra.local.gateway import Gateway, PortTakenError, by_prefix, under_one_name
from infra.local.interpreter import Answer
from infra.local.options import ROOT
from infra.local.routes import RouteTable
from infra.local.static_files import StaticFiles


@dataclass
class Browser:
    """One connection after another, so that each request stands for itself."""

    port: int

    def __call__(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> "Reply":
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    def raw(self, text: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@dataclass
class Reply:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    for name, text in {"index.html": "<p>index", "assets/app-1.js": "1", "favicon.ico": "icon", "secret": "no"}.items():
        file = root / "web" / "dist" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (root / "outside.txt").write_text("outside")
    (root / "infra").mkdir()
    (root / "infra" / "app.yaml").write_text((ROOT / "infra" / "app.yaml").read_text())
    return root


@pytest.fixture(scope="module")
def browser(hosts: FunctionHosts, sample_product: Declared, page: Path) -> Iterator[Browser]:
    table = RouteTable(sample_product.routes)
    api = ApiGateway(
        table,
        lambda event: hosts.invoke("api_handler", event),
        account_id="1" * 12,
        binary_types=sample_product.binary_types,
    )
    gateway = Gateway(0)
    gateway.start(by_prefix({}, table.is_api, api.answer, under_one_name(StaticFiles(page).answer, gateway.url)))
    yield Browser(gateway.port)
    gateway.stop()
    api.close()


def event_of(reply: Reply) -> Any:
    assert reply.status == 200, reply.body
    return reply.json()


def test_a_get_is_the_event_that_api_gateway_sends(browser: Browser) -> None:
    event = event_of(browser("GET", "/api/echo?a=1&a=%2F2&b=&c", headers={"X-Colour": "blue", "User-Agent": "weep"}))
    assert (event["resource"], event["path"], event["httpMethod"]) == ("/api/echo", "/api/echo", "GET")
    assert event["queryStringParameters"] == {"a": "/2", "b": "", "c": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "/2"], "b": [""], "c": [""]}
    assert (event["body"], event["isBase64Encoded"], event["pathParameters"]) == (None, False, None)
    assert (event["headers"]["X-Colour"], event["multiValueHeaders"]["X-Colour"]) == ("blue", ["blue"])
    assert event["headers"]["X-Forwarded-For"] == "127.0.0.1"
    context = event["requestContext"]
    assert (context["resourcePath"], context["httpMethod"], context["stage"]) == ("/api/echo", "GET", "api")
    assert (context["identity"]["sourceIp"], context["identity"]["userAgent"]) == ("127.0.0.1", "weep")
    assert context["requestId"] != event_of(browser("GET", "/api/echo"))["requestContext"]["requestId"]


def test_without_a_query_both_forms_of_it_are_null(browser: Browser) -> None:
    event = event_of(browser("GET", "/api/echo"))
    assert event["queryStringParameters"] is event["multiValueQueryStringParameters"] is None


def test_a_header_that_came_twice_has_two_values(browser: Browser) -> None:
    reply = browser.raw(
        f"GET /api/echo HTTP/1.1\r\nHost: 127.0.0.1:{browser.port}\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n".encode()
    )
    event = json.loads(reply.partition(b"\r\n\r\n")[2])
    assert (event["headers"]["X-A"], event["multiValueHeaders"]["X-A"]) == ("2", ["1", "2"])


def test_a_text_body_stays_text_and_a_binary_one_is_encoded(browser: Browser) -> None:
    event = event_of(browser("POST", "/api/echo", '{"a": "ä"}'.encode(), {"Content-Type": "application/json"}))
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": "ä"}', False)
    table = RouteTable({"/upload": ["POST"]})
    seen: list[Any] = []

    def call(event: Any) -> Answer:
        seen.append(event)
        return Answer({"statusCode": 200, "body": base64.b64encode(b"\0\1").decode(), "isBase64Encoded": True})

    api = ApiGateway(table, call, account_id="", binary_types=["application/octet-stream"])
    gateway = Gateway(0)
    gateway.start(by_prefix({}, table.is_api, api.answer, api.answer))
    binary = "application/octet-stream"
    reply = Browser(gateway.port)("POST", "/upload", b"\xff\x00", {"Content-Type": binary, "Accept": binary})
    as_text = Browser(gateway.port)("POST", "/upload", b"x", {"Accept": "text/plain"})
    gateway.stop()
    api.close()
    assert (seen[0]["body"], seen[0]["isBase64Encoded"]) == (base64.b64encode(b"\xff\x00").decode(), True)
    assert (reply.body, as_text.body) == (b"\0\1", b"AAE=")


def test_path_variables_stay_percent_encoded(browser: Browser) -> None:
    assert browser("GET", "/api/things/a%2Fb%20c").json() == {"name": "a%2Fb%20c"}
    assert browser("GET", "/api/deep/role/a%20b/c").json() == {"path": "role/a%20b/c"}


def test_every_cookie_of_an_answer_arrives(browser: Browser) -> None:
    reply = browser("GET", "/cookies")
    assert reply.status == 201
    assert reply.all("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/nothing"), ("DELETE", "/api/echo"), ("HEAD", "/api/echo"), ("OPTIONS", "/auth-less/api")],
)
def test_what_the_api_does_not_know_is_json_and_never_the_page(browser: Browser, method: str, path: str) -> None:
    reply = browser(method, path)
    if method == "HEAD":
        assert (reply.status, reply.body) == (404, b"")
    else:
        assert reply.status in {404, 405}
        assert reply.json()["message"]
    assert reply.all("Content-Type") == ["application/json"]


def test_a_function_that_dies_is_502_in_json(browser: Browser) -> None:
    reply = browser("GET", "/broken")
    assert (reply.status, reply.json()["status_code"]) == (502, 502)
    assert browser("GET", "/api/things/a").status == 200


@pytest.mark.parametrize(
    "payload",
    [None, "text", {"body": "no status"}, {"statusCode": "abc"}, {"statusCode": 200, "body": {"not": "text"}}],
)
def test_a_function_that_answers_in_another_form_is_502(payload: Any) -> None:
    table = RouteTable({"/x": ["GET"]})
    api = ApiGateway(table, lambda _: Answer(payload), account_id="", binary_types=[])
    gateway = Gateway(0)
    gateway.start(by_prefix({}, table.is_api, api.answer, api.answer))
    assert Browser(gateway.port)("GET", "/x").status == 502
    gateway.stop()
    api.close()


def test_a_function_that_takes_longer_than_api_gateway_waits_is_504() -> None:
    table = RouteTable({"/slow": ["GET"]})
    ended = Event()

    def call(_: Any) -> Answer:
        ended.wait(10)
        return Answer({"statusCode": 200, "body": ""})

    api = ApiGateway(table, call, account_id="", binary_types=[], seconds_limit=0.05)
    gateway = Gateway(0)
    gateway.start(by_prefix({}, table.is_api, api.answer, api.answer))
    reply = Browser(gateway.port)("GET", "/slow")
    ended.set()
    gateway.stop()
    api.close()
    assert (reply.status, reply.json()["reason"]) == (504, "timeout")


def test_bodies_and_headers_have_the_limits_of_api_gateway(browser: Browser) -> None:
    assert browser("POST", "/api/echo", headers={"Content-Length": str(10 * 1024 * 1024 + 1)}).status == 413
    assert browser("POST", "/api/echo", b"x" * (7 * 1024 * 1024)).status == 413
    assert browser("GET", "/api/echo", headers={"X-Long": "x" * 10_300}).status == 400
    assert browser("GET", "/api/echo", headers={"X-Long": "x" * 9_000}).status == 200


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /api/echo HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"BREW /api/echo HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", b"501"),
    ],
)
def test_what_is_no_http_gets_json_too(browser: Browser, request_text: bytes, status: bytes) -> None:
    head, _, body = browser.raw(request_text.replace(b"%d", str(browser.port).encode())).partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert json.loads(body)["status"] == int(status)


@pytest.mark.parametrize("host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "LOCALHOST:{port}"])
def test_the_laptops_own_names_are_answered(browser: Browser, host: str) -> None:
    assert browser("GET", "/api/things/a", headers={"Host": host.format(port=browser.port)}).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example:{port}", "localhost", "localhost:1", "127.0.0.1.evil.example:{port}", "localhost.:{port}", ""],
)
@pytest.mark.parametrize("path", ["/api/things/a", "/", "/local/people"])
def test_every_other_name_is_refused(browser: Browser, host: str, path: str) -> None:
    assert browser("GET", path, headers={"Host": host.format(port=browser.port)}).status == 421


@pytest.mark.parametrize("path", ["/", "/roles", "/role-detail/1/team/name.with.dot", "/secret", "/index.html"])
def test_paths_of_the_page_are_index_html(browser: Browser, path: str) -> None:
    reply = browser("GET", path)
    assert (reply.status, reply.body) == (200, b"<p>index")
    assert reply.all("Content-Type") == ["text/html; charset=utf-8"]
    assert "default-src 'self'" in reply.all("Content-Security-Policy")[0]


def test_files_are_served_by_name_and_for_ever_when_their_name_says_the_version(browser: Browser) -> None:
    script = browser("GET", "/assets/app-1.js")
    assert (script.body, script.all("Content-Type")) == (b"1", ["text/javascript; charset=utf-8"])
    assert "immutable" in script.all("Cache-Control")[0]
    assert browser("GET", "/favicon.ico").body == b"icon"
    assert browser("HEAD", "/favicon.ico").body == b""


@pytest.mark.parametrize(
    "path",
    ["/assets/../../../outside.txt", "/assets/%2e%2e/%2e%2e/%2e%2e/outside.txt", "/assets/app-2.js", "/assets/%00.js"],
)
def test_nothing_outside_the_page_is_served(browser: Browser, path: str) -> None:
    assert browser("GET", path).status == 404


def test_a_page_that_was_not_built_says_how(tmp_path: Path) -> None:
    gateway = Gateway(0)
    page = StaticFiles(tmp_path).answer
    gateway.start(by_prefix({}, lambda _: False, page, page))
    reply = Browser(gateway.port)("GET", "/")
    gateway.stop()
    assert reply.status == 503
    assert b"make web" in reply.body


def test_a_page_under_another_name_is_sent_to_the_one_that_the_api_knows(browser: Browser) -> None:
    reply = browser("GET", "/roles?x=1", headers={"Host": f"localhost:{browser.port}"})
    assert (reply.status, reply.all("Location")) == (302, [f"http://127.0.0.1:{browser.port}/roles?x=1"])


@pytest.mark.parametrize(
    ("host", "origin", "told"),
    [
        pytest.param(
            "localhost", "http://localhost:{port}", "http://127.0.0.1:{port}", id="our own page by another name"
        ),
        pytest.param("127.0.0.1", "http://127.0.0.1:{port}", "http://127.0.0.1:{port}", id="our own page"),
        pytest.param("127.0.0.1", "http://localhost:{port}", "http://localhost:{port}", id="a page of another name"),
        pytest.param("localhost", "https://evil.example", "https://evil.example", id="another site"),
    ],
)
def test_only_our_own_origin_is_told_to_the_api_as_ours(browser: Browser, host: str, origin: str, told: str) -> None:
    headers = {"Host": f"{host}:{browser.port}", "Origin": origin.format(port=browser.port)}
    event = event_of(browser("GET", "/api/echo", headers=headers))
    assert event["headers"]["Origin"] == told.format(port=browser.port)


def test_a_taken_port_is_named_with_the_fix() -> None:
    gateway = Gateway(0)
    with pytest.raises(PortTakenError, match=f"Port {gateway.port} is taken.*PORT={gateway.port + 1}"):
        Gateway(gateway.port)
    gateway.stop()
