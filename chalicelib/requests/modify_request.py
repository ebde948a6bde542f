"""`PUT /api/v2/requests/{id}` as a use case: one command of ConsoleMe's, and its results."""

from collections.abc import Mapping

from chalicelib.core.canonical import canonical_json
from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.await_outcome import OutcomeWaiter
from chalicelib.requests.cancel_request import RequestCanceller
from chalicelib.requests.comment_request import RequestCommenter
from chalicelib.requests.decide_request import RequestDecider
from chalicelib.requests.drafts import Drafts
from chalicelib.requests.extend_request import RequestExtender
from chalicelib.requests.models import Request
from chalicelib.requests.move_ends import EndMover
from chalicelib.requests.present import request_url
from chalicelib.requests.read_request import may_see
from chalicelib.requests.results import answer, outcome_of, success
from chalicelib.requests.retry_request import RequestRetrier
from chalicelib.requests.revise_request import RequestReviser
from chalicelib.requests.rules import Person
from chalicelib.requests.states import UNDECIDED, Command, State
from chalicelib.requests.store import RequestStore
from chalicelib.requests.wire import ModificationModel, ModificationResult
from chalicelib.requests.wishes import wishes_of

_DONE: Mapping[Command, str] = {
    Command.ADD_COMMENT: "added comment",
    Command.UPDATE_CHANGE: "updated policy document",
    Command.REJECT: "rejected request",
    Command.ASK_FOR_CHANGES: "asked for changes",
    Command.CANCEL: "cancelled request",
    Command.CANCEL_CHANGE: "cancelled change",
    Command.MOVE_BACK: "moved request back to pending",
    Command.SUBMIT: "submitted request",
    Command.CHANGE_EXPIRY: "changed the end",
    Command.END_NOW: "ended what the request gave",
    Command.RETRY: "begun to try again what failed",
}
"""In ConsoleMe's words, where it has the command."""


class RequestModifier:
    def __init__(  # noqa: PLR0913 keywords, one for each kind of command
        self,
        *,
        store: RequestStore,
        decider: RequestDecider,
        reviser: RequestReviser,
        drafts: Drafts,
        canceller: RequestCanceller,
        commenter: RequestCommenter,
        ends: EndMover,
        extender: RequestExtender,
        retrier: RequestRetrier,
        outcomes: OutcomeWaiter,
        clock: Clock,
    ) -> None:
        self._store = store
        self._decider = decider
        self._reviser = reviser
        self._drafts = drafts
        self._canceller = canceller
        self._commenter = commenter
        self._ends = ends
        self._extender = extender
        self._retrier = retrier
        self._outcomes = outcomes
        self._clock = clock

    def modify(self, request_id: str, model: ModificationModel, person: Person, *, wait: bool) -> ModificationResult:
        """Raises InvalidInput (also for a request that does not exist: ConsoleMe's clients know no 404 here), Forbidden,
        Conflict or Upstream. With `wait` the results of an approval hold what became of it.
        """
        command = _command(model.command)
        request = self._store.find(request_id)
        if request is None or not may_see(request, person):
            raise InvalidInput("Request with that ID not found", reason="request_not_found")
        match command:
            case Command.APPROVE | Command.APPLY_CHANGE:
                if command is Command.APPLY_CHANGE:
                    _check_applied(request, model)
                decided = self._decide(request, command, model, person)
                return answer(*outcome_of(self._outcomes.wait(decided) if wait else decided))
            case Command.REJECT | Command.ASK_FOR_CHANGES:
                self._decide(request, command, model, person)
            case Command.UPDATE_CHANGE:
                self._revise(request, model, person)
            case Command.CHANGE_EXPIRY | Command.EXTEND | Command.END_NOW:
                return self._timed(request, command, model, person)
            case _:
                self._plain(request, command, model, person)
        return answer(success(f"Successfully {_DONE[command]}"))

    def _plain(self, request: Request, command: Command, model: ModificationModel, person: Person) -> None:
        match command:
            case Command.ADD_COMMENT:
                self._commenter.comment(request, person, model.comment_text, model.reply_to)
            case Command.CANCEL:
                self._canceller.cancel(request, person)
            case Command.CANCEL_CHANGE:
                self._reviser.cancel_change(request, person, model.change_id)
            case Command.MOVE_BACK:
                self._reviser.reopen(request, person)
            case Command.SUBMIT:
                self._drafts.submit(request, person)
            case Command.RETRY:
                self._retrier.retry(request, person)

    def _timed(
        self, request: Request, command: Command, model: ModificationModel, person: Person
    ) -> ModificationResult:
        if command is Command.EXTEND:
            reason = (model.comment_text or "").strip()
            longer = self._extender.extend(request, person, change_id=model.change_id, until=model.until, reason=reason)
            words = f"Successfully asked for more time: {request_url(longer.head.id)}"
            return answer(success(words))
        if command is Command.END_NOW:
            self._ends.now(request, person, model.change_id)
        elif request.head.state in UNDECIDED | {State.DRAFT}:
            self._reviser.move_ends(request, person, model.change_id, model.until)
        else:
            self._ends.sooner(request, person, model.change_id, model.until)
        return answer(success(f"Successfully {_DONE[command]}"))

    def _decide(self, request: Request, command: Command, model: ModificationModel, person: Person) -> Request:
        return self._decider.decide(
            request,
            command,
            person,
            revision=model.revision,
            revision_hash=model.revision_hash,
            comment=(model.comment_text or "").strip(),
            until=model.until,
        )

    def _revise(self, request: Request, model: ModificationModel, person: Person) -> None:
        if model.changes is not None or model.justification is not None or model.on_failure is not None:
            wishes = None if model.changes is None else wishes_of(model.changes, person, self._clock.now())
            self._drafts.fill(
                request,
                person,
                wishes=wishes,
                justification=model.justification,
                on_failure=model.on_failure,
            )
            return
        self._reviser.revise(
            request,
            person,
            change_id=model.change_id,
            document=model.policy_document,
            revision=model.revision,
            revision_hash=model.revision_hash,
        )


def _command(name: str) -> Command:
    if name not in set(Command):
        known = ", ".join(Command)
        raise InvalidInput(f"command: '{name[:50]}' is unknown. Known are: {known}.", reason="command_unknown")
    return Command(name)


def _check_applied(request: Request, model: ModificationModel) -> None:
    """ConsoleMe lets whoever applies swap the document in the same call: then nobody has reviewed what is applied."""
    change = request.planned(model.change_id or "")
    if change is None:
        known = ", ".join(known.id for known in request.revision.changes)
        raise InvalidInput(f"change_id: the request has the changes {known}.", reason="no_such_change")
    shown = change.preview.after.content
    if model.policy_document is not None and canonical_json(model.policy_document) != canonical_json(shown):
        raise InvalidInput(
            "policy_document differs from what the request shows. Send it with update_change; that makes a new revision,"
            " which somebody else approves.",
            reason="document_differs",
        )
