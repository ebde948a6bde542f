"""Who may do what to a request, and when: pure decisions, each with its reason."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from chalicelib.access.rules import never_brokered
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.requests.approval.models import Jury, Requirements, Voter
from chalicelib.requests.approval.standing import AGAIN, ENOUGH, NOT_YET, Standing
from chalicelib.requests.models import ChangeRecord, Head, Request, RequestsConfig
from chalicelib.requests.states import TRANSITIONS, UNDECIDED, UNDER_WAY, ChangeStatus, Command, DueKind, State

_WRONG_STATE = "wrong_state"
_STALE = "stale_revision"
_SEVERAL = "several_changes"
_NO_NEED = "nothing_to_do"
_LATE = {_WRONG_STATE, _NO_NEED, _STALE, NOT_YET, ENOUGH, AGAIN}

TAKE_UP_WITHIN = 86_400
"""Seconds after which what was rejected or cancelled is not taken up again: whoever still wants it asks anew."""
_REFUSALS = {"rejected", "cancelled"}
"""Kinds of the lines in the timeline that tell so."""

_APPLIED = frozenset({State.APPLIED, State.PARTIALLY_APPLIED})
_TIMED = {Command.CHANGE_EXPIRY, Command.EXTEND, Command.END_NOW}

_WHEN: Mapping[Command, frozenset[State]] = {
    Command.UPDATE_CHANGE: UNDECIDED | {State.DRAFT},
    Command.CANCEL_CHANGE: UNDECIDED | {State.DRAFT},
    Command.SUBMIT: frozenset({State.DRAFT}),
    Command.MOVE_BACK: frozenset({State.REJECTED, State.CANCELLED}),
    Command.CHANGE_EXPIRY: UNDECIDED | {State.DRAFT} | _APPLIED,
    Command.EXTEND: _APPLIED,
    Command.END_NOW: _APPLIED,
    Command.RETRY: frozenset({State.FAILED, State.PARTIALLY_APPLIED}),
    Command.APPROVE: frozenset({State.PENDING}),
    Command.APPLY_CHANGE: frozenset({State.PENDING}),
    Command.REJECT: UNDECIDED,
    Command.ASK_FOR_CHANGES: frozenset({State.PENDING}),
    Command.CANCEL: UNDECIDED | {State.DRAFT},
}


_APPROVING = {Command.APPROVE, Command.APPLY_CHANGE}
_DECIDING = _APPROVING | {Command.REJECT, Command.ASK_FOR_CHANGES}


def _everything(_: str) -> bool:
    return True


def _nobody(_: Request) -> Jury:
    """Of whom nothing is known, nothing is approved."""
    unknown = Decision.no("Nobody said who may approve this.", "no_jury")
    return Jury(Requirements(()), lambda user: Voter(user, frozenset(), lambda _: unknown), lambda: unknown, 0)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: their user name, whether they administer these targets, whether they see a resource, and who may approve a request,
    they themselves as their session says.
    """

    user: str
    may_decide: Callable[[tuple[str, ...]], Decision]
    sees: Callable[[str], bool] = _everything
    jury: Callable[[Request], Jury] = _nobody
    principals: frozenset[str] = frozenset()

    def may_look_at(self, requester: str, targets: Iterable[str]) -> bool:
        """At a request: their own, and any whose every target they see."""
        return self.user == requester or all(self.sees(target) for target in targets)


def require(decision: Decision) -> None:
    """Raises Conflict for whoever came too late, InvalidInput for the wrong command, Forbidden for everybody else."""
    if decision.allowed:
        return
    if decision.rule in _LATE:
        raise Conflict(decision.reason, reason=decision.rule)
    if decision.rule == _SEVERAL:
        raise InvalidInput(decision.reason, reason=decision.rule)
    raise Forbidden(decision.reason, reason=decision.rule)


def not_found() -> NotFound:
    """ConsoleMe's words, also for a request that the person does not see."""
    return NotFound("Error getting request: Request with that ID not found", reason="request_not_found")


