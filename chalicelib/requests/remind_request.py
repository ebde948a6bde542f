"""A request waits, and whoever may approve it is told so again; from some hour on perhaps others, too. Stored with what waits."""

from collections.abc import Sequence

from chalicelib.core.clock import Clock
from chalicelib.requests.announce import GRACE
from chalicelib.requests.approval.models import Requirements
from chalicelib.requests.models import Due, Head, RequestsConfig
from chalicelib.requests.states import DueKind, State
from chalicelib.requests.steps import audited, event, found, take
from chalicelib.requests.store import Moves, RequestStore
from chalicelib.requests.workflow import Workflow

ACTOR = "system:due"
DECISION = "decision"
"""The id of what reminds of a decision: a request has one, of its present revision."""
_MOST, _HOUR = 10, 3600


def reminder(
    requirements: Requirements, config: RequestsConfig, revision: int, written_at: int, decide_by: int
) -> tuple[Due, ...]:
    """What reminds of a revision that was written then; nothing where nobody wants it. Pure."""
    needs = (need for change in requirements.changes for stage in change.stages for need in stage)
    times = {need.later_at for need in needs if need.later_at is not None}
    if config.remind_after_hours is not None:
        times |= {written_at + count * config.remind_after_hours * _HOUR for count in range(1, _MOST + 1)}
    return _due(revision, sorted(at for at in times if at < decide_by))


def _due(revision: int, times: Sequence[int]) -> tuple[Due, ...]:
    if not times:
        return ()
    return (Due(kind=DueKind.REMIND, id=DECISION, at=times[0], payload={"revision": revision, "times": list(times)}),)


class RequestReminder:
    def __init__(self, *, store: RequestStore, workflow: Workflow, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._clock = clock

    def remind(self, request_id: str, dues: Sequence[Due]) -> None:
        """Raises Conflict when somebody made a step meanwhile: the next run looks again."""
        for due in dues:
            self._remind(request_id, due)

    def _remind(self, request_id: str, due: Due) -> None:
        request, now = found(self._store, request_id), self._clock.now()
        if request.head.state is not State.PENDING or request.head.revision != due.payload["revision"]:
            self._store.settle_due(request_id, due, None)
            return
        entry = audited(request.head, "request.wait", ACTOR, revision=request.head.revision)
        later = _due(request.head.revision, [at for at in due.payload["times"] if at > now])

        def after(before: Head) -> Head:
            starts = before.due_kind is DueKind.START
            waking = {"due_kind": DueKind.START if starts else DueKind.WAKE, "due_at": now + GRACE}
            return before.model_copy(update={**waking, "outbox": (*before.outbox, entry)})

        line = event(now, ACTOR, "reminded", "Whoever may approve it was reminded")
        moves = Moves(done=() if later else (due,))
        self._workflow.go_on(take(self._store, request, after, [line, *later], moves))
