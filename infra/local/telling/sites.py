"""`/local/slack`, `/local/mail`, and what the product takes for Slack's Web API."""

import hmac
import json
from collections.abc import Callable, Mapping
from html import escape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.gateway import Gateway, Site
from infra.local.http import HttpReply, HttpRequest, html_reply, json_reply, posted_from_elsewhere, problem
from infra.local.telling import pages
from infra.local.telling.workspace import SlackError, Workspace

SLACK_PATH = "/local/slack"
MAIL_PATH = "/local/mail"
API_PATH = f"{SLACK_PATH}/api"
INTERACTIONS = "/api/v2/slack/interactions"
_SECONDS = 30


class SlackSite:
    def __init__(self, workspace: Workspace, url: Callable[[], str], own_origins: Callable[[], frozenset[str]]) -> None:
        self._workspace = workspace
        self._url = url
        self._own_origins = own_origins

    def answer(self, request: HttpRequest) -> HttpReply:
        if request.path.startswith(API_PATH + "/"):
            return self._api(request)
        if request.path == f"{SLACK_PATH}/seen":
            return json_reply(200, self._workspace.seen_by(request.parameter("email")))
        if request.method in {"GET", "HEAD"}:
            return self._page()
        return self._done(request)

    def _page(self) -> HttpReply:
        options = [
            f'<option value="{escape(one.email)}">{escape(one.name or one.email)}</option>'
            for one in self._workspace.people
        ]
        return html_reply(200, pages.SLACK.substitute(people="".join(options)))

    def _api(self, request: HttpRequest) -> HttpReply:
        """As Slack: 200 whatever it says."""
        wanted = f"Bearer {self._workspace.token}".encode()
        if not hmac.compare_digest(request.header("Authorization").encode(), wanted):
            return json_reply(200, {"ok": False, "error": "invalid_auth"})
        try:
            return json_reply(200, self._workspace.call(request.path.rpartition("/")[2], _sent(request)))
        except SlackError as error:
            return json_reply(200, {"ok": False, "error": str(error)})
        except (KeyError, ValueError):
            return json_reply(200, {"ok": False, "error": "invalid_arguments"})

    def _done(self, request: HttpRequest) -> HttpReply:
        refusal = posted_from_elsewhere(request, SLACK_PATH, self._own_origins())
        if refusal:
            return refusal
        try:
            return self._did(request.path.rpartition("/")[2], json.loads(request.body))
        except SlackError as error:
            return problem(409, f"Slack says {error}.")
        except (KeyError, TypeError, ValueError):
            return problem(400, "Send email, channel, stamp and action_id to press, email and words to submit.")

    def _did(self, what: str, sent: Mapping[str, Any]) -> HttpReply:
        workspace, email = self._workspace, str(sent["email"])
        if what == "dismiss":
            workspace.dismiss(email)
            return json_reply(200, {})
        if what == "submit":
            status = workspace.submit(email, str(sent["words"]), self._post)
        elif what == "press":
            place = str(sent["channel"]), str(sent["stamp"])
            status = workspace.press(email, *place, str(sent["action_id"]), self._post)
        else:
            return problem(404, "There is /press, /submit and /dismiss.")
        return json_reply(200, {}) if status == 200 else problem(502, f"ConsoleMe answered {status}.")  # noqa: PLR2004 taken

    def _post(self, body: bytes, headers: dict[str, str]) -> int:
        """Through the front door, as Slack would."""
        parts = urlsplit(self._url())
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.request("POST", INTERACTIONS, body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


def all_of(workspace: Workspace, gateway: Gateway, account_id: str, region: str) -> dict[str, Site]:
    """By the beginning of their paths."""
    slack = SlackSite(workspace, lambda: gateway.url, gateway.hosts)
    return {SLACK_PATH: slack.answer, MAIL_PATH: mail_page(account_id, region)}


def _sent(request: HttpRequest) -> dict[str, Any]:
    if request.header("Content-Type").startswith("application/json"):
        found = json.loads(request.body)
        return found if isinstance(found, dict) else {}
    return dict(parse_qsl(request.body.decode()))


def mail_page(account_id: str, region: str) -> Callable[[HttpRequest], HttpReply]:
    """What the embedded SES was given."""

    def answer(_: HttpRequest) -> HttpReply:
        from moto.ses.models import ses_backends

        sent = ses_backends[account_id][region].sent_messages
        letters = [
            pages.LETTER.substitute(
                subject=escape(one.subject),
                recipients=escape(", ".join(one.destinations["ToAddresses"])),
                body=escape(str(one.body)),
            )
            for one in reversed(sent)
        ]
        return html_reply(200, pages.MAIL.substitute(mails="".join(letters) or "<p>No mail yet.</p>"))

    return answer
