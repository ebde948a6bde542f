"""HTTP for tests: API Gateway's REST proxy events without a network, and a server on loopback that follows a script."""

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote

ORIGIN = "https://consoleme.example"
BROWSER = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
"""Headers by which a browser's own page is known."""
JSON = {"Content-Type": "application/json"}


def rest_event(
    method: str,
    resource: str,
    *,
    values: Mapping[str, str] | None = None,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
    source_ip: str = "198.51.100.7",
) -> dict[str, Any]:
    """`values` fill the braces of `resource`; they are percent-encoded as they would arrive."""
    encoded = {name: quote(value, safe="/") for name, value in (values or {}).items()}
    path = resource
    for name, value in encoded.items():
        path = path.replace(f"{{{name}+}}", value).replace(f"{{{name}}}", value)
    many: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        many.setdefault(name, []).append(value)
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": {name: found[-1] for name, found in many.items()} or None,
        "multiValueQueryStringParameters": many or None,
        "pathParameters": encoded or None,
        "stageVariables": None,
        "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": isinstance(body, bytes),
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": path,
            "requestId": "request-1",
            "identity": {"sourceIp": source_ip, "userAgent": "tests"},
        },
    }


@dataclass(frozen=True)
class Answered:
    """What Lambda gave back to API Gateway."""

    status: int
    headers: Mapping[str, list[str]]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    def header(self, name: str) -> str:
        """The first value; empty when absent."""
        return next((values[0] for key, values in self.headers.items() if key.lower() == name.lower()), "")

    @property
    def cookies(self) -> list[str]:
        return self.headers.get("Set-Cookie", [])


def send(app: Any, event: Mapping[str, Any]) -> Answered:
    answer = app(event, None)
    headers = {name: [value] for name, value in answer["headers"].items()}
    headers.update(answer["multiValueHeaders"])
    return Answered(answer["statusCode"], headers, answer["body"])


@dataclass(frozen=True)
class Received:
    """A request as a scripted server got it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Scripted:
    """What a scripted server answers."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class ScriptedServer:
    """Answers each path in the order of its script, the last one for ever; what has no script is a 404 page."""

    url: str = ""
    answers: dict[str, list[Scripted]] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)

    def on(self, path: str, *script: Scripted) -> None:
        self.answers[path] = list(script)

    def answer(self, request: Received) -> Scripted:
        self.received.append(request)
        script = self.answers.get(request.path.partition("?")[0])
        if not script:
            return Scripted(b"<html>not found</html>", 404)
        return script.pop(0) if len(script) > 1 else script[0]


@contextmanager
def scripted_server(answering: ScriptedServer | None = None) -> Iterator[ScriptedServer]:
    """`answering` may be of a kind that knows more than a script."""
    script = answering or ScriptedServer()

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = script.answer(Received(self.command, self.path, dict(self.headers), body))
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(answer.content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST = handle_any  # noqa: N815 http.server's names

        def log_message(self, *_: Any) -> None:
            """Tests look at `received`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
