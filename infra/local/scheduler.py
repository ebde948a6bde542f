"""EventBridge's scheduled rules: fires what the product declares, by the clock."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from infra.local.declared import Schedule
from infra.local.interpreter import Invoke
from infra.local.schedule_expressions import Expression, parse

SOON = 3600
"""Rates below this many seconds have their first run at once: nobody waits a minute for a laptop's first heartbeat."""

Wait = Callable[[float], bool]
"""Waits so many seconds; True when it is time to end."""


@dataclass
class _Rule:
    function: str
    expression: Expression
    due: float


class Scheduler:
    """`clock` and `wait` are the process's own, or a test's."""

    def __init__(
        self,
        schedules: Sequence[Schedule],
        invoke: Invoke,
        *,
        account_id: str,
        region: str,
        clock: Callable[[], float] = time.time,
        wait: Wait | None = None,
    ) -> None:
        """Raises BadExpressionError for a rule that EventBridge would refuse."""
        self._invoke = invoke
        self._account_id = account_id
        self._region = region
        self._clock = clock
        self._ended = Event()
        self._wait = wait or self._ended.wait
        now = clock()
        self._rules = [
            _Rule(one.function, parsed, _first(parsed, now)) for one in schedules for parsed in [parse(one.expression)]
        ]
        self._thread = Thread(target=self._run, name="scheduler", daemon=True)

    def start(self) -> None:
        if self._rules:
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=2)

    def fire(self, function: str) -> None:
        """Runs a scheduled function now, as its rule would; does not wait for it."""
        Thread(target=self._invoke, args=(function, self.event(function)), name=f"run {function}", daemon=True).start()

    def fire_due(self) -> list[str]:
        """Fires what is due; the next time is counted from now, as a laptop that slept has missed nothing worth repeating."""
        now = self._clock()
        due = [rule for rule in self._rules if rule.due <= now]
        for rule in due:
            rule.due = rule.expression.next_after(now)
            self.fire(rule.function)
        return [rule.function for rule in due]

    def seconds_to_next(self) -> float:
        return max(0.0, min(rule.due for rule in self._rules) - self._clock())

    def _run(self) -> None:
        while not self._ended.is_set():
            self.fire_due()
            if self._wait(min(30.0, self.seconds_to_next())):
                return

    def event(self, function: str) -> dict[str, Any]:
        """What EventBridge sends to a scheduled function."""
        return {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": self._account_id,
            "time": datetime.fromtimestamp(self._clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._region,
            "resources": [f"arn:aws:events:{self._region}:{self._account_id}:rule/{function}"],
            "detail": {},
        }


def _first(expression: Expression, now: float) -> float:
    return now if expression.period and expression.period < SOON else expression.next_after(now)