def check_transition(before: State, after: State) -> None:
    """Raises Conflict for a step that a request's life does not have."""
    if after not in TRANSITIONS[before]:
        raise Conflict(f"A request that is {before} can't become {after}.", reason=_WRONG_STATE)


def protected(arn: Arn, hub: Hub, spoke: Spoke) -> Decision | None:
    """A refusal for principals that no request may change: our own roles, those of AWS services and of Identity Center."""
    refusal = never_brokered(arn, hub, spoke)
    if refusal is None:
        return None
    return Decision.no(f"{arn} is protected: no request may change it.", refusal.rule)


def judge(command: Command, request: Request, person: Person, config: RequestsConfig) -> Decision:
    """Whether this person may give this command now. The person comes first: who may not, need not know the state."""
    if command is Command.ADD_COMMENT:
        return Decision.yes("everybody who is signed in may comment", "comment")
    if command not in _DECIDING:
        questions = (
            _by_person(command, request, person, config),
            _by_state(command, request),
            _by_need(command, request),
            _in_time(command, request, person),
        )
        return next(
            (one for one in questions if not one.allowed), Decision.yes(f"{person.user} may {command} now", command)
        )
    stands = Standing(request, person.jury(request), config)
    voter = stands.jury.who_is(person.user)
    for decision in (
        stands.may_speak(voter, stands.jury.now),
        stands.own(person.user) if command in _APPROVING else None,
        _by_state(command, request),
        _by_count(command, request),
        stands.would_count(voter, stands.jury.now) if command in _APPROVING else None,
    ):
        if decision is not None and not decision.allowed:
            return decision
    return Decision.yes(f"{person.user} may {command} now", command)


def _by_person(command: Command, request: Request, person: Person, config: RequestsConfig) -> Decision:
    """Everything but decisions. Taking up again what was rejected is for administrators; whoever may approve may end."""
    if person.user == request.head.requester and command is not Command.MOVE_BACK:
        return Decision.yes("the requester", "requester")
    administers = person.may_decide(request.targets)
    if administers.allowed or command is not Command.END_NOW:
        return administers
    stands = Standing(request, person.jury(request), config)
    return stands.may_speak(stands.jury.who_is(person.user), stands.jury.now)


def may_approve_own(person: Person, targets: tuple[str, ...], config: RequestsConfig) -> Decision:
    """Whether somebody may submit a request with these targets as approved already."""
    may_decide = person.may_decide(targets)
    if not may_decide.allowed:
        return may_decide
    if not config.allow_self_approval:
        return Decision.no(
            "Nobody approves their own request here: submit it without admin_auto_approve, and ask somebody else.",
            "self_approval",
        )
    return Decision.yes("self-approval is configured", "self_approval")


def _by_state(command: Command, request: Request) -> Decision:
    if request.head.state in _WHEN.get(command, frozenset()):
        return Decision.yes(f"it is {request.head.state}", "state")
    return Decision.no(standing(request.head), _WRONG_STATE)


def _by_need(command: Command, request: Request) -> Decision:
    """Whether there is anything in the request that the command is about."""
    if (
        command in _TIMED
        and request.head.state in _APPLIED
        and not any(due.kind is DueKind.END for due in request.dues)
    ):
        return Decision.no("Nothing of it has an end: it was asked for to stay. Ask for its removal.", _NO_NEED)
    if command is Command.RETRY and not any(record.status is ChangeStatus.FAILED for record in request.records):
        return Decision.no("No change of it has failed.", _NO_NEED)
    return Decision.yes("there is something to do", "need")


def _in_time(command: Command, request: Request, person: Person) -> Decision:
    """Counted from the refusal itself: nothing that is written afterwards, such as a comment, makes the time longer."""
    if command is Command.MOVE_BACK:
        refused_at = max((event.at for event in request.events if event.kind in _REFUSALS), default=0)
        if person.jury(request).now - refused_at > TAKE_UP_WITHIN:
            return Decision.no(
                f"The request was {request.head.state} more than a day ago. Ask anew, on what is live now.", _NO_NEED
            )
    return Decision.yes("in time", "time")


