"""The client of Slack's Web API, against a small server: what it sends, and what it makes of each answer."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from chalicelib.core.errors import AppError, Misconfigured, Throttled, Upstream
from chalicelib.notifications.slack.api import SlackApi
from tests.support.clock import FrozenClock


class Server:
    """Answers every call with `answer`; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.answer: tuple[int, bytes] = (200, b'{"ok": true}')
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                server.asked.append((self.path, self.headers["Authorization"], body))
                status, text = server.answer
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: Any) -> None:
                """Nobody reads it."""

        self.http = HTTPServer(("127.0.0.1", 0), Handler)
        self.api = SlackApi(f"http://127.0.0.1:{self.http.server_port}/api/", lambda: "xoxb-1", FrozenClock())

    def says(self, **answer: Any) -> None:
        self.answer = 200, json.dumps(answer).encode()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    server = Server()
    thread = Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.http.shutdown()
    thread.join()
    server.http.server_close()


@pytest.fixture
def slack(running: Server) -> Server:
    running.asked.clear()
    running.says(ok=True)
    return running


def test_a_message_is_posted_changed_and_answered(slack: Server) -> None:
    slack.says(ok=True, channel="D1", ts="1.5")
    assert slack.api.post("U1", "text", [{"type": "divider"}]) == ("D1", "1.5")
    slack.api.update("D1", "1.5", "text", [])
    slack.api.reply("D1", "1.5", "news")
    slack.api.whisper("C1", "U1", "psst")
    assert [path for path, _, _ in slack.asked] == [
        "/api/chat.postMessage",
        "/api/chat.update",
        "/api/chat.postMessage",
        "/api/chat.postEphemeral",
    ]
    assert {token for _, token, _ in slack.asked} == {"Bearer xoxb-1"}
    assert json.loads(slack.asked[0][2])["blocks"] == [{"type": "divider"}]
    assert json.loads(slack.asked[2][2])["thread_ts"] == "1.5"


def test_somebodys_address_is_asked_for_by_a_form(slack: Server) -> None:
    slack.says(ok=True, user={"profile": {"real_name": "Ada", "email": "ada@example.com"}})
    assert slack.api.address("U1") == ("Ada", "ada@example.com")
    assert slack.asked[0][2] == "user=U1"
    slack.says(ok=True, user={"profile": []})
    assert slack.api.address("U1") == ("U1", "")


def test_a_dialog_that_comes_too_late_is_no_error(slack: Server) -> None:
    assert slack.api.ask("t", {})
    slack.says(ok=False, error="expired_trigger_id")
    assert not slack.api.ask("t", {})


def test_a_message_that_somebody_deleted_stays_away(slack: Server) -> None:
    slack.says(ok=False, error="message_not_found")
    slack.api.update("C1", "1", "text", [])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((200, b'{"ok": false, "error": "invalid_auth"}'), Misconfigured),
        ((200, b'{"ok": false, "error": "ratelimited"}'), Throttled),
        ((429, b""), Throttled),
        ((500, b"oops"), Upstream),
        ((200, b"no json"), Upstream),
        ((200, b"[]"), Upstream),
        ((302, b""), Upstream),
    ],
)
def test_each_refusal_is_one_of_our_errors(slack: Server, answer: tuple[int, bytes], error: type[AppError]) -> None:
    slack.answer = answer
    with pytest.raises(error) as refusal:
        slack.api.reply("C1", "1", "text")
    assert "xoxb" not in refusal.value.message


def test_nobody_there_is_said_without_the_token() -> None:
    api = SlackApi("http://127.0.0.1:1/api", lambda: "xoxb-1", FrozenClock())
    with pytest.raises(Upstream, match="did not answer") as refusal:
        api.reply("C1", "1", "text")
    assert refusal.value.__cause__ is None
    assert "xoxb" not in refusal.value.message


def test_slack_that_does_not_answer_is_left_alone_for_half_a_minute(slack: Server) -> None:
    clock = FrozenClock()
    api = SlackApi("http://127.0.0.1:1/api", lambda: "xoxb-1", clock)
    with pytest.raises(Upstream, match="NewConnectionError"):
        api.reply("C1", "1", "text")
    with pytest.raises(Upstream, match="nor to the call before"):
        api.reply("C1", "1", "text")
    clock.advance(30)
    with pytest.raises(Upstream, match="NewConnectionError"):
        api.reply("C1", "1", "text")
