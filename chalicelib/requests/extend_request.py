"""More time for what is applied: another request, for the same and until later, which is decided anew."""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict, InvalidInput
from chalicelib.requests.create_request import RequestCreator, Submission
from chalicelib.requests.end_asked import checked_end
from chalicelib.requests.ends import end_of
from chalicelib.requests.models import Request, RequestsConfig
from chalicelib.requests.rules import Person, judge, require
from chalicelib.requests.states import Command, DueKind, State

_IN_VAIN = frozenset({State.REJECTED, State.CANCELLED, State.EXPIRED, State.FAILED, State.ENDED})
"""Nothing is given any longer by repeating a request that has ended so."""


class RequestExtender:
    def __init__(self, *, creator: RequestCreator, config: RequestsConfig, clock: Clock) -> None:
        self._creator = creator
        self._config = config
        self._clock = clock

    def extend(
        self, request: Request, person: Person, *, change_id: str | None, until: int | None, reason: str
    ) -> Request:
        """The new request; the same for every repetition. Raises InvalidInput for an end that is not later, Forbidden, or Conflict also
        when the same was asked for before in vain.
        """
        require(judge(Command.EXTEND, request, person, self._config))
        if until is None:
            raise InvalidInput("until: send the new end.", reason="bad_end")
        end = checked_end(until, self._clock.now())
        ends = {due.id: end_of(due).until for due in request.dues if due.kind is DueKind.END}
        chosen = [change for change in request.revision.changes if change.id in ends and change_id in {None, change.id}]
        if not chosen:
            raise InvalidInput("change_id: this change has no end.", reason="no_such_change")
        if any(end <= ends[change.id] for change in chosen):
            raise InvalidInput("until: the new end is not later than the present one.", reason="not_later")
        asked = {"extends": request.head.id, "until": end, "changes": [change.id for change in chosen]}
        submission = Submission(
            wishes=tuple(change.spec.model_copy(update={"until": end}) for change in chosen),
            justification=reason or request.head.justification,
            auto_approve=False,
            asked=asked,
            on_failure=request.head.on_failure,
            extends=request.head.id,
        )
        longer = self._creator.create(submission, person, f"extend {request.head.id} {change_id or ''} {end}")
        if longer.head.state in _IN_VAIN:
            raise Conflict(
                f"You have asked for exactly this already, in the request {longer.head.id}, which is {longer.head.state}."
                " Ask for another end.",
                reason="asked_before",
            )
        return longer