def standing(head: Head) -> str:
    """Where a request stands and who brought it there, for whoever came too late."""
    if head.state is State.NEEDS_REBASE:
        return (
            "What is live has changed since it was reviewed (needs_rebase). Edit the change, which makes a new revision"
            " of what is live now, and have that approved."
        )
    if head.state is State.DRAFT:
        return "The request is a draft: submit it first."
    if head.state is State.PENDING:
        return "Nobody has decided about the request yet."
    by = f" by {head.reviewer}" if head.reviewer else ""
    past = "" if head.state in UNDER_WAY else f" and is now {head.state}"
    deed = {State.REJECTED: "rejected", State.CANCELLED: "cancelled", State.EXPIRED: "left undecided until it expired"}
    return f"The request was already {deed.get(head.state, 'approved')}{by}{past}. Reload to see it."


def _by_count(command: Command, request: Request) -> Decision:
    count = len(request.open_changes)
    if command is Command.APPLY_CHANGE and count != 1:
        return Decision.no(
            f"This request has {count} open changes, which are approved together: send approve_request.", _SEVERAL
        )
    return Decision.yes("the count of changes is right", "count")


def binds(request: Request, revision: int | None, revision_hash: str | None, *, required: bool) -> Decision:
    """Whether the caller has seen the present revision. Without a word about it (ConsoleMe's own clients) only the first
    revision may be decided: nothing else can ever have been shown.
    """
    head = request.head
    if revision is None and revision_hash is None:
        if not required or head.revision == 1:
            return Decision.yes("there is only one revision", "first_revision")
        return Decision.no(
            f"The request was edited and is at revision {head.revision}. Reload it, look at it again, and send the fields"
            " revision and revision_hash of what you saw.",
            _STALE,
        )
    seen = revision_hash == head.revision_hash and revision in (None, head.revision)
    if seen or (revision_hash is None and revision == head.revision and not required):
        return Decision.yes(f"revision {head.revision} was shown", "bound")
    if revision_hash is None:
        return Decision.no("Send both fields: revision and revision_hash of what you saw.", _STALE)
    return Decision.no(
        f"The request was edited meanwhile and is at revision {head.revision}. Reload it, look at it again, and send the"
        " fields revision and revision_hash of what you saw.",
        _STALE,
    )


def approved(request: Request, jury: Jury, config: RequestsConfig) -> Decision:
    """Whether the present revision is approved by everybody who must approve it and may still do so. Asks about each anew: whoever
    decides, whoever prepares, and the gate before each write ask here.
    """
    head = request.head
    if request.revision.number != head.revision or request.revision.hash(head.id) != head.revision_hash:
        return Decision.no("The stored changes are not those that were reviewed.", "content_altered")
    return Standing(request, jury, config).verdict()


def may_apply(request: Request, change_id: str, jury: Jury, config: RequestsConfig) -> Decision:
    """The gate before a write: everything about the request itself that must hold."""
    record = request.record(change_id)
    if request.head.state not in UNDER_WAY:
        return Decision.no(f"The request is {request.head.state}, not approved.", _WRONG_STATE)
    if record is None or request.planned(change_id) is None:
        return Decision.no(f"The request has no change {change_id[:100]}.", "no_such_change")
    if record.status.ended:
        return Decision.no(f"The change is {record.status} already.", "change_ended")
    return approved(request, jury, config)


def outcome(records: Iterable[ChangeRecord]) -> State | None:
    """How a request has ended whose changes are at these points; None while one of them is under way."""
    statuses = [record.status for record in records if record.status is not ChangeStatus.CANCELLED]
    if any(not status.ended for status in statuses):
        return None
    applied, ended = statuses.count(ChangeStatus.APPLIED), statuses.count(ChangeStatus.ENDED)
    if applied:
        return State.APPLIED if applied + ended == len(statuses) else State.PARTIALLY_APPLIED
    if ended:
        return State.ENDED
    return State.NEEDS_REBASE if ChangeStatus.NEEDS_REBASE in statuses else State.FAILED
