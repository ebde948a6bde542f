"""Taking a request back, by whoever made it or by an administrator, while nobody has decided."""

from chalicelib.core.clock import Clock
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import GRACE
from chalicelib.requests.models import Head, Request, RequestsConfig
from chalicelib.requests.rules import Person, judge, require
from chalicelib.requests.states import Command, DueKind, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow


class RequestCanceller:
    def __init__(self, *, store: RequestStore, workflow: Workflow, config: RequestsConfig, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._config = config
        self._clock = clock

    def cancel(self, request: Request, person: Person) -> None:
        """A draft is thrown away: nobody but its author has ever seen it. Raises Forbidden or Conflict."""
        require(judge(Command.CANCEL, request, person, self._config))
        if request.head.state is State.DRAFT:
            self._store.discard(request.head)
            return
        now = self._clock.now()
        entry = audited(request.head, "request.cancel", str(Principal.user(person.user)))

        def after(before: Head) -> Head:
            return before.model_copy(
                update={
                    "state": State.CANCELLED,
                    "reviewer": person.user,
                    "last_updated": now,
                    "due_kind": DueKind.WAKE,
                    "due_at": now + GRACE,
                    "attempts": 0,
                    "failure": None,
                    "outbox": (*before.outbox, entry),
                }
            )

        line = event(now, person.user, "cancelled", "Request cancelled")
        self._workflow.go_on(take(self._store, request, after, [line]))
