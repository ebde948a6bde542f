"""The first authenticated request of a fresh process, warm requests, and one changed role in the authorisation map."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.ground import HUB, ROLE_ARN, Ground
from bench.interpreters import percentile, run
from bench.tables import Table, milliseconds
from infra.local.declared import API

PERSON = "user:priya@example.com"
_WARM_UP = 10
_ROLES = 300
LARGE = 20_000
"""Roles of a group that has too many for one item."""


@dataclass(frozen=True)
class Amount:
    """How often everything is done."""

    processes: int
    calls: int
    large_calls: int


class Requests:
    def __init__(self, ground: Ground, amount: Amount) -> None:
        self._ground = ground
        self._amount = amount
        self._cookie = self._prepared(PERSON, _ROLES)["cookie"]

    def _prepared(self, identity: str, roles: int) -> dict[str, Any]:
        arns = [
            ROLE_ARN,
            *(f"arn:aws:iam::{HUB}:role/team-{number % 40}/application-{number}" for number in range(1, roles)),
        ]
        payload = {"identity": identity, "arns": arns}
        found: dict[str, Any] = run("bench.prepared", environment=self._ground.environment, payload=payload)
        return found

    def _events(self) -> dict[str, Any]:
        headers = {"Cookie": self._cookie, "Content-Type": "application/json"}
        wish = json.dumps({"requested_role": ROLE_ARN, "console_only": False}).encode()
        return {
            "GET /api/v2/get_roles": self._ground.event("GET", "/api/v2/get_roles", headers),
            "POST /api/v1/get_credentials": self._ground.event("POST", "/api/v1/get_credentials", headers, wish),
        }

    def called(self, function: str, events: Sequence[Any], *, watched: bool) -> dict[str, Any]:
        module, _, attribute = self._ground.declared.functions[function].handler.rpartition(".")
        wish = {"module": module, "attribute": attribute, "events": events, "watched": watched}
        found: dict[str, Any] = run("bench.called", environment=self._ground.environment, payload=wish)
        return found

    def first(self) -> Table:
        times = self._amount.processes
        found = Table(
            f"First authenticated request of a fresh process (median of {times})",
            ("request", "import of app", "request", "together", "round trips"),
            note="The request loads the AWS libraries, reads the session secret, and answers from an embedded AWS on loopback.",
        )
        for name, event in self._events().items():
            runs = [self.called(API, [event], watched=False) for _ in range(times)]
            imported = median(one["imported"] for one in runs)
            request = median(one["calls"][0]["seconds"] for one in runs)
            counted = self.called(API, [event], watched=True)["calls"][0]
            figures = map(milliseconds, (imported, request, imported + request))
            found.rows.append((name, *figures, _trips([counted])))
        return found

    def warm(self) -> Table:
        calls = self._amount.calls
        found = _calls_table(f"Warm requests of a person with {_ROLES} roles ({calls} each)", "request")
        for name, event in self._events().items():
            seen = self.called(API, [event] * (_WARM_UP + calls), watched=True)["calls"][_WARM_UP:]
            found.rows.append((name, *figures_of(seen)))
        return found

    def map_update(self) -> Table:
        found = _calls_table(
            "One changed role of a group, from the queue's message to the map (warm)", "roles of the group"
        )
        for roles, calls in ((_ROLES, self._amount.calls), (LARGE, self._amount.large_calls)):
            if not calls:
                continue
            identity = f"group:bench-{roles}"
            self._prepared(identity, roles)
            events = list(_messages(identity, _WARM_UP + calls))
            seen = self.called("authorizations", events, watched=True)["calls"][_WARM_UP:]
            found.rows.append((str(roles), *figures_of(seen)))
        return found


def _messages(identity: str, count: int) -> Iterator[dict[str, Any]]:
    """Each says something new of the same role."""
    now = int(time.time())
    for number in range(count):
        claim = {"kind": "tag", "name": "consoleme-authorized"}
        terms = {"source_identity": True, "session_tags": bool(number % 2)}
        at = now + 1 + number
        change = {"role_arn": ROLE_ARN, "words": {"role": [[claim], at]}, "terms": terms, "terms_at": at}
        record = {
            "messageId": str(number),
            "body": json.dumps({"identity": identity, "changes": [change]}),
            "attributes": {"MessageGroupId": identity},
            "receiptHandle": str(number),
            "eventSource": "aws:sqs",
        }
        yield {"Records": [record]}


def _calls_table(title: str, first: str) -> Table:
    heads = (first, "p50", "p95", "p50 without AWS", "round trips")
    return Table(title, heads, note="AWS is embedded here and slower than the real one; the round trips are the same.")


def waves(calls: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    """Beginning and end of each wave: calls that are under way together are one."""
    found: list[tuple[float, float]] = []
    for call in sorted(calls, key=lambda one: float(one["began"])):
        if found and call["began"] < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], call["ended"]))
        else:
            found.append((call["began"], call["ended"]))
    return found


def figures_of(calls: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    whole = [call["seconds"] for call in calls]
    own = [call["seconds"] - sum(ended - began for began, ended in waves(call["aws"])) for call in calls]
    figures = (percentile(whole, 50), percentile(whole, 95), percentile(own, 50))
    return (*map(milliseconds, figures), _trips(calls))


def _trips(calls: Sequence[Mapping[str, Any]]) -> str:
    """Number and operations, of what most of the calls did."""
    kinds = Counter(tuple(one["operation"] for one in call["aws"]) for call in calls)
    operations = kinds.most_common(1)[0][0]
    return f"{len(operations)}: {', '.join(operations)}"
