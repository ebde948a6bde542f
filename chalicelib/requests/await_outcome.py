"""Waiting for what a workflow makes of an approval, for clients that expect the outcome in the answer."""

from collections.abc import Callable

from chalicelib.requests.models import Request
from chalicelib.requests.states import UNDER_WAY
from chalicelib.requests.store import RequestStore

_PAUSES = (0.5, 1.0, 2.0, 4.0, 4.0, 4.0)
"""Seconds; together well below the 29 that API Gateway gives an answer."""


class OutcomeWaiter:
    def __init__(self, *, store: RequestStore, pause: Callable[[float], None]) -> None:
        self._store = store
        self._pause = pause

    def wait(self, request: Request) -> Request:
        """The request at its end, or as far as it came."""
        for seconds in _PAUSES:
            if request.head.state not in UNDER_WAY:
                break
            self._pause(seconds)
            request = self._store.find(request.head.id) or request
        return request
