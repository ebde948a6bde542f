"""Who may do what to a request, and when."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.arn import Arn
from chalicelib.core.decisions import Decision
from chalicelib.core.deployment import Hub, Spoke
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput
from chalicelib.requests.models import Event, RequestsConfig
from chalicelib.requests.rules import (
    Person,
    approved,
    binds,
    check_transition,
    judge,
    may_apply,
    may_approve_own,
    outcome,
    protected,
    require,
)
from chalicelib.requests.states import TRANSITIONS, ChangeStatus, Command, State, Verdict
from tests.support.clock import START
from tests.support.request_builders import NO, REQUEST_ID, YES, approval, jury_of, person, request, revision
from tests.support.request_world import ADA, APP, BO, EVE, ZOE

FOUR_EYES, ALONE = RequestsConfig(), RequestsConfig(allow_self_approval=True)
DECIDING = (Command.APPROVE, Command.APPLY_CHANGE)


@pytest.mark.parametrize("command", [Command.APPROVE, Command.APPLY_CHANGE, Command.REJECT])
def test_only_who_may_decide_decides(command: Command) -> None:
    assert judge(command, request(), person(ADA), FOUR_EYES).allowed
    assert not judge(command, request(), person(ZOE, may_decide=False), FOUR_EYES).allowed


@pytest.mark.parametrize("command", DECIDING)
def test_nobody_approves_what_they_have_written_unless_that_is_configured(command: Command) -> None:
    refusal = judge(command, request(), person(EVE), FOUR_EYES)
    assert (refusal.allowed, refusal.rule) == (False, "self_approval")
    assert judge(command, request(), person(EVE), ALONE).allowed


@pytest.mark.parametrize("command", DECIDING)
def test_an_approver_who_edits_becomes_an_author_and_does_not_approve_alone(command: Command) -> None:
    edited = request(revision(2, authors=(EVE, ADA)))
    refusal = judge(command, edited, person(ADA), FOUR_EYES)
    assert not refusal.allowed
    assert "edited this change yourself" in refusal.reason
    assert judge(command, edited, person(BO), FOUR_EYES).allowed


def test_self_approval_needs_the_permission_all_the_same() -> None:
    assert not judge(Command.APPROVE, request(), person(EVE, may_decide=False), ALONE).allowed


@pytest.mark.parametrize("command", [Command.UPDATE_CHANGE, Command.CANCEL])
def test_the_requester_and_who_may_decide_edit_and_cancel_and_nobody_else(command: Command) -> None:
    assert judge(command, request(), person(EVE, may_decide=False), FOUR_EYES).allowed
    assert judge(command, request(), person(ADA), FOUR_EYES).allowed
    assert not judge(command, request(), person(ZOE, may_decide=False), FOUR_EYES).allowed


@pytest.mark.parametrize("state", [state for state in State if state is not State.STUCK])
def test_everybody_may_comment_in_every_state(state: State) -> None:
    assert judge(Command.ADD_COMMENT, request(state=state), person(ZOE, may_decide=False), FOUR_EYES).allowed


@pytest.mark.parametrize("state", [state for state in State if state is not State.STUCK])
def test_commands_fit_the_states_of_a_request(state: State) -> None:
    line = Event(id="e", at=START, actor=ADA, kind=state.value, text="")
    stands = request(state=state).model_copy(update={"events": (line,)})
    allowed = {command for command in Command if judge(command, stands, person(ADA), FOUR_EYES).allowed}
    edits = {Command.UPDATE_CHANGE, Command.CANCEL_CHANGE, Command.CHANGE_EXPIRY, Command.CANCEL}
    wanted = {
        State.DRAFT: {*edits, Command.SUBMIT},
        State.PENDING: {*edits, *DECIDING, Command.REJECT, Command.ASK_FOR_CHANGES},
        State.NEEDS_REBASE: {*edits, Command.REJECT},
        State.REJECTED: {Command.MOVE_BACK},
        State.CANCELLED: {Command.MOVE_BACK},
    }.get(state, set())
    assert allowed == {Command.ADD_COMMENT, *wanted}


def test_who_comes_too_late_is_told_who_was_faster_and_where_it_stands() -> None:
    decided = request(state=State.APPLIED, reviewer=BO)
    refusal = judge(Command.APPROVE, decided, person(ADA), FOUR_EYES)
    assert refusal.reason == f"The request was already approved by {BO} and is now applied. Reload to see it."
    with pytest.raises(Conflict):
        require(refusal)


def test_who_may_not_is_not_told_the_state() -> None:
    refusal = judge(Command.APPROVE, request(state=State.REJECTED), person(ZOE, may_decide=False), FOUR_EYES)
    with pytest.raises(Forbidden):
        require(refusal)


@pytest.mark.parametrize("count", [2, 3])
def test_apply_change_is_for_requests_with_one_open_change(count: int) -> None:
    refusal = judge(Command.APPLY_CHANGE, request(revision(changes=count)), person(ADA), FOUR_EYES)
    with pytest.raises(InvalidInput, match="send approve_request"):
        require(refusal)


def test_without_a_word_about_the_revision_only_the_first_is_decided() -> None:
    assert binds(request(), None, None, required=True).allowed
    second = request(revision(2))
    refusal = binds(second, None, None, required=True)
    assert not refusal.allowed
    assert "Reload it" in refusal.reason
    assert "revision and revision_hash" in refusal.reason


def test_an_approval_names_the_hash_of_what_was_shown() -> None:
    second = request(revision(2))
    shown = second.head.revision_hash
    assert binds(second, 2, shown, required=True).allowed
    assert binds(second, None, shown, required=True).allowed
    assert not binds(second, 1, shown, required=True).allowed
    assert not binds(second, 2, "0" * 64, required=True).allowed
    assert not binds(second, 2, None, required=True).allowed


def test_even_the_first_revision_is_refused_under_a_wrong_hash() -> None:
    assert not binds(request(), 1, "0" * 64, required=True).allowed


def test_a_rejection_may_leave_out_the_revision_but_not_name_an_old_one() -> None:
    second = request(revision(2))
    assert binds(second, None, None, required=False).allowed
    assert binds(second, 2, None, required=False).allowed
    assert not binds(second, 1, None, required=False).allowed
    assert not binds(second, 1, request().head.revision_hash, required=False).allowed


def test_the_hash_covers_everything_that_is_shown() -> None:
    shown = revision()
    (change,) = shown.changes
    after = change.preview.after
    variants = [
        shown.model_copy(update={"number": 2}),
        shown.model_copy(update={"changes": ()}),
        *(
            shown.model_copy(update={"changes": (change.model_copy(update=update),)})
            for update in (
                {"id": "other"},
                {"target": "arn:aws:iam::222222222222:role/other"},
                {"title": "Delete"},
                {"wish": {**change.wish, "policy_name": "other"}},
                {"preview": change.preview.model_copy(update={"before": after})},
                {"preview": change.preview.inverse()},
            )
        ),
    ]
    hashes = {variant.hash(REQUEST_ID) for variant in variants}
    assert len(hashes) == len(variants)
    assert shown.hash(REQUEST_ID) not in hashes
    assert shown.hash("another request") != shown.hash(REQUEST_ID)


def test_changes_that_are_not_those_that_were_reviewed_are_never_approved() -> None:
    shown = revision()
    good = request(shown, rulings=[approval(shown)], state=State.APPROVED)
    assert approved(good, jury_of(good), FOUR_EYES).allowed
    (change,) = shown.changes
    altered = shown.model_copy(update={"changes": (change.model_copy(update={"title": "x"}),)})
    assert approved(good.model_copy(update={"revision": altered}), jury_of(good), FOUR_EYES).rule == "content_altered"


@pytest.mark.parametrize("other", [{"revision": 1}, {"revision_hash": "0" * 64}, {"verdict": Verdict.REJECT}])
def test_an_approval_of_anything_else_does_not_count(other: dict[str, Any]) -> None:
    shown = revision(2)
    asked = request(shown, rulings=[approval(shown, **other)], state=State.APPROVED)
    assert approved(asked, jury_of(asked), FOUR_EYES).rule == "not_approved"


users = st.sampled_from([ADA, BO, EVE, ZOE])
rulings = st.lists(st.tuples(users, st.sampled_from(Verdict), st.sampled_from([1, 2]), st.booleans()), max_size=5)


@given(
    state=st.sampled_from([State.APPROVED, State.APPLYING]) | st.sampled_from(list(TRANSITIONS)),
    status=st.sampled_from([ChangeStatus.PROPOSED, ChangeStatus.APPLYING]) | st.sampled_from(ChangeStatus),
    authors=st.lists(users, min_size=1, max_size=3, unique=True),
    given_rulings=rulings,
    may=st.sets(users),
    alone=st.booleans(),
)
def test_a_change_is_applied_exactly_when_somebody_else_who_still_may_has_approved_this_very_revision(
    state: State,
    status: ChangeStatus,
    authors: list[str],
    given_rulings: list[tuple[str, Verdict, int, bool]],
    may: set[str],
    alone: bool,
) -> None:
    shown = revision(2, authors=authors)
    made = [
        approval(
            shown, actor, id=str(place), verdict=verdict, revision=number, **({} if right else {"revision_hash": "0"})
        )
        for place, (actor, verdict, number, right) in enumerate(given_rulings)
    ]
    asked = request(shown, statuses=[status], rulings=made, state=state)
    decision = may_apply(
        asked,
        shown.changes[0].id,
        jury_of(asked, lambda user: YES if user in may else NO),
        RequestsConfig(allow_self_approval=alone),
    )
    last: dict[str, Verdict] = {}
    for actor, verdict, number, right in given_rulings:
        if number == 2 and right:
            last = {} if verdict is Verdict.REJECT else {**last, actor: verdict}
    approvers = {actor for actor, verdict in last.items() if verdict is Verdict.APPROVE}
    expected = (
        state in {State.APPROVED, State.APPLYING}
        and status in {ChangeStatus.PROPOSED, ChangeStatus.APPLYING}
        and Verdict.ASK not in last.values()
        and bool({user for user in approvers & may if alone or user not in authors})
    )
    assert decision.allowed == expected, decision
    assert decision.reason


def test_a_change_that_the_request_does_not_have_is_not_applied() -> None:
    shown = revision()
    asked = request(shown, rulings=[approval(shown)], state=State.APPROVED)
    assert may_apply(asked, "other", jury_of(asked), FOUR_EYES).rule == "no_such_change"


@given(st.lists(st.sampled_from(ChangeStatus), min_size=1, max_size=4))
def test_what_became_of_a_request_follows_from_its_changes(statuses: list[ChangeStatus]) -> None:
    shown = revision(changes=len(statuses))
    state = outcome(request(shown, statuses=statuses).records)
    tried = [status for status in statuses if status is not ChangeStatus.CANCELLED]
    if {ChangeStatus.PROPOSED, ChangeStatus.APPLYING} & set(tried):
        assert state is None
    elif ChangeStatus.APPLIED in tried:
        whole = set(tried) <= {ChangeStatus.APPLIED, ChangeStatus.ENDED}
        assert state is (State.APPLIED if whole else State.PARTIALLY_APPLIED)
    elif ChangeStatus.ENDED in tried:
        assert state is State.ENDED
    else:
        assert state is (State.NEEDS_REBASE if ChangeStatus.NEEDS_REBASE in tried else State.FAILED)


@pytest.mark.parametrize("before", TRANSITIONS)
@pytest.mark.parametrize("after", [state for state in State if state is not State.STUCK])
def test_a_step_that_the_table_does_not_have_is_refused(before: State, after: State) -> None:
    if after in TRANSITIONS[before]:
        check_transition(before, after)
    else:
        with pytest.raises(Conflict):
            check_transition(before, after)


def test_nothing_is_applied_without_an_approval_and_no_end_is_left() -> None:
    into_applying = {before for before, after in TRANSITIONS.items() if State.APPLYING in after}
    assert into_applying == {State.APPROVED, State.APPLYING}
    into_approved = {before for before, after in TRANSITIONS.items() if State.APPROVED in after}
    assert into_approved == {State.PENDING, State.PARTIALLY_APPLIED, State.FAILED}
    assert {state for state, after in TRANSITIONS.items() if not after} == {State.EXPIRED, State.ENDED}
    assert set(TRANSITIONS) == set(State) - {State.STUCK}


@pytest.mark.parametrize(
    "role",
    [
        "ConsoleMeApi",
        "ConsoleMeSpokeRead",
        "ConsoleMeSpokeApply",
        "path/ConsoleMeSpokeApply",
        "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123",
    ],
)
def test_our_own_and_reserved_roles_are_protected(role: str) -> None:
    hub = Hub(account_id="123456789012")
    refusal = protected(Arn.parse(f"arn:aws:iam::123456789012:role/{role}"), hub, Spoke())
    assert refusal is not None
    assert "no request may change it" in refusal.reason


def test_other_roles_are_not_protected() -> None:
    assert protected(Arn.parse("arn:aws:iam::123456789012:role/app"), Hub(account_id="123456789012"), Spoke()) is None


def test_who_submits_as_approved_needs_the_permission_and_the_configuration() -> None:
    assert may_approve_own(person(ADA), (APP,), ALONE).allowed
    assert not may_approve_own(person(ADA), (APP,), FOUR_EYES).allowed
    assert not may_approve_own(person(ADA, may_decide=False), (APP,), ALONE).allowed


def test_a_person_looks_at_their_own_requests_and_at_those_whose_every_target_they_see() -> None:
    half = Person(ZOE, lambda _: NO, lambda arn: arn == APP)
    assert half.may_look_at(EVE, [APP])
    assert not half.may_look_at(EVE, [APP, f"{APP}x"])
    assert half.may_look_at(ZOE, [f"{APP}x"])
    assert person(ZOE, may_decide=False).may_look_at(EVE, ["anything"])


def test_the_targets_of_a_request_are_asked_about_each_once() -> None:
    asked: list[tuple[str, ...]] = []

    def may_decide(targets: tuple[str, ...]) -> Decision:
        asked.append(targets)
        return YES

    judge(Command.CANCEL, request(revision(changes=2)), Person(ADA, may_decide), FOUR_EYES)
    assert asked == [(APP,)]


def test_of_somebody_without_a_jury_nothing_is_approved() -> None:
    assert not judge(Command.APPROVE, request(), Person(ADA, lambda _: YES), FOUR_EYES).allowed
