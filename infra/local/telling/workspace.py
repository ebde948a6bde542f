"""A Slack workspace on this machine: what the product's app writes there, and what its people press."""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from infra.local.people import Person

TEAM, APP, CHANNEL, CHANNEL_NAME = "T0LAPTOP", "A0CONSOLEME", "C0REQUESTS", "requests"
TRIGGER_LIFE = 3.0
"""Seconds for which a press lets a dialog be opened."""

Post = Callable[[bytes, dict[str, str]], int]
"""Posts a form to the product with these headers; the status of its answer."""


class SlackError(Exception):
    """Slack answers `{"ok": false, "error": ...}`."""


@dataclass
class Message:
    channel: str
    stamp: str
    text: str
    blocks: list[Any] = field(default_factory=list)
    below: str = ""
    """The time stamp of the message that it answers."""
    only_for: str = ""
    """The one person who sees it."""


@dataclass
class Workspace:
    people: Sequence[Person]
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    token: str = field(default_factory=lambda: "xoxb-" + secrets.token_hex(16), repr=False)

    def __post_init__(self) -> None:
        self.messages: list[Message] = []
        self.dialogs: dict[str, dict[str, Any]] = {}
        self._triggers: dict[str, tuple[str, float]] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def user_of(self, email: str) -> str:
        return "U0" + hashlib.sha256(email.casefold().encode()).hexdigest()[:8].upper()

    def _person(self, user: str) -> Person:
        found = next((one for one in self.people if self.user_of(one.email) == user), None)
        if found is None:
            raise SlackError("user_not_found")
        return found

    # --- What the product calls ---------------------------------------------------------------------------------------------------------

    def call(self, method: str, sent: dict[str, Any]) -> dict[str, Any]:
        """Raises SlackError for what Slack would refuse."""
        methods = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.postEphemeral": self._whisper,
            "views.open": self._open,
            "users.info": self._info,
        }
        if method not in methods:
            raise SlackError("unknown_method")
        with self._lock:
            return {"ok": True, **methods[method](sent)}

    def _post(self, sent: dict[str, Any]) -> dict[str, Any]:
        channel = _place(str(sent["channel"]))
        if channel.startswith("D"):
            self._person("U" + channel[1:])
        elif channel != CHANNEL:
            raise SlackError("channel_not_found")
        message = Message(channel, self._stamp(), sent.get("text", ""), _checked(sent), sent.get("thread_ts", ""))
        self.messages.append(message)
        return {"channel": channel, "ts": message.stamp}

    def _update(self, sent: dict[str, Any]) -> dict[str, Any]:
        found = self._find(str(sent["channel"]), str(sent["ts"]))
        found.text, found.blocks = sent.get("text", ""), _checked(sent)
        return {"channel": found.channel, "ts": found.stamp}

    def _whisper(self, sent: dict[str, Any]) -> dict[str, Any]:
        self._person(str(sent["user"]))
        message = Message(_place(str(sent["channel"])), self._stamp(), sent["text"], only_for=str(sent["user"]))
        self.messages.append(message)
        return {"message_ts": message.stamp}

    def _open(self, sent: dict[str, Any]) -> dict[str, Any]:
        user, until = self._triggers.pop(str(sent["trigger_id"]), ("", 0.0))
        if time.monotonic() > until:
            raise SlackError("expired_trigger_id")
        self.dialogs[user] = sent["view"]
        return {"view": {"id": f"V{next(self._numbers)}"}}

    def _info(self, sent: dict[str, Any]) -> dict[str, Any]:
        person = self._person(str(sent["user"]))
        profile = {"real_name": person.name or person.email, "email": person.email}
        return {"user": {"id": sent["user"], "team_id": TEAM, "profile": profile}}

    def _find(self, channel: str, stamp: str) -> Message:
        found = next((one for one in self.messages if (one.channel, one.stamp) == (channel, stamp)), None)
        if found is None:
            raise SlackError("message_not_found")
        return found

    def _stamp(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    # --- What its people do -------------------------------------------------------------------------------------------------------------

    def press(self, email: str, channel: str, stamp: str, action_id: str, post: Post) -> int:
        """Somebody presses a button; the status with which the product took it. Raises SlackError when there is no such button."""
        user, trigger = self.user_of(email), secrets.token_hex(8)
        with self._lock:
            self._person(user)
            message = self._find(channel, stamp)
            action = next((one for one in _buttons(message.blocks) if one.get("action_id") == action_id), None)
            if action is None:
                raise SlackError("no_such_button")
            self._triggers[trigger] = (user, time.monotonic() + TRIGGER_LIFE)
        pressed = {
            "action_id": action_id,
            "type": "button",
            "value": action.get("value", ""),
            "action_ts": str(time.time()),
        }
        payload = {
            **self._payload("block_actions", user, trigger),
            "container": {"type": "message", "message_ts": stamp, "channel_id": channel},
            "actions": [pressed],
        }
        return self._sent(payload, post)

    def submit(self, email: str, words: str, post: Post) -> int:
        """Somebody sends the dialog that is open. Raises SlackError when none is."""
        user = self.user_of(email)
        with self._lock:
            view = self.dialogs.pop(user, None)
        if view is None:
            raise SlackError("no_dialog")
        fields = {
            block.get("block_id", f"b{number}"): {
                block["element"]["action_id"]: {"type": "plain_text_input", "value": words}
            }
            for number, block in enumerate(view["blocks"])
            if block["type"] == "input"
        }
        filled = {**view, "state": {"values": fields}}
        return self._sent({**self._payload("view_submission", user, secrets.token_hex(8)), "view": filled}, post)

    def dismiss(self, email: str) -> None:
        with self._lock:
            self.dialogs.pop(self.user_of(email), None)

    def _payload(self, kind: str, user: str, trigger: str) -> dict[str, Any]:
        who = {"id": user, "username": user.lower(), "team_id": TEAM}
        return {"type": kind, "api_app_id": APP, "team": {"id": TEAM}, "user": who, "trigger_id": trigger}

    def _sent(self, payload: dict[str, Any], post: Post) -> int:
        body, now = urlencode({"payload": json.dumps(payload)}).encode(), int(time.time())
        mac = hmac.new(self.signing_secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": str(now),
            "X-Slack-Signature": f"v0={mac}",
        }
        return post(body, headers)

    def seen_by(self, email: str) -> dict[str, Any]:
        """What somebody has on their screen: the channel, their direct messages, and the dialog that is open."""
        user = self.user_of(email)
        with self._lock:
            seen = [
                one for one in self.messages if one.channel in {CHANNEL, "D" + user[1:]} and one.only_for in {"", user}
            ]
            return {
                "user": user,
                "messages": [
                    vars(one) | {"place": f"#{CHANNEL_NAME}" if one.channel == CHANNEL else "direct"} for one in seen
                ],
                "dialog": self.dialogs.get(user),
            }


def _place(channel: str) -> str:
    """A message to a person stands in the conversation with them."""
    return f"D{channel[1:]}" if channel.startswith("U") else channel


def _checked(sent: dict[str, Any]) -> list[Any]:
    """Slack refuses what is longer than it takes. Raises SlackError."""
    blocks: list[Any] = sent.get("blocks") or []
    sections = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    headers = [block["text"]["text"] for block in blocks if block["type"] == "header"]
    values = [one.get("value", "") for one in _buttons(blocks)]
    if len(blocks) > 50 or any(len(text) > 3000 for text in sections):  # noqa: PLR2004 Slack's limits
        raise SlackError("invalid_blocks")
    if any(len(text) > 150 for text in headers) or any(len(value) > 2000 for value in values):  # noqa: PLR2004
        raise SlackError("invalid_blocks")
    return blocks


def _buttons(blocks: list[Any]) -> list[dict[str, Any]]:
    return [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
