"""A request that nobody decided about in time."""

from chalicelib.core.clock import Clock
from chalicelib.requests.announce import GRACE
from chalicelib.requests.models import Head, Request
from chalicelib.requests.states import DueKind, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore

ACTOR = "system:due"


class RequestExpirer:
    def __init__(self, *, store: RequestStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def expire(self, request: Request) -> Head:
        """Raises Conflict when somebody decided meanwhile. Its workflow must then be told: that is due."""
        now = self._clock.now()
        entry = audited(request.head, "request.expire", ACTOR)

        def after(before: Head) -> Head:
            return before.model_copy(
                update={
                    "state": State.EXPIRED,
                    "last_updated": now,
                    "due_kind": DueKind.WAKE,
                    "due_at": now + GRACE,
                    "attempts": 0,
                    "failure": None,
                    "outbox": (*before.outbox, entry),
                }
            )

        return take(self._store, request, after, [event(now, ACTOR, "expired", "Nobody decided in time")])
