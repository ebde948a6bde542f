"""Ends that have come: the workflow that takes back is started, and until it has done so, started again."""

from collections.abc import Sequence

from chalicelib.core.canonical import content_hash
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.requests.models import Due
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import States

_LATEST = 300
"""Seconds until the next try, at most: what should be gone and is not may not wait long."""


def next_try(attempts: int) -> int:
    """Seconds. The first one comes with the next run of the task `due`."""
    return min(_LATEST, 30 * attempts)


class EndStarter:
    def __init__(self, *, states: States, arn: str, store: RequestStore, clock: Clock) -> None:
        self._states = states
        self._arn = arn
        self._store = store
        self._clock = clock

    def start(self, request_id: str, dues: Sequence[Due]) -> None:
        """One execution for all changes of a request that end now. Each start is counted as a try, which the end of a change takes away.

        The try is counted first: each start has a name of its own, so that none is taken for one that died. Two at once do the work of
        one. Raises Throttled or Upstream when nothing was started, or nobody knows.
        """
        tried = [one for due in dues if (one := self._counted(request_id, due)) is not None]
        if not tried:
            return
        number = content_hash([[due.id, due.attempts, due.payload] for due in tried])[:12]
        payload = {"request_id": request_id, "change_ids": [due.id for due in tried]}
        self._states.start(self._arn, f"{request_id}-end-{number}", payload)

    def _counted(self, request_id: str, due: Due) -> Due | None:
        """None for what has been taken back by now, or whose end was moved."""
        attempts = due.attempts + 1
        tried = due.model_copy(update={"attempts": attempts, "at": self._clock.now() + next_try(attempts)})
        try:
            self._store.settle_due(request_id, due, tried)
        except Conflict:
            return None
        return tried
