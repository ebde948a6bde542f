"""An edit is a new revision: previewed on what is live now, written by one more author, approved by nobody."""

from collections.abc import Callable
from typing import Any

from chalicelib.changes.base import Spec
from chalicelib.changes.gateways import missing
from chalicelib.changes.registry import change_type
from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput, NotFound
from chalicelib.requests.cancel_request import RequestCanceller
from chalicelib.requests.create_request import refuse_unseen
from chalicelib.requests.end_asked import checked_end
from chalicelib.requests.models import PlannedChange, Request, RequestsConfig
from chalicelib.requests.plan_changes import Planner
from chalicelib.requests.rules import Person, binds, judge, require
from chalicelib.requests.states import Command, State
from chalicelib.requests.write_revision import Revisions, Turn

Edit = Callable[[Spec], Spec]


class RequestReviser:
    def __init__(
        self,
        *,
        revisions: Revisions,
        planner: Planner,
        canceller: RequestCanceller,
        config: RequestsConfig,
        clock: Clock,
    ) -> None:
        self._revisions = revisions
        self._planner = planner
        self._canceller = canceller
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
        if document is None and request.head.state is not State.NEEDS_REBASE:
            raise InvalidInput("policy_document: send the new policy document.", reason="no_policy_document")
        wanted = _named(request, change_id).id
        changes = self._replanned(request, person, {wanted: lambda wish: self._edited(wish, document)})
        self._written(request, changes, person)

    def move_ends(self, request: Request, person: Person, change_id: str | None, until: int | None) -> None:
        """Another end for one change, or for all; None is for ever. Raises as `revise` does."""
        require(judge(Command.CHANGE_EXPIRY, request, person, self._config))
        end = checked_end(until, self._clock.now()) if until is not None else None
        wanted = [_named(request, change_id)] if change_id is not None else request.revision.changes
        edits: dict[str, Edit] = {
            change.id: lambda wish: self._edited(wish, None).model_copy(update={"until": end}) for change in wanted
        }
        self._written(request, self._replanned(request, person, edits), person, "another end was asked for")

    def cancel_change(self, request: Request, person: Person, change_id: str | None) -> None:
        """One change less; a request without any is cancelled. Raises as `revise` does."""
        require(judge(Command.CANCEL_CHANGE, request, person, self._config))
        gone = _named(request, change_id)
        left = [change for change in request.revision.changes if not change.cancelled and change.id != gone.id]
        if not left:
            self._canceller.cancel(request, person)
            return
        without = tuple(
            change.model_copy(update={"cancelled": True}) if change.id == gone.id else change
            for change in request.revision.changes
        )
        shorter = request.model_copy(update={"revision": request.revision.model_copy(update={"changes": without})})
        self._written(request, self._replanned(shorter, person, {}), person, f"without “{gone.title}”")

    def reopen(self, request: Request, person: Person) -> None:
        """What was rejected or cancelled waits for a decision again, on what is live now. Raises as `revise` does."""
        require(judge(Command.MOVE_BACK, request, person, self._config))
        turn = Turn(kind="reopened", text="to be decided about again", wrote=False, head={"reviewer": None})
        self._revisions.write(request, self._replanned(request, person, {}), person, turn)

    def _written(
        self, request: Request, changes: tuple[PlannedChange, ...], person: Person, text: str = Turn().text
    ) -> None:
        if _same(changes, request.revision.changes):
            raise InvalidInput("The change already is exactly that.", reason="change_unchanged")
        state = State.DRAFT if request.head.state is State.DRAFT else State.PENDING
        self._revisions.write(request, changes, person, Turn(state=state, text=text))

    def _replanned(self, request: Request, person: Person, edits: dict[str, Edit]) -> tuple[PlannedChange, ...]:
        """Every change on what is live now, with these edits. What was taken out stays so.

        Raises InvalidInput for a target that the person does not see, or no more: the preview would show what it holds.
        """
        stay = [change for change in request.revision.changes if not change.cancelled]
        refuse_unseen([change.spec for change in stay], person)
        wishes = [
            (change.id, edits[change.id](change.spec) if change.id in edits else self._edited(change.spec, None))
            for change in stay
        ]
        planned = {change.id: change for change in self._planner.replan(wishes)}
        return tuple(planned.get(change.id, change) for change in request.revision.changes)

    def _edited(self, wish: Spec, document: dict[str, Any] | None) -> Spec:
        try:
            held = self._planner.image(wish)
        except NotFound as error:
            raise missing(change_type(wish.change_type).target(wish)) from error
        edited: Spec = change_type(wish.change_type).edited(wish, document, held)
        return edited


def _named(request: Request, change_id: str | None) -> PlannedChange:
    """Raises InvalidInput for a change that the request has not, or not any more."""
    change = request.planned(change_id or "")
    if change is None or change.cancelled:
        known = ", ".join(change.id for change in request.revision.changes if not change.cancelled)
        raise InvalidInput(f"change_id: the request has the changes {known}.", reason="no_such_change")
    return change


def _same(new: tuple[PlannedChange, ...], old: tuple[PlannedChange, ...]) -> bool:
    """The wording of a wish may differ where what it does is the same."""
    return [(one.preview, one.spec.until, one.cancelled) for one in new] == [
        (one.preview, one.spec.until, one.cancelled) for one in old
    ]
