from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from infra.local.declared import Schedule
from infra.local.interpreter import Answer
from infra.local.schedule_expressions import BadExpressionError, parse
from infra.local.scheduler import Scheduler
from tests.integration.local.conftest import HUB, REGION


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("expression", "now", "then"),
    [
        ("rate(1 minute)", "2026-01-01T00:00:30", "2026-01-01T00:01:30"),
        ("rate(2 hours)", "2026-01-01T00:00:00", "2026-01-01T02:00:00"),
        ("rate(7 days)", "2026-01-01T00:00:00", "2026-01-08T00:00:00"),
        ("cron(0 3 * * ? *)", "2026-01-01T02:59:59", "2026-01-01T03:00:00"),
        ("cron(0 3 * * ? *)", "2026-01-01T03:00:00", "2026-01-02T03:00:00"),
        ("cron(0/15 * * * ? *)", "2026-01-01T10:15:00", "2026-01-01T10:30:00"),
        ("cron(30 18 ? * MON-FRI *)", "2026-01-02T18:30:00", "2026-01-05T18:30:00"),
        ("cron(0 8 1 JAN,JUL ? *)", "2026-01-01T08:00:00", "2026-07-01T08:00:00"),
        ("cron(0 0 L * ? *)", "2028-02-01T00:00:00", "2028-02-29T00:00:00"),
        ("cron(0 0 ? * 6L *)", "2026-01-01T00:00:00", "2026-01-30T00:00:00"),
        ("cron(0 0 ? * TUE#2 *)", "2026-01-01T00:00:00", "2026-01-13T00:00:00"),
        ("cron(5,10 4-6/2 29 2 ? 2026-2032)", "2026-01-01T00:00:00", "2028-02-29T04:05:00"),
    ],
)
def test_the_next_time_of_an_expression(expression: str, now: str, then: str) -> None:
    assert parse(expression).next_after(at(now)) == at(then)


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minutes)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "rate(1 week)",
        "every minute",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 3 W * ? *)",
        "cron(0 3 5W * ? *)",
        "cron(0/0 3 * * ? *)",
        "cron(5-1 3 * * ? *)",
        "cron(0 3 * FOO ? *)",
    ],
)
def test_what_eventbridge_refuses_or_nobody_here_knows_is_refused(expression: str) -> None:
    with pytest.raises(BadExpressionError):
        parse(expression)


def test_a_calendar_that_is_over_has_no_next_time() -> None:
    with pytest.raises(BadExpressionError, match="has no time after"):
        parse("cron(0 0 1 1 ? 2020)").next_after(at("2026-01-01T00:00:00"))


class Day:
    """A clock that a test sets, and everything that was fired by it."""

    def __init__(self, *expressions: str) -> None:
        self.now = at("2026-01-01T00:00:00")
        self.events: list[tuple[str, Any]] = []
        self.fired = Event()
        schedules = [Schedule(f"function{number}", expression) for number, expression in enumerate(expressions)]
        self.scheduler = Scheduler(
            schedules, self._invoke, account_id=HUB, region=REGION, clock=lambda: self.now, wait=self._wait
        )

    def _invoke(self, function: str, event: Any) -> Answer:
        self.events.append((function, event))
        self.fired.set()
        return Answer(None)

    def _wait(self, seconds: float) -> bool:
        self.now += max(seconds, 1)
        return len(self.events) > 3

    def at(self, seconds: float) -> list[str]:
        self.now = at("2026-01-01T00:00:00") + seconds
        return self.scheduler.fire_due()


def test_a_short_rate_runs_at_once_and_a_long_one_after_its_period() -> None:
    day = Day("rate(1 minute)", "rate(1 hour)", "cron(0 1 * * ? *)")
    assert day.at(0) == ["function0"]
    assert day.at(59) == []
    assert day.at(60) == ["function0"]
    assert day.at(3600) == ["function0", "function1", "function2"]


def test_what_was_missed_while_the_laptop_slept_runs_once() -> None:
    day = Day("rate(1 minute)")
    assert day.at(0) == ["function0"]
    assert day.at(86_400) == ["function0"]
    assert day.at(86_401) == []


def test_the_event_is_eventbridges() -> None:
    day = Day("rate(1 minute)")
    day.scheduler.fire("function0")
    assert day.fired.wait(5)
    _, event = day.events[0]
    assert {key: event[key] for key in ("version", "detail-type", "source", "account", "time", "region", "detail")} == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": HUB,
        "time": "2026-01-01T00:00:00Z",
        "region": REGION,
        "detail": {},
    }
    assert event["resources"] == [f"arn:aws:events:{REGION}:{HUB}:rule/function0"]


def test_it_runs_by_itself_until_it_is_stopped() -> None:
    day = Day("rate(1 minute)")
    day.scheduler.start()
    assert day.fired.wait(5)
    day.scheduler.stop()
    assert {function for function, _ in day.events} == {"function0"}


def test_an_expression_that_eventbridge_refuses_stops_the_start() -> None:
    with pytest.raises(BadExpressionError):
        Day("rate(1 minutes)")
