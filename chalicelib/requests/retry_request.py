"""What failed is tried again, as it was approved; the gate asks again about everything."""

from chalicelib.core.clock import Clock
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import GRACE
from chalicelib.requests.models import Head, Request, RequestsConfig
from chalicelib.requests.rules import Person, judge, require
from chalicelib.requests.states import ChangeStatus, Command, DueKind, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow

_AGAIN = {ChangeStatus.FAILED, ChangeStatus.ROLLED_BACK}


class RequestRetrier:
    def __init__(self, *, store: RequestStore, workflow: Workflow, config: RequestsConfig, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._config = config
        self._clock = clock

    def retry(self, request: Request, person: Person) -> None:
        """What was taken back because of a failure is applied again with it. Raises Forbidden or Conflict."""
        require(judge(Command.RETRY, request, person, self._config))
        now = self._clock.now()
        fresh = {"status": ChangeStatus.PROPOSED, "error": None, "ended_at": None, "taken": None}
        # What was certainly not written begins anew; what may have been is looked for.
        records = [
            record.model_copy(update={**fresh, "attempt": 0 if record.left is None else record.attempt})
            for record in request.records
            if record.status in _AGAIN
        ]
        entry = audited(request.head, "request.retry", str(Principal.user(person.user)))

        def after(before: Head) -> Head:
            return before.model_copy(
                update={
                    "state": State.APPROVED,
                    "last_updated": now,
                    "generation": before.generation + 1,
                    "task_token": None,
                    "due_kind": DueKind.START,
                    "due_at": now + GRACE,
                    "attempts": 0,
                    "failure": None,
                    "outbox": (*before.outbox, entry),
                }
            )

        line = event(now, person.user, "retried", f"{len(records)} of {len(request.records)} changes are tried again")
        self._workflow.go_on(take(self._store, request, after, [*records, line]))
