"""What each decision about a request says: reason and rule in their very words, for people and programs read them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import AppError, Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.requests.approval.models import Jury
from chalicelib.requests.models import Request, RequestsConfig
from chalicelib.requests.rules import (
    Person,
    approved,
    binds,
    check_transition,
    judge,
    may_apply,
    may_approve_own,
    not_found,
    protected,
    require,
    standing,
)
from chalicelib.requests.states import ChangeStatus, Command, State, Verdict
from tests.support.request_builders import NO, YES, approval, jury_of, person, request, revision
from tests.support.request_world import ADA, APP, BO, EVE, ZOE

FOUR_EYES, ALONE = RequestsConfig(), RequestsConfig(allow_self_approval=True)
SHOWN = revision()
EDITED = revision(2)
RELOAD = "Reload it, look at it again, and send the fields revision and revision_hash of what you saw."
ONE_CHANGE = Command.APPLY_CHANGE

Ask = Callable[[], Decision]


def bound(revision: int | None, digest: str | None, shown: Any = EDITED, *, required: bool = True) -> Decision:
    return binds(request(shown), revision, digest, required=required)


def counting(*rulings: Any, **more: Any) -> Decision:
    asked = request(SHOWN, rulings=rulings, state=State.APPROVED)
    return approved(asked, jury_of(asked, lambda user: more.get(user.partition("@")[0], YES)), FOUR_EYES)


EVERYBODY = jury_of(request(SHOWN))


WORDS: list[tuple[str, Ask, Decision]] = [
    (
        "a comment",
        lambda: judge(Command.ADD_COMMENT, request(), person(ZOE, may_decide=False), FOUR_EYES),
        Decision.yes("everybody who is signed in may comment", "comment"),
    ),
    (
        "a command that may be given",
        lambda: judge(Command.APPROVE, request(), person(ADA), FOUR_EYES),
        Decision.yes(f"{ADA} may approve_request now", "approve_request"),
    ),
    (
        "an own request",
        lambda: judge(Command.APPROVE, request(), person(EVE), FOUR_EYES),
        Decision.no("You have requested this change yourself; somebody else must approve it.", "self_approval"),
    ),
    (
        "an own edit",
        lambda: judge(Command.APPROVE, request(revision(2, authors=(EVE, ADA))), person(ADA), FOUR_EYES),
        Decision.no("You have edited this change yourself; somebody else must approve it.", "self_approval"),
    ),
    (
        "several changes at once",
        lambda: judge(ONE_CHANGE, request(revision(changes=2)), person(ADA), FOUR_EYES),
        Decision.no(
            "This request has 2 open changes, which are approved together: send approve_request.", "several_changes"
        ),
    ),
    (
        "no permission",
        lambda: judge(Command.CANCEL, request(), person(ZOE, may_decide=False), FOUR_EYES),
        NO,
    ),
    (
        "an own approval without the permission",
        lambda: may_approve_own(person(EVE, may_decide=False), (APP,), ALONE),
        NO,
    ),
    (
        "an own approval where nobody approves their own",
        lambda: may_approve_own(person(EVE), (APP,), FOUR_EYES),
        Decision.no(
            "Nobody approves their own request here: submit it without admin_auto_approve, and ask somebody else.",
            "self_approval",
        ),
    ),
    (
        "an own approval",
        lambda: may_approve_own(person(EVE), (APP,), ALONE),
        Decision.yes("self-approval is configured", "self_approval"),
    ),
    (
        "the only revision",
        lambda: bound(None, None, SHOWN),
        Decision.yes("there is only one revision", "first_revision"),
    ),
    (
        "nothing said about an edited request",
        lambda: bound(None, None),
        Decision.no(f"The request was edited and is at revision 2. {RELOAD}", "stale_revision"),
    ),
    (
        "what was shown",
        lambda: bound(2, request(EDITED).head.revision_hash),
        Decision.yes("revision 2 was shown", "bound"),
    ),
    (
        "a number without its hash",
        lambda: bound(2, None),
        Decision.no("Send both fields: revision and revision_hash of what you saw.", "stale_revision"),
    ),
    (
        "another hash",
        lambda: bound(2, "0"),
        Decision.no(f"The request was edited meanwhile and is at revision 2. {RELOAD}", "stale_revision"),
    ),
    (
        "other changes than the stored ones",
        lambda: approved(request(SHOWN, rulings=[approval(SHOWN)], revision_hash="0"), EVERYBODY, FOUR_EYES),
        Decision.no("The stored changes are not those that were reviewed.", "content_altered"),
    ),
    ("nobody's approval", counting, Decision.no("Nobody has approved revision 1.", "not_approved")),
    (
        "a rejection",
        lambda: counting(approval(SHOWN, verdict=Verdict.REJECT)),
        Decision.no("Nobody has approved revision 1.", "not_approved"),
    ),
    (
        "approvals of two",
        lambda: counting(approval(SHOWN), approval(SHOWN, BO)),
        Decision.yes(f"approved by {ADA}", "quorum"),
    ),
    (
        "approvals that count no more",
        lambda: counting(approval(SHOWN), approval(SHOWN, BO), approval(SHOWN, EVE), ada=NO, bo=NO),
        Decision.no(
            f"The approval does not count any more. {ADA}: may not; {BO}: may not; {EVE}: You have requested this change "
            "yourself; somebody else must approve it.",
            "approval_lost",
        ),
    ),
    (
        "one approval that counts beside one that does not",
        lambda: counting(approval(SHOWN), approval(SHOWN, BO), bo=NO),
        Decision.yes(f"approved by {ADA}", "quorum"),
    ),
    (
        "an unapproved request at the gate",
        lambda: may_apply(request(), SHOWN.changes[0].id, EVERYBODY, FOUR_EYES),
        Decision.no("The request is pending, not approved.", "wrong_state"),
    ),
    (
        "no such change at the gate",
        lambda: may_apply(request(state=State.APPROVED), "x" * 200, EVERYBODY, FOUR_EYES),
        Decision.no(f"The request has no change {'x' * 100}.", "no_such_change"),
    ),
    (
        "a change that has ended at the gate",
        lambda: may_apply(
            request(statuses=[ChangeStatus.APPLIED], state=State.APPLYING),
            SHOWN.changes[0].id,
            EVERYBODY,
            FOUR_EYES,
        ),
        Decision.no("The change is applied already.", "change_ended"),
    ),
]


@pytest.mark.parametrize(("ask", "expected"), [pytest.param(*words[1:], id=words[0]) for words in WORDS])
def test_each_decision_says_why_and_by_which_rule(ask: Ask, expected: Decision) -> None:
    assert ask() == expected


def test_a_change_without_its_record_or_without_its_plan_is_not_applied() -> None:
    asked = request(state=State.APPROVED, rulings=[approval(SHOWN)])
    change_id = SHOWN.changes[0].id
    assert may_apply(asked, change_id, EVERYBODY, FOUR_EYES).allowed
    for less in (
        asked.model_copy(update={"records": ()}),
        asked.model_copy(update={"revision": SHOWN.model_copy(update={"changes": ()})}),
    ):
        assert may_apply(less, change_id, EVERYBODY, FOUR_EYES).rule == "no_such_change"


STANDINGS = [
    (
        {"state": State.NEEDS_REBASE},
        (
            "What is live has changed since it was reviewed (needs_rebase). Edit the change, which makes a new revision of what"
            " is live now, and have that approved."
        ),
    ),
    ({"state": State.APPROVED, "reviewer": ADA}, f"The request was already approved by {ADA}. Reload to see it."),
    ({"state": State.APPLYING}, "The request was already approved. Reload to see it."),
    (
        {"state": State.APPLIED, "reviewer": ADA},
        f"The request was already approved by {ADA} and is now applied. Reload to see it.",
    ),
    (
        {"state": State.REJECTED, "reviewer": BO},
        f"The request was already rejected by {BO} and is now rejected. Reload to see it.",
    ),
    (
        {"state": State.CANCELLED, "reviewer": EVE},
        f"The request was already cancelled by {EVE} and is now cancelled. Reload to see it.",
    ),
    (
        {"state": State.EXPIRED},
        "The request was already left undecided until it expired and is now expired. Reload to see it.",
    ),
]


@pytest.mark.parametrize(("head", "words"), STANDINGS)
def test_whoever_comes_too_late_is_told_where_the_request_stands(head: dict[str, Any], words: str) -> None:
    assert standing(request(**head).head) == words
    if head["state"] is not State.NEEDS_REBASE:
        late = judge(Command.APPROVE, request(**head), person(BO), FOUR_EYES)
        assert late == Decision.no(words, "wrong_state")


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (Decision.no("late", "wrong_state"), Conflict),
        (Decision.no("stale", "stale_revision"), Conflict),
        (Decision.no("several", "several_changes"), InvalidInput),
        (Decision.no("never", "can_admin_policies"), Forbidden),
    ],
)
def test_a_refusal_is_raised_as_what_it_is_with_its_words(decision: Decision, error: type[AppError]) -> None:
    with pytest.raises(error) as refusal:
        require(decision)
    assert (refusal.value.message, refusal.value.reason) == (decision.reason, decision.rule)
    require(YES)


def test_a_step_that_a_life_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(Conflict) as refusal:
        check_transition(State.APPLIED, State.PENDING)
    assert refusal.value.message == "A request that is applied can't become pending."
    assert refusal.value.reason == "wrong_state"


def test_what_is_not_there_is_told_in_the_words_that_clients_know() -> None:
    error = not_found()
    assert isinstance(error, NotFound)
    assert error.message == "Error getting request: Request with that ID not found"
    assert error.reason == "request_not_found"


def test_a_protected_role_is_told_with_the_rule_that_protects_it() -> None:
    hub = Hub(account_id="123456789012")
    refusal = protected(Arn.parse(hub.api_role_arn), hub, Spoke())
    assert refusal == Decision.no(f"{hub.api_role_arn} is protected: no request may change it.", "own_role")


@pytest.mark.parametrize("command", [Command.CANCEL, Command.REJECT, Command.APPROVE])
def test_whoever_may_decide_is_asked_about_the_targets_of_this_request(command: Command) -> None:
    asked: list[tuple[str, ...]] = []

    def may_decide(targets: tuple[str, ...]) -> Decision:
        asked.append(targets)
        return YES

    def jury(asked: Request) -> Jury:
        return jury_of(asked, lambda _: may_decide(asked.targets))

    assert judge(command, request(), Person(ADA, may_decide, jury=jury), FOUR_EYES).allowed
    assert may_approve_own(Person(ADA, may_decide), (APP, "other"), ALONE).allowed
    assert asked == [(APP,), (APP, "other")]


def test_without_a_word_about_visibility_everybody_sees_everything() -> None:
    assert person(ZOE).sees("anything") is True
