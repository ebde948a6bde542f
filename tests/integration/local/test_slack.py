"""The laptop's Slack and its pages: what the product writes is there, buttons post what Slack would, and nobody else gets in."""

import json
from typing import Any

import pytest

from infra.local.http import HttpReply, HttpRequest
from infra.local.people import Person
from infra.local.telling.sites import SlackSite
from infra.local.telling.workspace import CHANNEL, TEAM, SlackError, Workspace

ADA, BO = "ada@example.com", "bo@example.com"
BUTTON = {
    "type": "button",
    "action_id": "approve",
    "value": "sealed",
    "text": {"type": "plain_text", "text": "Approve"},
}
BLOCKS = [{"type": "actions", "elements": [BUTTON]}]


class Posted:
    """What the product would be sent."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.got: list[tuple[bytes, dict[str, str]]] = []

    def __call__(self, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((body, headers))
        return self.status


@pytest.fixture
def slack() -> Workspace:
    return Workspace((Person(ADA, ("approvers",), "Ada"), Person(BO, ())))


def posted(slack: Workspace) -> str:
    return str(slack.call("chat.postMessage", {"channel": CHANNEL, "text": "a request", "blocks": BLOCKS})["ts"])


def test_what_is_posted_is_seen_and_what_is_for_one_person_by_them_alone(slack: Workspace) -> None:
    stamp = posted(slack)
    slack.call("chat.postMessage", {"channel": slack.user_of(ADA), "text": "for Ada"})
    slack.call("chat.postEphemeral", {"channel": CHANNEL, "user": slack.user_of(BO), "text": "psst"})
    slack.call("chat.update", {"channel": CHANNEL, "ts": stamp, "text": "applied", "blocks": []})
    assert [one["text"] for one in slack.seen_by(ADA)["messages"]] == ["applied", "for Ada"]
    assert [one["text"] for one in slack.seen_by(BO)["messages"]] == ["applied", "psst"]


def test_a_press_is_posted_as_slack_posts_it(slack: Workspace) -> None:
    from chalicelib.notifications.models import SlackConfig
    from chalicelib.notifications.slack.interactions import read
    from chalicelib.notifications.slack.signature import verified
    from chalicelib.wire.forms import form_of
    from chalicelib.wire.http import HttpRequest as Request
    from infra.local.telling.workspace import APP

    product, stamp = Posted(), posted(slack)
    slack.press(ADA, CHANNEL, stamp, "approve", product)
    ((body, headers),) = product.got
    lower = {name.lower(): value for name, value in headers.items()}
    now = int(lower["x-slack-request-timestamp"])
    assert verified(lower, frozenset(), body, secret=slack.signing_secret, now=now).allowed
    form = form_of(Request("POST", "/", lower, {}, {}, body, "", ""))
    click = read(form["payload"], SlackConfig(team_id=TEAM, app_id=APP))
    assert click is not None
    assert (click.act, click.user, click.value, click.channel) == ("approve", slack.user_of(ADA), "sealed", CHANNEL)
    assert slack.call("views.open", {"trigger_id": click.trigger, "view": {"blocks": []}})["ok"]
    with pytest.raises(SlackError, match="expired_trigger_id"):
        slack.call("views.open", {"trigger_id": click.trigger, "view": {"blocks": []}})


def test_a_dialog_is_open_for_one_person_until_they_send_or_close_it(slack: Workspace) -> None:
    product, stamp = Posted(), posted(slack)
    field = {"type": "input", "element": {"type": "plain_text_input", "action_id": "reason"}}
    for _ in range(2):
        slack.press(ADA, CHANNEL, stamp, "approve", product)
        payload = json.loads(dict(_form(product.got[-1][0]))["payload"])
        slack.call("views.open", {"trigger_id": payload["trigger_id"], "view": {"callback_id": "c", "blocks": [field]}})
        assert slack.seen_by(ADA)["dialog"] is not None
        assert slack.seen_by(BO)["dialog"] is None
        slack.dismiss(ADA)
        with pytest.raises(SlackError, match="no_dialog"):
            slack.submit(ADA, "no", product)


def _form(body: bytes) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(body.decode())


@pytest.mark.parametrize(
    ("method", "sent", "error"),
    [
        ("chat.postMessage", {"channel": "C0OTHER"}, "channel_not_found"),
        ("chat.postMessage", {"channel": "U0NOBODY"}, "user_not_found"),
        ("chat.update", {"channel": CHANNEL, "ts": "1"}, "message_not_found"),
        ("chat.postMessage", {"channel": CHANNEL, "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        (
            "chat.postMessage",
            {"channel": CHANNEL, "blocks": [{"type": "section", "text": {"text": "x" * 3001}}]},
            "invalid_blocks",
        ),
        ("chat.delete", {}, "unknown_method"),
    ],
)
def test_what_slack_would_refuse_is_refused(slack: Workspace, method: str, sent: dict[str, Any], error: str) -> None:
    with pytest.raises(SlackError, match=error):
        slack.call(method, sent)


class Site:
    def __init__(self, slack: Workspace) -> None:
        self._site = SlackSite(slack, lambda: "http://127.0.0.1:1", lambda: frozenset({"127.0.0.1:1"}))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpReply:
        sent = [(name.replace("_", "-"), value) for name, value in headers.items()]
        return self._site.answer(HttpRequest(method, path, "", sent, json.dumps(body).encode(), "127.0.0.1"))


def test_the_api_wants_its_token(slack: Workspace) -> None:
    sent = {"channel": CHANNEL, "text": "hi"}
    site, path, kind = Site(slack), "/local/slack/api/chat.postMessage", "application/json"
    good = site.ask("POST", path, sent, Authorization=f"Bearer {slack.token}", Content_Type=kind)
    assert json.loads(good.body)["ok"]
    bad = site.ask("POST", path, sent, Authorization="Bearer guessed", Content_Type=kind)
    assert json.loads(bad.body) == {"ok": False, "error": "invalid_auth"}
    assert len(slack.messages) == 1


def test_only_the_laptops_own_page_presses_buttons(slack: Workspace) -> None:
    site, stamp = Site(slack), posted(slack)
    press = {"email": ADA, "channel": CHANNEL, "stamp": stamp, "action_id": "nothing"}
    path, kind = "/local/slack/press", "application/json"
    assert site.ask("POST", path, press, Content_Type=kind, Origin="https://evil.example").status == 403
    assert site.ask("POST", path, press, Content_Type="text/plain").status == 415
    assert b"no_such_button" in site.ask("POST", path, press, Content_Type=kind).body
    assert site.ask("POST", path, {}, Content_Type=kind).status == 400


def test_the_page_names_everybody(slack: Workspace) -> None:
    assert b'<option value="ada@example.com">Ada</option>' in Site(slack).ask("GET", "/local/slack").body
