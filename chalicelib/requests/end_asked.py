"""When what is asked for is to end, from what clients send: a day in ConsoleMe's words, or a moment in ours. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from chalicelib.core.errors import InvalidInput

LATEST = 5 * 366 * 86_400
"""Seconds from now. What is asked for longer than that is meant to stay."""


def end_asked(expiration_date: int | str | None, until: int | None, now: int) -> int | None:
    """None is never. Raises InvalidInput for both at once, for no date, and for what has passed or is too far."""
    if expiration_date in {None, ""}:
        end = until
    elif until is not None:
        raise InvalidInput("Send expiration_date or until, not both.", reason="two_ends")
    else:
        end = end_of_day(str(expiration_date))
    return None if end is None else checked_end(end, now)


def checked_end(end: int, now: int) -> int:
    """Raises InvalidInput for an end that has passed or is too far."""
    if end <= now:
        raise InvalidInput("The end that was asked for has passed already.", reason="end_passed")
    if end - now > LATEST:
        raise InvalidInput(
            "The end that was asked for is more than five years away. Send an earlier one, or none.",
            reason="end_too_far",
        )
    return end


def day_of(end: int) -> int:
    """The last whole day before an end, as ConsoleMe's clients read it."""
    return int(datetime.fromtimestamp(end - 1, UTC).strftime("%Y%m%d"))


def end_of_day(text: str) -> int:
    """The midnight that the day ends with, UTC. Raises InvalidInput for what is no day."""
    try:
        day = date.fromisoformat(text) if len(text) == len("YYYYMMDD") else None
    except ValueError:
        day = None
    if day is None or day == date.max:
        raise InvalidInput(
            f"expiration_date: '{text[:20]}' is no day; send one as YYYYMMDD.", reason="bad_expiration_date"
        )
    return int(datetime.combine(day + timedelta(days=1), time.min, UTC).timestamp())
