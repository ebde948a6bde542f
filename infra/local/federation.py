"""A stand-in for AWS's console sign-in (signin.aws.amazon.com/federation): the same two calls, ending on a page that says who one is."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from string import Template
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from infra.local.http import HttpReply, HttpRequest, html_reply, json_reply, redirect

PATH = "/local/federation"
CONSOLE_PATH = "/local/console/"
TOKEN_SECONDS = 900

Identify = Callable[[Mapping[str, str]], str]
"""The ARN that sts:GetCallerIdentity says for sessionId, sessionKey and sessionToken; empty when they are worth nothing."""

_PAGE = Template("""<!doctype html><html lang="en"><meta charset="utf-8"><title>AWS console (laptop)</title>
<body style="font-family: sans-serif; max-width: 44em; margin: 4em auto; line-height: 1.6">
<h1>This would be the AWS console</h1>
<p>You are signed in with the credentials of a real session of the embedded AWS. There is no console behind it.</p>
<dl>
<dt>Account</dt><dd><strong id="account">$account</strong></dd>
<dt>Role</dt><dd><strong id="role">$role</strong></dd>
<dt>Session</dt><dd id="session">$session</dd>
<dt>Region</dt><dd id="region">$region</dd>
<dt>Destination</dt><dd id="destination">$destination</dd>
<dt>Issuer</dt><dd id="issuer">$issuer</dd>
</dl>
<p><a href="/">Back to ConsoleMe</a></p></body></html>""")


@dataclass(frozen=True)
class _Console:
    arn: str
    destination: str
    issuer: str


class Federation:
    def __init__(self, identify: Identify, clock: Callable[[], float] = time.time) -> None:
        self._identify = identify
        self._clock = clock
        self._lock = Lock()
        self._tokens: dict[str, tuple[str, float]] = {}
        self._consoles: dict[str, _Console] = {}

    def answer(self, request: HttpRequest) -> HttpReply:
        form = dict(request.parameters())
        if request.method == "POST":
            form |= dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        action = form.get("Action", "")
        if action == "getSigninToken":
            return self._token(form)
        if action == "login":
            return self._login(form)
        return _refused(f"Action must be getSigninToken or login, not '{action}'.")

    def console(self, request: HttpRequest) -> HttpReply:
        """The page that Action=login leads to."""
        console = self._consoles.get(request.path.removeprefix(CONSOLE_PATH))
        if console is None:
            return html_reply(
                404, "<!doctype html><p>There is no such console session. Sign in to the console again.</p>"
            )
        _, _, _, _, account_id, resource = console.arn.split(":", 5)
        _, role, session = resource.split("/", 2)
        shown = {
            "account": account_id,
            "role": role,
            "session": session,
            "region": _region(console.destination),
            "destination": console.destination,
            "issuer": console.issuer or "not said",
        }
        return html_reply(200, _PAGE.substitute({key: escape(value) for key, value in shown.items()}))

    def _token(self, form: Mapping[str, str]) -> HttpReply:
        session = _session(form.get("Session", ""))
        if session is None:
            return _refused("Session must be JSON with sessionId, sessionKey and sessionToken.")
        if "SessionDuration" in form:
            return _refused("SessionDuration is not allowed for credentials of a role that was assumed by a role.")
        arn = self._identify(session)
        if ":assumed-role/" not in arn:
            return _refused("The security token included in the request is invalid.")
        token = secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[token] = (arn, self._clock() + TOKEN_SECONDS)
        return json_reply(200, {"SigninToken": token})

    def _login(self, form: Mapping[str, str]) -> HttpReply:
        destination = form.get("Destination", "")
        host = urlsplit(destination).hostname or ""
        if not destination.startswith("https://") or not re.search(
            r"(^|\.)(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$", host
        ):
            return _refused("Destination must be an https address of the AWS console.")
        with self._lock:
            arn, end = self._tokens.pop(form.get("SigninToken", ""), ("", 0.0))
            if not arn or end <= self._clock():
                return _refused("The SigninToken is unknown, used or older than 15 minutes.")
            console_id = secrets.token_urlsafe(16)
            self._consoles[console_id] = _Console(arn, destination, form.get("Issuer", ""))
        return redirect(CONSOLE_PATH + console_id)


def _session(text: str) -> dict[str, str] | None:
    try:
        session: Any = json.loads(text)
    except ValueError:
        return None
    if not isinstance(session, dict) or set(session) != {"sessionId", "sessionKey", "sessionToken"}:
        return None
    return {key: str(value) for key, value in session.items()}


def _region(destination: str) -> str:
    parts = urlsplit(destination)
    named = parse_qs(parts.query).get("region") or re.findall(r"^([a-z]{2}(?:-[a-z]+)+-\d)\.", parts.hostname or "")
    return named[0] if named else "not said"


def _refused(message: str) -> HttpReply:
    return json_reply(400, {"error": message})
