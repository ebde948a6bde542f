"""Whose approvals count for what: another person for each, in the order of stages, as many as possible."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.decisions import Decision
from chalicelib.requests.approval.models import ADMINISTRATORS, ApprovalRule, ChangeNeeds, Voter
from chalicelib.requests.approval.progress import Given, may_give, progress
from chalicelib.requests.approval.rules import requirements
from tests.support.clock import START
from tests.support.request_builders import NO, YES, matter, planned, request, voter

GROUPS = ("a", "b", "c")


def needs(*stages: dict[str, Any], **more: Any) -> ChangeNeeds:
    rule = ApprovalRule.model_validate({"name": "rule", "stages": list(stages), **more})
    (found,) = requirements([matter(request(), planned())], [rule]).changes
    return found


def given_by(*voters: Voter, at: int = START) -> list[Given]:
    return [Given(one, at + place) for place, one in enumerate(voters)]


def stage(*groups: str, count: int = 1) -> dict[str, Any]:
    return {"approvers": [f"group:{name}" for name in groups], "count": count}


def test_stages_are_taken_one_after_the_other() -> None:
    ordered = needs(stage("a"), stage("b"))
    ann, ben = voter("ann", NO, "a"), voter("ben", NO, "b")
    assert progress(ordered, given_by(ann, ben)).complete
    early = progress(ordered, given_by(ben, ann))
    assert not early.complete
    assert early.people == ("ann",)
    assert [one.open for one in early.stages] == [False, True]
    assert progress(ordered, given_by(ben, ann, ben)).complete


def test_one_person_counts_once_for_a_change() -> None:
    both = voter("ann", YES, "a", "b")
    assert progress(needs(stage("a"), stage("b")), given_by(both, both)).people == ("ann",)
    assert progress(needs(stage("a", count=2)), given_by(both, both)).people == ("ann",)


def test_whoever_may_fill_several_needs_makes_room_for_whoever_may_fill_one() -> None:
    adds = ApprovalRule.model_validate({"name": "more", "adds": True, "stages": [stage("b")]})
    first = ApprovalRule.model_validate({"name": "first", "stages": [stage("a")]})
    (both,) = requirements([matter(request(), planned())], [first, adds]).changes
    ann, ben = voter("ann", NO, "a", "b"), voter("ben", NO, "a")
    for order in itertools.permutations([ann, ben]):
        found = progress(both, given_by(*order))
        assert found.complete
        assert found.stages[0].given == (("ben",), ("ann",))


def test_what_is_waited_for_is_said_in_words() -> None:
    found = progress(needs(stage("a", count=2), {}), given_by(voter("ann", NO, "a")))
    assert found.waiting == "one approval by group:a"
    assert progress(needs({"count": 2}), []).waiting == "2 approvals by an administrator of what is changed"
    assert progress(needs(stage("a")), given_by(voter("ann", NO, "a"))).waiting == ""


def test_somebody_of_whom_nothing_good_is_known_gives_nothing() -> None:
    stale = Decision.no("The groups of ann were not seen for a day.", "stale_groups")
    ann = Voter("ann", frozenset({"group:a"}), lambda _: YES, stale)
    wanted = needs(stage("a"))
    assert may_give(wanted.stages[0][0], wanted, Given(ann, START)) == stale
    assert not progress(wanted, given_by(ann)).complete


def test_others_may_give_it_only_from_the_hour_on() -> None:
    waits = needs(stage("a"), escalate={"after_hours": 2, "to": ["group:b"]})
    ben = voter("ben", NO, "b")
    assert not progress(waits, given_by(ben, at=START + 2 * 3600 - 1)).complete
    assert progress(waits, given_by(ben, at=START + 2 * 3600)).complete


def test_administrators_are_asked_about_the_target_of_this_change() -> None:
    asked: list[str] = []

    def administers(arn: str) -> Decision:
        asked.append(arn)
        return YES

    wanted = needs({})
    assert wanted.stages[0][0].approvers == (ADMINISTRATORS,)
    assert progress(wanted, given_by(Voter("ann", frozenset(), administers))).complete
    assert set(asked) == {wanted.matter.target.arn}


def test_a_refusal_names_who_may() -> None:
    wanted = needs(stage("a", "b"))
    refusal = may_give(wanted.stages[0][0], wanted, Given(voter("ann", YES), START))
    assert refusal == Decision.no("The rule rule wants it approved by group:a or group:b.", "not_an_approver")


people = st.dictionaries(st.sampled_from("uvwxyz"), st.sets(st.sampled_from(GROUPS)), min_size=0, max_size=5)
stages = st.lists(
    st.builds(
        lambda names, count: stage(*sorted(names), count=count),
        st.sets(st.sampled_from(GROUPS), min_size=1, max_size=2),
        st.integers(1, 2),
    ),
    min_size=1,
    max_size=2,
)


@given(main=stages, more=stages, who=people)
def test_one_stage_is_complete_exactly_when_different_people_can_fill_every_seat(
    main: list[dict[str, Any]], more: list[dict[str, Any]], who: dict[str, set[str]]
) -> None:
    rules = [
        ApprovalRule.model_validate({"name": "main", "stages": main[:1]}),
        ApprovalRule.model_validate({"name": "more", "stages": more[:1], "adds": True}),
    ]
    (asked,) = requirements([matter(request(), planned())], rules).changes
    found = progress(asked, given_by(*(voter(user, NO, *groups) for user, groups in who.items())))
    seats = [
        {name.removeprefix("group:") for name in need.approvers} for need in asked.stages[0] for _ in range(need.count)
    ]
    fillable = any(
        all(who[user] & seat for user, seat in zip(order, seats, strict=True))
        for order in itertools.permutations(who, len(seats))
    )
    assert found.complete == fillable


@given(wanted=stages, who=people, order=st.lists(st.sampled_from("uvwxyz"), max_size=10))
def test_whoever_counts_may_give_what_they_are_counted_for_and_is_counted_once(
    wanted: list[dict[str, Any]], who: dict[str, set[str]], order: list[str]
) -> None:
    asked = needs(*wanted)
    given = given_by(*(voter(user, NO, *who[user]) for user in order if user in who))
    found = progress(asked, given)
    assert len(found.people) == len(set(found.people))
    places = {one.voter.user: one for one in given}
    for one in found.stages:
        for need, users in zip(one.needs, one.given, strict=True):
            assert len(users) <= need.count
            assert all(may_give(need, asked, places[user]).allowed for user in users)
        assert one.complete == all(len(users) == need.count for need, users in zip(one.needs, one.given, strict=True))
    assert sum(one.open for one in found.stages) == (0 if found.complete else 1)
    later = list(itertools.dropwhile(lambda one: one.complete, found.stages))
    assert not any(users for one in later[1:] for users in one.given)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_as_many_as_are_wanted_are_enough(count: int) -> None:
    found = progress(needs({"count": 2}), given_by(*(voter(f"user{place}", YES) for place in range(count))))
    assert found.complete == (count >= 2)
    assert len(found.people) == min(count, 2)
