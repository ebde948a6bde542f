"""Whoever holds something for a time is told before it ends: stored with what was given, and told by the task `due`."""

from collections.abc import Callable, Iterable, Sequence

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.observability import logger
from chalicelib.requests.models import Due, Request
from chalicelib.requests.states import ChangeStatus, DueKind
from chalicelib.requests.store import RequestStore
from chalicelib.requests.telling.dues import due_of

_PREFIX = "end-of-"
_HOUR, _DAY = 3600, 86_400
_LONG = 7 * _DAY
_SHORTEST = 600
"""Seconds: what is given for less than that ends before anybody has read that it will."""


def lead(lasts: int) -> int | None:
    """How long before an end people are told of it: a day before the end of what lasts a week, else an hour, or a quarter of its time."""
    if lasts < _SHORTEST:
        return None
    return _DAY if lasts >= _LONG else min(_HOUR, lasts // 4)


def before_end(change_id: str, until: int, now: int) -> tuple[Due, ...]:
    """What is due before that end of what is given now."""
    ahead = lead(until - now)
    return () if ahead is None else (_due(change_id, until - ahead, ahead),)


def _due(change_id: str, at: int, ahead: int) -> Due:
    return Due(kind=DueKind.REMIND, id=f"{_PREFIX}{change_id}", at=at, payload={"ahead": ahead})


def reminders_of(dues: Iterable[Due], change_id: str) -> tuple[Due, ...]:
    """What need not be told any more once the change is gone."""
    return tuple(due for due in dues if is_about_an_end(due) and due.id == f"{_PREFIX}{change_id}")


def is_about_an_end(due: Due) -> bool:
    return due.kind is DueKind.REMIND and due.id.startswith(_PREFIX)


Remind = Callable[[str, Sequence[Due]], None]


def remind_of(decisions: Remind, *, store: RequestStore, public_url: str, clock: Clock) -> Remind:
    """What reminds of ends, and of decisions by what is given."""
    ends = EndReminder(store=store, public_url=public_url, clock=clock)

    def remind(request_id: str, dues: Sequence[Due]) -> None:
        for wanted, deed in ((True, ends.remind), (False, decisions)):
            if some := [due for due in dues if is_about_an_end(due) is wanted]:
                deed(request_id, some)

    return remind


class EndReminder:
    def __init__(self, *, store: RequestStore, public_url: str, clock: Clock) -> None:
        self._store = store
        self._public_url = public_url
        self._clock = clock

    def remind(self, request_id: str, dues: Sequence[Due]) -> None:
        """Raises what the table raises: then it comes again."""
        request = self._store.find(request_id)
        for due in dues:
            self._store.settle_due(request_id, due, self._after(request, due) if request is not None else None)

    def _after(self, request: Request, due: Due) -> Due | None:
        """What is left to remind of. The end itself may have moved, or have come."""
        change_id, now = due.id.removeprefix(_PREFIX), self._clock.now()
        end = next((one for one in request.dues if (one.kind, one.id) == (DueKind.END, change_id)), None)
        record = request.record(change_id)
        if end is None or record is None or record.status is not ChangeStatus.APPLIED:
            return None
        until, ahead = int(end.payload["until"]), int(due.payload["ahead"])
        if until - ahead > now:
            return _due(change_id, until - ahead, ahead)
        if until > now:
            self._announce(request, due, until)
        return None

    def _announce(self, request: Request, due: Due, until: int) -> None:
        """By an id of this very end: after a crash it is stored once."""
        head, now = request.head, self._clock.now()
        notice = RequestNotice(
            id=f"{due.id}-{until}",
            kind=NoticeKind.ENDING,
            request_id=head.id,
            requester=head.requester,
            actor="system:due",
            principal_arn=head.principal_arn,
            justification=head.justification,
            reason=f"It ends in {_words(until - now)}. Extend it before that, if it is still needed.",
            url=f"{self._public_url}/policies/request/{head.id}",
        )
        try:
            self._store.comment(head, [due_of(notice, now, now)], head.last_updated)
        except Conflict:
            logger.info("it is to be told already", extra={"request": head.id})


def _words(seconds: int) -> str:
    for size, name in ((_DAY, "day"), (_HOUR, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "less than a minute"
