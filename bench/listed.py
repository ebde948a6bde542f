"""In a process of its own: stores many requests and publishes their digest; gives a person a session. Prints the session's cookie."""

import json
import sys
import time
from typing import Any

from chalicelib import bootstrap
from chalicelib.core.principals import SessionKind
from chalicelib.requests.items import META, attributes_of, key_of
from chalicelib.requests.models import Head
from chalicelib.requests.rows_store import RequestRow
from chalicelib.requests.states import State

_STATES = (State.PENDING, State.APPLIED, State.APPLIED, State.APPLIED, State.REJECTED, State.CANCELLED, State.ENDED)
_PEOPLE = 200
_ACCOUNTS = 500
_EVERY = 600
"""Seconds between two requests."""


def prepare(user: str, requests: int) -> dict[str, Any]:
    container, now = bootstrap.container(), int(time.time())
    with RequestRow.batch_write() as batch:
        for number in range(requests):
            made = head(number, now - number * _EVERY)
            batch.save(RequestRow(*key_of(made.id, META), **attributes_of(made)))
    report = container.requests.catalog.publish.run()
    nothing = frozenset[str]()
    token = container.identity.sessions.start(
        user=user, groups=nothing, kind=SessionKind.WEB, method="bench", address="127.0.0.1"
    )
    return {"cookie": f"{token.cookie_name}={token.value}", "rows": report.rows}


def head(number: int, at: int) -> Head:
    account = f"{111111111111 + number % _ACCOUNTS:012d}"
    arn = f"arn:aws:iam::{account}:role/team-{number % 40}/application-{number % 4_000}"
    change = {
        "id": f"{number:08d}-request0",
        "change_type": "inline_policy",
        "title": f"Add inline policy export-{number}",
        "target": arn,
        "policy_name": f"export-{number}",
        "action": "attach",
        "new": True,
        "until": at + 86_400 if number % 3 == 0 else None,
    }
    return Head(
        id=f"{number:08d}-0000-4000-8000-request",
        requester=f"person-{number % _PEOPLE}@example.com",
        principal_arn=arn,
        justification=f"The nightly export number {number} reads what the day has left, and writes it to the ledger.",
        auto_approve=False,
        submitted_hash="0" * 64,
        created_at=at,
        state=_STATES[number % len(_STATES)],
        revision_hash="0" * 64,
        summary=(change,),
        decide_by=at + 30 * 86_400,
        last_updated=at + 60,
    )


if __name__ == "__main__":
    print(json.dumps(prepare(**json.load(sys.stdin))))
