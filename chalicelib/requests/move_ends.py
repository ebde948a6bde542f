"""The end of what is applied comes sooner: at another moment, or now. Later is another request, which is decided anew."""

from datetime import UTC, datetime

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, InvalidInput
from chalicelib.core.principals import Principal
from chalicelib.observability import logger
from chalicelib.requests.announce import GRACE
from chalicelib.requests.ends import End, due_end, end_of
from chalicelib.requests.models import ChangeRecord, Due, Head, Request, RequestsConfig
from chalicelib.requests.rules import Person, judge, require
from chalicelib.requests.start_ends import EndStarter
from chalicelib.requests.states import Command, DueKind
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow


class EndMover:
    def __init__(
        self,
        *,
        store: RequestStore,
        workflow: Workflow,
        starter: EndStarter,
        config: RequestsConfig,
        clock: Clock,
    ) -> None:
        self._store = store
        self._workflow = workflow
        self._starter = starter
        self._config = config
        self._clock = clock

    def sooner(self, request: Request, person: Person, change_id: str | None, until: int | None) -> None:
        """Raises InvalidInput for an end that is not sooner, Forbidden, or Conflict for whoever came too late."""
        require(judge(Command.CHANGE_EXPIRY, request, person, self._config))
        if until is None or until <= self._clock.now():
            raise InvalidInput(
                "until: send the new end, a moment that has not passed. To end it now, send end_request.",
                reason="bad_end",
            )
        for due in _ends(request, change_id):
            if until >= end_of(due).until:
                raise InvalidInput(
                    "until: what is applied can only end sooner. For more time send extend_request, which is decided anew.",
                    reason="not_sooner",
                )
        text = f"Ends sooner, at {datetime.fromtimestamp(until, UTC).isoformat()}"
        self._moved(request, person, _ends(request, change_id), until, "request.change_expiry", text)

    def now(self, request: Request, person: Person, change_id: str | None) -> None:
        """Raises Forbidden, Conflict, or InvalidInput for a change that has no end. What is to be taken back is stored; that it is begun
        at once is only tried.
        """
        require(judge(Command.END_NOW, request, person, self._config))
        at = self._clock.now()
        moved = self._moved(request, person, _ends(request, change_id), at, "request.end_now", "Ended before its time")
        try:
            self._starter.start(request.head.id, moved)
        except AppError as error:
            logger.info("left to the task due", extra={"request": request.head.id, "cause": error.message[:500]})

    def _moved(
        self, request: Request, person: Person, ends: tuple[Due, ...], until: int, action: str, text: str
    ) -> list[Due]:
        now = self._clock.now()
        moved = [due_end(due.id, End(until=until, revision=end_of(due).revision)) for due in ends]
        named = {due.id for due in moved}
        records: list[ChangeRecord] = [
            record.model_copy(update={"until": until}) for record in request.records if record.id in named
        ]
        entry = audited(request.head, action, str(Principal.user(person.user)), until=until)

        def after(before: Head) -> Head:
            due = {"due_kind": DueKind.WAKE, "due_at": now + GRACE}
            return before.model_copy(update={**due, "last_updated": now, "outbox": (*before.outbox, entry)})

        line = event(now, person.user, "end_moved", text)
        self._workflow.over(take(self._store, request, after, [*records, *moved, line]))
        return moved


def _ends(request: Request, change_id: str | None) -> tuple[Due, ...]:
    """Of one change, or of all. Raises InvalidInput for a change that has none."""
    ends = tuple(due for due in request.dues if due.kind is DueKind.END and change_id in {None, due.id})
    if not ends:
        raise InvalidInput("change_id: this change has no end.", reason="no_such_change")
    return ends
