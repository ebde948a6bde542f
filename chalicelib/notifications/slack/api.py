"""Slack's Web API: the six methods that are needed."""

import json
from collections.abc import Callable, Collection
from typing import Any

import urllib3

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured, Throttled, Upstream
from chalicelib.notifications.slack.blocks import Block

_SECONDS = 4.0
_SILENCE = 30
"""Seconds for which Slack is left alone that has not answered: somebody waits for whoever calls."""
_SIZE_LIMIT = 1_000_000
_TOO_LATE = {"expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"}
_GONE = {"message_not_found", "channel_not_found", "is_archived"}
_BUSY = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_THROTTLED = 429
_OK = 200


class SlackApi:
    """Implements Workspace."""

    def __init__(self, url: str, token: Callable[[], str], clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self._clock = clock
        self._silent_until = 0
        timeout = urllib3.Timeout(connect=2.0, read=_SECONDS)
        self._pool = urllib3.PoolManager(timeout=timeout, retries=False, maxsize=2)

    def post(self, channel: str, text: str, blocks: list[Block]) -> tuple[str, str]:
        answer = self._call("chat.postMessage", channel=channel, text=text, blocks=blocks, unfurl_links=False)
        return str(answer.get("channel", channel)), str(answer.get("ts", ""))

    def update(self, channel: str, stamp: str, text: str, blocks: list[Block]) -> None:
        """One that somebody has deleted stays away."""
        self._call("chat.update", allowed=_GONE, channel=channel, ts=stamp, text=text, blocks=blocks)

    def reply(self, channel: str, stamp: str, text: str) -> None:
        self._call("chat.postMessage", channel=channel, thread_ts=stamp, text=text, unfurl_links=False)

    def whisper(self, channel: str, user: str, text: str) -> None:
        self._call("chat.postEphemeral", channel=channel, user=user, text=text)

    def ask(self, trigger: str, view: Block) -> bool:
        return not self._call("views.open", allowed=_TOO_LATE, trigger_id=trigger, view=view).get("error")

    def address(self, user: str) -> tuple[str, str]:
        answer = self._call("users.info", user=user)
        profile = _part(_part(answer, "user"), "profile")
        return str(profile.get("real_name") or user), str(profile.get("email") or "")

    def _call(self, method: str, allowed: Collection[str] = (), **fields: Any) -> dict[str, Any]:
        if self._clock.now() < self._silent_until:
            raise _down(method, "nor to the call before")
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json; charset=utf-8"}
        body = json.dumps(fields).encode()
        if method == "users.info":
            # It takes no JSON.
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = f"user={fields['user']}".encode()
        try:
            answer = self._pool.request(
                "POST", f"{self._url}/{method}", body=body, headers=headers, redirect=False, preload_content=False
            )
            try:
                status, said = answer.status, answer.read(_SIZE_LIMIT)
            finally:
                answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            # Not chained: nothing of the call may reach the log.
            self._silent_until = self._clock.now() + _SILENCE
            raise _down(method, type(error).__name__) from None
        return _judged(method, status, said, allowed)


def _judged(method: str, status: int, said: bytes, allowed: Collection[str]) -> dict[str, Any]:
    if status == _THROTTLED:
        raise Throttled(f"Slack asks for patience ({method}).", reason="slack_throttled")
    if status != _OK:
        raise _down(method, f"status {status}")
    try:
        found = json.loads(said)
    except ValueError:
        raise _down(method, "no JSON") from None
    if not isinstance(found, dict):
        raise _down(method, "no JSON object")
    error = str(found.get("error", ""))[:100]
    if found.get("ok") is True or error in allowed:
        return found
    if error in _BUSY:
        raise Throttled(f"Slack asks for patience ({method}: {error}).", reason="slack_throttled")
    raise Misconfigured(f"Slack refused {method}: {error}. docs/how-to/connect-slack.md says what the app needs.")


def _down(method: str, how: str) -> Upstream:
    return Upstream(f"Slack did not answer {method}: {how}.", reason="slack_down")


def _part(document: dict[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name)
    return found if isinstance(found, dict) else {}
