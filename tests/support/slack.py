"""Slack as a test needs it: signed posts, and a workspace that answers."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

from chalicelib.core.errors import Upstream
from chalicelib.notifications.models import SlackConfig
from chalicelib.notifications.slack.interactions import REASON_FIELD, Act

TEAM, APP_ID, CHANNEL = "T0EXAMPLE", "A0CONSOLEME", "C0REQUESTS"
SECRET = "a-signing-secret-of-slack-for-tests"
CONFIG = SlackConfig(team_id=TEAM, app_id=APP_ID, channel=CHANNEL)


def pressed(act: str, value: str, who: str, **more: Any) -> dict[str, Any]:
    """What Slack posts when somebody presses a button."""
    base: dict[str, Any] = {
        "type": "block_actions",
        "api_app_id": APP_ID,
        "team": {"id": TEAM, "domain": "example"},
        "user": {"id": who, "username": "somebody", "team_id": TEAM},
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": "1.0"},
        "actions": [{"action_id": act, "value": value, "type": "button", "action_ts": "1.5"}],
    }
    return base | more


def submitted(metadata: str, reason: str, who: str, dialog: str = Act.REJECT_WITH.value, **more: Any) -> dict[str, Any]:
    """What Slack posts when somebody sends the dialog."""
    view = {
        "callback_id": dialog,
        "private_metadata": metadata,
        "state": {"values": {"block": {REASON_FIELD: {"type": "plain_text_input", "value": reason}}}},
    }
    base: dict[str, Any] = {
        "type": "view_submission",
        "api_app_id": APP_ID,
        "team": {"id": TEAM},
        "user": {"id": who, "team_id": TEAM},
        "view": view,
    }
    return base | more


def form(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, now: int, secret: str = SECRET) -> dict[str, str]:
    """The headers with which Slack posts it."""
    mac = hmac.new(secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256)
    return {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": str(now),
        "x-slack-signature": f"v0={mac.hexdigest()}",
    }


class FakeSlack:
    """A workspace: what was posted by channel and time stamp, and what only one person was shown."""

    def __init__(self, addresses: dict[str, str] | None = None) -> None:
        self.addresses = addresses or {}
        self.posts: dict[tuple[str, str], dict[str, Any]] = {}
        self.replies: list[tuple[str, str, str]] = []
        self.whispers: list[tuple[str, str, str]] = []
        self.dialogs: list[dict[str, Any]] = []
        self.down = False
        self.slow_dialogs = False

    def _check(self) -> None:
        if self.down:
            raise Upstream("Slack is down", reason="slack_down")

    def post(self, channel: str, text: str, blocks: list[Any]) -> tuple[str, str]:
        self._check()
        stamp = f"{len(self.posts) + 1}.0"
        place = (f"D{channel[1:]}" if channel.startswith("U") else channel, stamp)
        self.posts[place] = {"text": text, "blocks": blocks}
        return place

    def update(self, channel: str, stamp: str, text: str, blocks: list[Any]) -> None:
        self._check()
        self.posts[channel, stamp] = {"text": text, "blocks": blocks}

    def reply(self, channel: str, stamp: str, text: str) -> None:
        self._check()
        self.replies.append((channel, stamp, text))

    def whisper(self, channel: str, user: str, text: str) -> None:
        self._check()
        self.whispers.append((channel, user, text))

    def ask(self, trigger: str, view: dict[str, Any]) -> bool:
        self._check()
        if self.slow_dialogs:
            return False
        self.dialogs.append({"trigger": trigger, **view})
        return True

    def address(self, user: str) -> tuple[str, str]:
        """Name and e-mail address."""
        self._check()
        return f"name of {user}", self.addresses.get(user, "")

    def buttons(self, place: tuple[str, str]) -> dict[str, str]:
        """Values of the buttons under a message, by their action."""
        actions = [block for block in self.posts[place]["blocks"] if block["type"] == "actions"]
        return {one["action_id"]: one.get("value", "") for block in actions for one in block["elements"]}
