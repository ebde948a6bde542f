"""An edit is a new revision: previewed on what is live now, written by one more author, approved by nobody."""

from typing import Any

from chalicelib.changes.base import Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput, NotFound
from chalicelib.core.principals import Principal
from chalicelib.requests.create_request import DECIDE_WITHIN, summary_of
from chalicelib.requests.models import ChangeRecord, Head, PlannedChange, Request, RequestsConfig, Revision
from chalicelib.requests.plan_changes import Planner
from chalicelib.requests.rules import Person, binds, judge, require
from chalicelib.requests.states import Command, DueKind, State
from chalicelib.requests.steps import audited, event, take
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import GRACE, Workflow


class RequestReviser:
    def __init__(
        self, *, store: RequestStore, planner: Planner, workflow: Workflow, config: RequestsConfig, clock: Clock
    ) -> None:
        self._store = store
        self._planner = planner
        self._workflow = workflow
        self._config = config
        self._clock = clock

    def revise(
        self,
        request: Request,
        person: Person,
        *,
        change_id: str | None,
        document: dict[str, Any] | None,
        revision: int | None,
        revision_hash: str | None,
    ) -> None:
        """Raises Forbidden, Conflict, or InvalidInput for a change that does not exist or a document that does not do.

        Without a document the change is only brought up to what is live now, which only a request that needs that takes.
        """
        require(judge(Command.UPDATE_CHANGE, request, person, self._config))
        stale = binds(request, revision, revision_hash, required=False)
        if not stale.allowed:
            raise Conflict(stale.reason, reason=stale.rule)
        head, now = request.head, self._clock.now()
        if document is None and head.state is not State.NEEDS_REBASE:
            raise InvalidInput("policy_document: send the new policy document.", reason="no_policy_document")
        changes = self._replanned(request, change_id, document)
        if [change.preview for change in changes] == [change.preview for change in request.revision.changes]:
            raise InvalidInput("The change already is exactly that.", reason="change_unchanged")
        new = Revision(
            number=head.revision + 1,
            author=person.user,
            authors=tuple(dict.fromkeys((*request.revision.authors, person.user))),
            created_at=now,
            changes=changes,
        )
        self._store_revision(request, new, person)

    def _replanned(
        self, request: Request, change_id: str | None, document: dict[str, Any] | None
    ) -> tuple[PlannedChange, ...]:
        if change_id is None or request.planned(change_id) is None:
            known = ", ".join(change.id for change in request.revision.changes)
            raise InvalidInput(f"change_id: the request has the changes {known}.", reason="no_such_change")
        wishes = [
            self._edited(change.spec, document if change.id == change_id else None)
            for change in request.revision.changes
        ]
        return self._planner.plan(request.head.id, wishes)

    def _edited(self, wish: Spec, document: dict[str, Any] | None) -> Spec:
        try:
            held = self._planner.image(wish)
        except NotFound as error:
            raise InvalidInput(f"Principal not found: {error.message}", reason="principal_not_found") from error
        edited: Spec = change_type(wish.change_type).edited(wish, document, held)
        return edited

    def _store_revision(self, request: Request, new: Revision, person: Person) -> None:
        now, rebased = new.created_at, request.head.state is State.NEEDS_REBASE
        revision_hash = new.hash(request.head.id)
        entry = audited(
            request.head,
            "request.revise",
            str(Principal.user(person.user)),
            revision=new.number,
            revision_hash=revision_hash,
        )

        def after(before: Head) -> Head:
            edited = {
                "state": State.PENDING,
                "revision": new.number,
                "revision_hash": revision_hash,
                "summary": summary_of(new.changes),
                "reviewer": None,
                "last_updated": now,
                "decide_by": now + DECIDE_WITHIN,
                "due_kind": DueKind.START if before.due_kind is DueKind.START else DueKind.WAKE,
                "due_at": now + GRACE,
                "outbox": (*before.outbox, entry),
            }
            # The workflow of a request that needed a rebase has come to its end: another one waits for the new decision.
            restart = {"generation": before.generation + 1, "task_token": None, "due_kind": DueKind.START}
            return before.model_copy(update=edited | (restart if rebased else {}))

        records = [ChangeRecord(revision=new.number, id=change.id, target=change.target) for change in new.changes]
        line = event(now, person.user, "revised", f"Revision {new.number}: every approval so far is void")
        self._workflow.go_on(take(self._store, request, after, [new, *records, line]))
