"""What is still to be told about a request is told: right after the step by whoever takes it from the queue, else by the task `due`."""

from collections.abc import Callable, Iterable

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict
from chalicelib.notifications.messages import Message
from chalicelib.notifications.send import Sender
from chalicelib.observability import MetricUnit, logger, metrics
from chalicelib.requests.models import Due, Request
from chalicelib.requests.states import DueKind
from chalicelib.requests.store import RequestStore
from chalicelib.requests.telling.card import card_of, headline_of
from chalicelib.requests.telling.dues import done_in, failed, happened_at, notice_in
from chalicelib.requests.telling.recipients import recipients_of
from chalicelib.requests.workflow import later

GIVEN_UP_AFTER = 86_400
"""Seconds for which a channel that fails is tried again; older news is of no use to anybody."""

Deciders = Callable[[Request], Iterable[str]]


class Teller:
    def __init__(self, *, store: RequestStore, sender: Sender, deciders: Deciders, clock: Clock) -> None:
        """`deciders` names the principals who may decide about a request. Raises as the directory does."""
        self._store = store
        self._sender = sender
        self._deciders = deciders
        self._clock = clock

    def tell_all(self, request_id: str) -> int:
        """Everything that is to be told about a request now, in its order; how much is left to be told later.

        Raises as the table does. What somebody else tells at this moment is left to them.
        """
        request = self._store.find(request_id)
        if request is None:
            return 0
        left = 0
        for due in sorted(request.dues, key=lambda one: one.id):
            if due.kind is DueKind.SEND:
                left += self._settled(request, due) is not None
        return left

    def _settled(self, request: Request, due: Due) -> Due | None:
        after = self.tell(request, due)
        try:
            self._store.settle_due(request.head.id, due, after)
        except Conflict:
            logger.info("somebody else has told it", extra={"request": request.head.id, "event": due.id})
        return after

    def tell(self, request: Request, due: Due) -> Due | None:
        """What is left to be told then, None when nothing is. Raises nothing: a channel that fails delays no request."""
        try:
            sent = self._sender.send(self.message(request, due), done_in(due))
            done, failure = sent.done, sent.failure
        except AppError as error:
            done, failure = done_in(due), error.message[:1000]
        if failure is None:
            return None
        now = self._clock.now()
        if now - happened_at(due) > GIVEN_UP_AFTER:
            logger.error("never told", extra={"request": request.head.id, "event": due.id, "cause": failure})
            metrics.add_metric(name="NeverTold", unit=MetricUnit.Count, value=1)
            return None
        return failed(due, done, failure, now + later(due.attempts + 1))

    def message(self, request: Request, due: Due) -> Message:
        notice = notice_in(due)
        return Message(
            notice=notice,
            at=happened_at(due),
            headline=headline_of(notice),
            card=card_of(request, notice.url),
            recipients=recipients_of(request, notice, self._deciders(request)),
        )
