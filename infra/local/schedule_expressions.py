"""EventBridge's schedule expressions: when is the next time?"""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_UNITS = {"minute": 60, "hour": 3600, "day": 86400}
_MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_DAYS = {name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], 1)}
_FIELDS = ("minutes", "hours", "day of month", "month", "day of week", "year")
_RANGES: Sequence[tuple[int, int, Mapping[str, int]]] = (
    (0, 59, {}),
    (0, 23, {}),
    (1, 31, {}),
    (1, 12, _MONTHS),
    (1, 7, _DAYS),
    (1970, 2199, {}),
)


class BadExpressionError(ValueError):
    """EventBridge would refuse it, or this file does not know it."""


@dataclass(frozen=True)
class Expression:
    """`next_after` gives the first time strictly after the given one, both in epoch seconds."""

    text: str
    period: int | None
    """Seconds between two runs of a rate; None for a calendar."""
    next_after: Callable[[float], float]


def parse(text: str) -> Expression:
    """Raises BadExpressionError."""
    rate = re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", text)
    if rate:
        value = int(rate[1])
        if value < 1 or (value == 1) == bool(rate[3]):
            raise BadExpressionError(f"{text}: one minute is singular, more are plural, and none is no rate.")
        period = value * _UNITS[rate[2]]
        return Expression(text, period, lambda now: now + period)
    cron = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", text)
    if cron is None:
        raise BadExpressionError(f"{text}: neither rate(value unit) nor cron() with six fields.")
    return Expression(text, None, _Calendar(text, cron.groups()).next_after)


class _Calendar:
    def __init__(self, text: str, fields: Sequence[str]) -> None:
        self._text = text
        if (fields[2] == "?") == (fields[4] == "?"):
            raise BadExpressionError(f"{text}: exactly one of day of month and day of week is '?'.")
        try:
            self._minutes, self._hours = _numbers(fields[0], 0), _numbers(fields[1], 1)
            self._months, self._years = _numbers(fields[3], 3), _numbers(fields[5], 5)
            self._day = _day_of_month(fields[2]) if fields[4] == "?" else _day_of_week(fields[4])
        except BadExpressionError as error:
            raise BadExpressionError(f"{text}: {error}") from error

    def next_after(self, now: float) -> float:
        """Walks over days, then over the minutes of the first that fits."""
        moment = datetime.fromtimestamp(now, UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
        last = max(self._years)
        while moment.year <= last:
            if moment.year in self._years and moment.month in self._months and self._day(moment):
                for hour in sorted(self._hours):
                    for minute in sorted(self._minutes):
                        if (hour, minute) >= (moment.hour, moment.minute):
                            return moment.replace(hour=hour, minute=minute).timestamp()
            moment = moment.replace(hour=0, minute=0) + timedelta(days=1)
        raise BadExpressionError(f"{self._text} has no time after {datetime.fromtimestamp(now, UTC).isoformat()}.")


def _numbers(field: str, position: int) -> frozenset[int]:
    low, high, names = _RANGES[position]
    found: set[int] = set()
    for part in field.split(","):
        body, _, step = part.partition("/")
        first, _, last = body.partition("-")
        if body in {"*", "?"}:
            start, end = low, high
        else:
            start = _number(first, names, position)
            end = _number(last, names, position) if last else (high if step else start)
        if not (low <= start <= end <= high) or (step and not step.isdigit()) or step == "0":
            raise BadExpressionError(f"'{part}' is no {_FIELDS[position]} between {low} and {high}")
        found.update(range(start, end + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: Mapping[str, int], position: int) -> int:
    if text.upper() in names:
        return names[text.upper()]
    if not text.isdigit():
        raise BadExpressionError(f"'{text}' is no {_FIELDS[position]} that is known here")
    return int(text)


def _day_of_month(field: str) -> Callable[[datetime], bool]:
    if field == "L":
        return lambda moment: moment.day == monthrange(moment.year, moment.month)[1]
    days = _numbers(field, 2)
    return lambda moment: moment.day in days


def _day_of_week(field: str) -> Callable[[datetime], bool]:
    """1 is Sunday. `5L` is the last Thursday of the month, `5#2` the second."""
    last = re.fullmatch(r"(\w+)L", field)
    nth = re.fullmatch(r"(\w+)#([1-5])", field)
    if last:
        wanted = _number(last[1], _DAYS, 4)
        return lambda moment: _weekday(moment) == wanted and (moment + timedelta(days=7)).month != moment.month
    if nth:
        wanted, order = _number(nth[1], _DAYS, 4), int(nth[2])
        return lambda moment: _weekday(moment) == wanted and (moment.day - 1) // 7 + 1 == order
    days = _numbers(field, 4)
    return lambda moment: _weekday(moment) in days


def _weekday(moment: datetime) -> int:
    return moment.isoweekday() % 7 + 1
