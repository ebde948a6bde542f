"""Who may do what to a request, and when: pure decisions, each with its reason."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.access.rules import never_brokered
from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.core.hooks import ApprovalFacts
from chalicelib.requests.models import ChangeRecord, Head, Request, RequestsConfig, Ruling
from chalicelib.requests.states import TRANSITIONS, UNDECIDED, UNDER_WAY, ChangeStatus, Command, State, Verdict

QUORUM = 1
"""Approvals that a request needs."""

_WRONG_STATE = "wrong_state"
_STALE = "stale_revision"
_SEVERAL = "several_changes"
_LATE = {_WRONG_STATE, _STALE}

_WHEN: Mapping[Command, frozenset[State]] = {
    Command.UPDATE_CHANGE: UNDECIDED,
    Command.APPROVE: frozenset({State.PENDING}),
    Command.APPLY_CHANGE: frozenset({State.PENDING}),
    Command.REJECT: UNDECIDED,
    Command.CANCEL: UNDECIDED,
}


def _everything(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: their user name, whether they may decide about a request with these targets, and whether they see a resource."""

    user: str
    may_decide: Callable[[tuple[str, ...]], Decision]
    sees: Callable[[str], bool] = _everything

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
    for decision in (
        _by_person(command, request, person, config),
        _by_state(command, request),
        _by_count(command, request),
    ):
        if not decision.allowed:
            return decision
    return Decision.yes(f"{person.user} may {command} now", command)


def _by_person(command: Command, request: Request, person: Person, config: RequestsConfig) -> Decision:
    if command in {Command.UPDATE_CHANGE, Command.CANCEL}:
        if person.user == request.head.requester:
            return Decision.yes("the requester", "requester")
        return person.may_decide(request.targets)
    may_decide = person.may_decide(request.targets)
    if not may_decide.allowed or command is Command.REJECT:
        return may_decide
    return _not_alone(request, person.user, config)


def _not_alone(request: Request, user: str, config: RequestsConfig) -> Decision:
    """Four eyes: whoever wrote any part of it does not approve it."""
    if user in request.revision.authors and not config.allow_self_approval:
        role = "requested" if user == request.head.requester else "edited"
        return Decision.no(f"You have {role} this change yourself; somebody else must approve it.", "self_approval")
    return Decision.yes("somebody else wrote it, or self-approval is configured", "four_eyes")


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


def standing(head: Head) -> str:
    """Where a request stands and who brought it there, for whoever came too late."""
    if head.state is State.NEEDS_REBASE:
        return (
            "What is live has changed since it was reviewed (needs_rebase). Edit the change, which makes a new revision"
            " of what is live now, and have that approved."
        )
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


def judged_by_rules(facts: ApprovalFacts, said: Sequence[tuple[str, Decision]]) -> Decision:
    """What plugins' rules come to together: (plugin, Decision). One objection keeps it for people, and silence does too."""
    if unknown := [change.target for change in facts.changes if not change.target.known]:
        return Decision.no(f"The directory does not know the account of {unknown[0]}.", "unknown_target")
    for plugin, decision in said:
        if not decision.allowed:
            return Decision.no(decision.reason, f"{plugin}: {decision.rule}")
    if not said or not facts.changes:
        return Decision.no("No rule approves this.", "no_rule")
    return Decision.yes(
        "; ".join(decision.reason for _, decision in said),
        ", ".join(f"{plugin}: {decision.rule}" for plugin, decision in said),
    )


def approved(request: Request, may_approve: Callable[[Ruling], Decision], config: RequestsConfig) -> Decision:
    """Whether the present revision is approved by enough people who may still approve it. Asks about each approval anew."""
    head = request.head
    if request.revision.number != head.revision or request.revision.hash(head.id) != head.revision_hash:
        return Decision.no("The stored changes are not those that were reviewed.", "content_altered")
    bound = {
        ruling.actor: ruling
        for ruling in request.rulings
        if ruling.verdict is Verdict.APPROVE
        and (ruling.revision, ruling.revision_hash) == (head.revision, head.revision_hash)
    }
    if not bound:
        return Decision.no(f"Nobody has approved revision {head.revision}.", "not_approved")
    verdicts = {user: _counts(request, ruling, may_approve, config) for user, ruling in sorted(bound.items())}
    counted = [user for user, verdict in verdicts.items() if verdict.allowed]
    if len(counted) >= QUORUM:
        return Decision.yes(f"approved by {', '.join(counted)}", "quorum")
    reasons = "; ".join(f"{user}: {verdict.reason}" for user, verdict in verdicts.items() if not verdict.allowed)
    return Decision.no(f"The approval does not count any more. {reasons}", "approval_lost")


def _counts(
    request: Request, ruling: Ruling, may_approve: Callable[[Ruling], Decision], config: RequestsConfig
) -> Decision:
    alone = _not_alone(request, ruling.actor, config)
    return may_approve(ruling) if alone.allowed else alone


def may_apply(
    request: Request, change_id: str, may_approve: Callable[[Ruling], Decision], config: RequestsConfig
) -> Decision:
    """The gate before a write: everything about the request itself that must hold."""
    record = request.record(change_id)
    if request.head.state not in UNDER_WAY:
        return Decision.no(f"The request is {request.head.state}, not approved.", _WRONG_STATE)
    if record is None or request.planned(change_id) is None:
        return Decision.no(f"The request has no change {change_id[:100]}.", "no_such_change")
    if record.status.ended:
        return Decision.no(f"The change is {record.status} already.", "change_ended")
    return approved(request, may_approve, config)


def outcome(records: Iterable[ChangeRecord]) -> State | None:
    """How a request has ended whose changes are at these points; None while one of them is under way."""
    statuses = [record.status for record in records]
    if any(not status.ended for status in statuses):
        return None
    applied = statuses.count(ChangeStatus.APPLIED)
    if applied:
        return State.APPLIED if applied == len(statuses) else State.PARTIALLY_APPLIED
    return State.NEEDS_REBASE if ChangeStatus.NEEDS_REBASE in statuses else State.FAILED
