"""Somebody who searches, and roles to be found."""

import json
from typing import Any
from urllib.parse import urlencode

from app import app
from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from tests.support.estate import FIRST, SECOND, TAG, Estate
from tests.support.http import Answered, rest_event, send

ADMINISTRATOR, ENGINEER = "ada@example.com", "ben@example.com"


def fill(estate: Estate) -> None:
    """Three roles called ledger in the first account, one called export in the second."""
    for number in range(3):
        estate.create_role(FIRST, f"ledger-{number}", {TAG: "engineers", "owner": "team@example.com"}, Path="/team/")
    estate.create_role(SECOND, "export", {})
    estate.begin()
    estate.sync(FIRST)
    estate.sync(SECOND)


def visit(estate: Estate, account_id: str) -> None:
    """Everything of an account, in a run of its own."""
    run_id = f"run-{estate.clock.now()}"
    estate.begin(run_id, [account_id])
    estate.sync(account_id, run_id)


def names(answer: Answered) -> list[str]:
    return [row["name"] for row in answer.json["rows"]]


class Person:
    def __init__(self, user: str = ENGINEER, kind: SessionKind = SessionKind.WEB) -> None:
        self._user = user
        self._kind = kind
        self._cookie = ""

    def call(self, method: str, path: str, query: dict[str, str] | None = None, body: Any = None) -> Answered:
        if not self._cookie:
            token = bootstrap.container().identity.sessions.start(
                user=self._user, groups=frozenset(), kind=self._kind, method="test", address="198.51.100.7"
            )
            self._cookie = f"{token.cookie_name}={token.value}; _xsrf=token"
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        if self._kind is SessionKind.WEB:
            headers |= {"Origin": "http://127.0.0.1:8000", "X-Xsrftoken": "token"}
        text = None if body is None else json.dumps(body)
        return send(app, rest_event(method, path, headers=headers, body=text, query=urlencode(query or {})))
