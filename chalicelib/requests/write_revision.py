"""A new revision is stored: with what must happen next, and with every approval of the old one void."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from chalicelib.audit.models import AuditEntry
from chalicelib.core.clock import Clock
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import GRACE
from chalicelib.requests.approval.submission import check_submission, decide_by
from chalicelib.requests.create_request import summary_of
from chalicelib.requests.models import ChangeRecord, Due, Head, PlannedChange, Request, RequestsConfig, Revision
from chalicelib.requests.plan_changes import Planner
from chalicelib.requests.remind_request import reminder
from chalicelib.requests.rules import Person
from chalicelib.requests.states import ChangeStatus, DueKind, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow


class Turn(NamedTuple):
    """What a new revision means for a request. `wrote`: whoever gives the command has a hand in what it says then, and does not approve
    it alone. `head` are further fields of the head.
    """

    state: State = State.PENDING
    action: str = "request.revise"
    kind: str = "revised"
    text: str = "every approval so far is void"
    wrote: bool = True
    head: dict[str, Any] | None = None


class Revisions:
    def __init__(
        self, *, store: RequestStore, planner: Planner, workflow: Workflow, config: RequestsConfig, clock: Clock
    ) -> None:
        self._store = store
        self._planner = planner
        self._workflow = workflow
        self._config = config
        self._clock = clock

    def write(self, request: Request, changes: Sequence[PlannedChange], person: Person, turn: Turn) -> None:
        """Raises InvalidInput or Forbidden for what the rules or the guardrails refuse, Conflict for whoever came too late."""
        old, now = request.revision, self._clock.now()
        open_changes = tuple(change for change in changes if not change.cancelled)
        new = Revision(
            number=request.head.revision + 1,
            author=person.user if turn.wrote else old.author,
            authors=tuple(dict.fromkeys((*old.authors, person.user))) if turn.wrote else old.authors,
            created_at=now,
            changes=tuple(changes),
            findings=self._planner.judged(open_changes),
        )
        meant = request.model_copy(update={"head": request.head.model_copy(update=turn.head or {})})
        stored = self._head(meant, new, person, turn)
        records = [_record(new.number, change) for change in changes]
        line = event(now, person.user, turn.kind, f"Revision {new.number}: {turn.text}")

        def after(before: Head) -> Head:
            return before.model_copy(
                update={**stored, **_next(before, turn, now), "outbox": self._outbox(before, new, person, turn)}
            )

        reminders = () if turn.state is State.DRAFT else self._reminders(request, new, person, stored["decide_by"])
        head = take(self._store, request, after, [new, *records, line, *reminders])
        if turn.state is not State.DRAFT:
            self._workflow.go_on(head)

    def _head(self, request: Request, new: Revision, person: Person, turn: Turn) -> dict[str, Any]:
        revision_hash = new.hash(request.head.id)
        requirements = person.jury(revised(request, new, revision_hash)).requirements
        if turn.state is not State.DRAFT:
            check_submission(request.head.justification, new.changes, requirements, self._config, new.created_at)
        return {
            **(turn.head or {}),
            "state": turn.state,
            "revision": new.number,
            "revision_hash": revision_hash,
            "summary": summary_of(new.changes, requirements),
            "reviewer": None,
            "last_updated": new.created_at,
            "decide_by": decide_by(requirements, self._config, new.created_at),
        }

    def _reminders(self, request: Request, new: Revision, person: Person, decide_by: int) -> tuple[Due, ...]:
        """In the place of those of the revision before."""
        requirements = person.jury(revised(request, new, new.hash(request.head.id))).requirements
        return reminder(requirements, self._config, new.number, new.created_at, decide_by)

    def _outbox(self, before: Head, new: Revision, person: Person, turn: Turn) -> tuple[AuditEntry, ...]:
        """A draft is nobody's business but its author's."""
        if turn.state is State.DRAFT:
            return before.outbox
        entry = audited(
            before,
            turn.action,
            str(Principal.user(person.user)),
            revision=new.number,
            revision_hash=new.hash(before.id),
        )
        return (*before.outbox, entry)


def _next(before: Head, turn: Turn, now: int) -> dict[str, Any]:
    """The workflow of a request that was at an end, or needed a rebase, has ended: another one waits for the new decision."""
    if turn.state is State.DRAFT:
        return {}
    if before.state is not State.PENDING:
        fresh = {"generation": before.generation + (before.state is not State.DRAFT), "task_token": None}
        return {**fresh, "due_kind": DueKind.START, "due_at": now + GRACE, "attempts": 0, "failure": None}
    return {"due_kind": DueKind.START if before.due_kind is DueKind.START else DueKind.WAKE, "due_at": now + GRACE}


def _record(revision: int, change: PlannedChange) -> ChangeRecord:
    status = ChangeStatus.CANCELLED if change.cancelled else ChangeStatus.PROPOSED
    return ChangeRecord(revision=revision, id=change.id, target=change.target, status=status)


def revised(request: Request, new: Revision, revision_hash: str) -> Request:
    """The request as it will be under the new revision, for whoever asks what that needs."""
    head = request.head.model_copy(update={"revision": new.number, "revision_hash": revision_hash})
    return request.model_copy(update={"head": head, "revision": new})
