"""`PUT /api/v2/requests/{id}` as a use case: one command of ConsoleMe's, and its results."""

from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput
from chalicelib.requests.await_outcome import OutcomeWaiter
from chalicelib.requests.cancel_request import RequestCanceller
from chalicelib.requests.comment_request import RequestCommenter
from chalicelib.requests.decide_request import RequestDecider
from chalicelib.requests.models import Request
from chalicelib.requests.results import answer, outcome_of, success
from chalicelib.requests.revise_request import RequestReviser
from chalicelib.requests.rules import Person
from chalicelib.requests.states import Command
from chalicelib.requests.store import RequestStore
from chalicelib.requests.wire import ModificationModel, ModificationResult

_SUPPORTED = (
    Command.ADD_COMMENT,
    Command.UPDATE_CHANGE,
    Command.APPROVE,
    Command.REJECT,
    Command.CANCEL,
    Command.APPLY_CHANGE,
)


class RequestModifier:
    def __init__(
        self,
        *,
        store: RequestStore,
        decider: RequestDecider,
        reviser: RequestReviser,
        canceller: RequestCanceller,
        commenter: RequestCommenter,
        outcomes: OutcomeWaiter,
    ) -> None:
        self._store = store
        self._decider = decider
        self._reviser = reviser
        self._canceller = canceller
        self._commenter = commenter
        self._outcomes = outcomes

    def modify(self, request_id: str, model: ModificationModel, person: Person, *, wait: bool) -> ModificationResult:
        """Raises InvalidInput (also for a request that does not exist: ConsoleMe's clients know no 404 here), Forbidden,
        Conflict or Upstream. With `wait` the results of an approval hold what became of it.
        """
        command = _command(model.command)
        request = self._store.find(request_id)
        if request is None or not person.may_look_at(request.head.requester, request.targets):
            raise InvalidInput("Request with that ID not found", reason="request_not_found")
        match command:
            case Command.ADD_COMMENT:
                self._commenter.comment(request, person, model.comment_text)
                return answer(success("Successfully added comment"))
            case Command.CANCEL:
                self._canceller.cancel(request, person)
                return answer(success("Successfully cancelled request"))
            case Command.UPDATE_CHANGE:
                return self._revise(request, model, person)
            case Command.REJECT:
                self._decide(request, command, model, person)
                return answer(success("Successfully rejected request"))
            case Command.APPROVE | Command.APPLY_CHANGE:
                if command is Command.APPLY_CHANGE:
                    _check_applied(request, model)
                decided = self._decide(request, command, model, person)
                return answer(*outcome_of(self._outcomes.wait(decided) if wait else decided))
            case _:
                raise _unsupported(command)

    def _decide(self, request: Request, command: Command, model: ModificationModel, person: Person) -> Request:
        return self._decider.decide(
            request,
            command,
            person,
            revision=model.revision,
            revision_hash=model.revision_hash,
            comment=(model.comment_text or "").strip(),
        )

    def _revise(self, request: Request, model: ModificationModel, person: Person) -> ModificationResult:
        self._reviser.revise(
            request,
            person,
            change_id=model.change_id,
            document=model.policy_document,
            revision=model.revision,
            revision_hash=model.revision_hash,
        )
        return answer(success("Successfully updated policy document"))


def _command(name: str) -> Command:
    known = ", ".join(_SUPPORTED)
    if name in set(Command) and name not in _SUPPORTED:
        raise _unsupported(name)
    if name not in _SUPPORTED:
        raise InvalidInput(f"command: '{name[:50]}' is unknown. Known are: {known}.", reason="command_unknown")
    return Command(name)


def _unsupported(name: str) -> InvalidInput:
    known = ", ".join(_SUPPORTED)
    return InvalidInput(
        f"command: {name} is not supported yet. Supported are: {known}.", reason="command_not_supported"
    )


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
