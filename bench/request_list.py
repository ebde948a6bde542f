"""The table of requests, of a new process and of one that has answered before; and what it takes to submit one."""

import json
from collections.abc import Sequence
from itertools import islice
from statistics import median
from typing import Any

from bench.ground import ROLE_ARN, Ground
from bench.interpreters import run
from bench.requests import Amount, Requests, figures_of
from bench.tables import Table, milliseconds
from infra.local.declared import API

_WARM_UP = 2
_PERSON = "ada@example.com"
_QUICK = 2
"""Of what is asked below, when all is done once."""
_WISH = {
    "principal": {"principal_type": "AwsResource", "principal_arn": ROLE_ARN},
    "change_type": "inline_policy",
    "policy_name": "export",
    "policy": {
        "policy_document": {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::exports/*"]}],
        }
    },
}
_ASKED = {
    "first page of 50": {"limit": 50, "count": False},
    "page of 50, counted": {"limit": 50},
    "to review, counted": {"limit": 50, "tab": "review"},
    "ConsoleMe's filters": {"limit": 50, "filters": {"username": "person-1[0-9]@", "arn": "team-(7|9)/.*-1"}},
    "our filters": {"limit": 50, "where": {"text": "export-99", "states": ["pending", "applied"]}},
    "ConsoleMe's page of 1,000": {"limit": 1000},
}


class RequestPages:
    """Round trips beside the one that checks the session are those of what is asked for."""

    def __init__(self, ground: Ground, requests: Requests, amount: Amount, size: int) -> None:
        self._ground = ground
        self._requests = requests
        self._amount = amount
        self._size = size
        payload = {"user": _PERSON, "requests": size}
        cookie = run("bench.listed", environment=ground.environment, payload=payload)["cookie"]
        # What a page of the browser sends: its session takes no other.
        self._headers = {
            "Cookie": f"{cookie}; _xsrf=bench",
            "X-Xsrftoken": "bench",
            "Origin": "http://127.0.0.1:8000",
            "Sec-Fetch-Site": "same-origin",
            "Content-Type": "application/json",
        }

    def listed(self) -> Table:
        found = self._table(f"The table of {self._size:,} requests (POST /api/v2/requests", "asked")
        for name, query in islice(_ASKED.items(), None if self._full else _QUICK):
            found.rows.append((name, *self._figures("/api/v2/requests", query)))
        return found

    def submitted(self) -> Table:
        found = self._table("A request (POST /api/v2/request", "body")
        wish = {"changes": {"changes": [_WISH]}, "justification": "nightly export"}
        found.rows.append(("one inline policy", *self._figures("/api/v2/request", wish)))
        if self._full:
            found.rows.append(("the same, dry run", *self._figures("/api/v2/request", wish | {"dry_run": True})))
        return found

    def _table(self, title: str, first: str) -> Table:
        return Table(
            f"{title}, {self._calls} each)",
            (first, "new process", "its round trips", "p50", "p95", "p50 without AWS", "round trips"),
            note="One round trip of each checks the session. A new process has imported everything, and asks AWS for the first time.",
        )

    @property
    def _full(self) -> bool:
        return self._amount.large_calls > 0

    @property
    def _calls(self) -> int:
        return max(3, self._amount.calls // 10)

    def _figures(self, path: str, body: Any) -> Sequence[str]:
        event = self._ground.event("POST", path, self._headers, json.dumps(body).encode())
        called = self._requests.called
        events = [event] * (_WARM_UP + self._calls)
        runs = [called(API, events, watched=True)["calls"] for _ in range(self._amount.processes)]
        first, seen = [calls[0] for calls in runs], runs[-1][_WARM_UP:]
        took = median(call["seconds"] for call in first)
        return milliseconds(took), figures_of(first)[-1], *figures_of(seen)
