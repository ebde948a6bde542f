"""Where the approval of a request stands, and who may say something now."""

from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.core.decisions import Decision
from chalicelib.core.targets import Target
from chalicelib.requests.approval.models import Jury, Voter
from chalicelib.requests.approval.rules import requirements
from chalicelib.requests.approval.standing import Standing
from chalicelib.requests.models import Request, RequestsConfig, Revision, Ruling
from chalicelib.requests.rules import Person, approved, judge
from chalicelib.requests.states import Command, State, Verdict
from tests.support.clock import START
from tests.support.request_builders import NO, YES, approval, jury_of, matter, person, request, revision
from tests.support.request_world import ADA, APP, BO, EVE, ZOE

TWO = RequestsConfig.model_validate({"approval_rules": [{"name": "two", "stages": [{"count": 2}]}]})
OPEN = RequestsConfig()
SHOWN = revision()


def config(**rule: Any) -> RequestsConfig:
    return RequestsConfig.model_validate({"approval_rules": [{"name": "rule", **rule}]})


def ruled(*rulings: Ruling, shown: Revision = SHOWN, **more: Any) -> Request:
    numbered = [ruling.model_copy(update={"id": f"{place:03}"}) for place, ruling in enumerate(rulings)]
    return request(shown, rulings=numbered, **more)


def verdict(asked: Request, settings: RequestsConfig = OPEN, **more: Any) -> Decision:
    return approved(asked, jury_of(asked, config=settings, **more), settings)


def asks(user: str = BO) -> Ruling:
    return approval(SHOWN, user, verdict=Verdict.ASK)


def rejects(user: str = BO) -> Ruling:
    return approval(SHOWN, user, verdict=Verdict.REJECT)


@pytest.mark.parametrize(
    ("rulings", "settings", "allowed"),
    [
        ([approval(SHOWN)], OPEN, True),
        ([approval(SHOWN)], TWO, False),
        ([approval(SHOWN), approval(SHOWN, BO)], TWO, True),
        ([approval(SHOWN), approval(SHOWN)], TWO, False),
        ([approval(SHOWN), approval(SHOWN, EVE)], TWO, False),
        ([approval(SHOWN), asks()], OPEN, False),
        ([asks(), approval(SHOWN)], OPEN, False),
        ([asks(), approval(SHOWN, BO)], OPEN, True),
        ([approval(SHOWN, BO), asks()], OPEN, False),
        ([approval(SHOWN), rejects()], OPEN, False),
        ([rejects(), approval(SHOWN)], OPEN, True),
        ([approval(SHOWN), rejects(), approval(SHOWN, BO)], TWO, False),
        ([asks(), rejects(), approval(SHOWN)], OPEN, True),
        ([], OPEN, False),
    ],
)
def test_a_revision_is_approved_by_as_many_as_the_rules_want_and_over_nobodys_wish_for_changes(
    rulings: list[Ruling], settings: RequestsConfig, allowed: bool
) -> None:
    assert verdict(ruled(*rulings), settings).allowed is allowed


def test_one_approval_of_two_says_for_whom_it_waits() -> None:
    found = verdict(ruled(approval(SHOWN)), TWO)
    waits = "It waits for one approval by an administrator of what is changed."
    assert found == Decision.no(f"Approved by {ADA}. {waits}", "not_enough")


def test_a_request_without_changes_is_approved_by_nobody() -> None:
    empty = revision(changes=0)
    assert not verdict(ruled(approval(empty), shown=empty)).allowed


def test_an_approval_of_somebody_who_lost_the_right_counts_no_more_and_others_still_do() -> None:
    asked = ruled(approval(SHOWN), approval(SHOWN, BO))
    lost = jury_of(asked, lambda user: NO if user == ADA else YES, config=TWO)
    found = approved(asked, lost, TWO)
    assert found == Decision.no(f"The approval does not count any more. {ADA}: may not", "approval_lost")


def with_changes(request_: Request, **more: Any) -> Jury:
    """A jury whose changes have these facts, too."""
    base = jury_of(request_)
    changes = [matter(request_, change, **more) for change in request_.revision.changes]
    return Jury(requirements(changes, ()), base.who_is, base.by_rule, base.now)


def test_whoever_gets_something_by_it_does_not_approve_it_unless_that_is_configured() -> None:
    asked = ruled(approval(SHOWN))
    gains = with_changes(asked, gains=frozenset({f"user:{ADA}"}))
    assert not approved(asked, gains, OPEN).allowed
    assert approved(asked, gains, RequestsConfig(allow_self_approval=True)).allowed
    assert approved(asked, with_changes(asked, gains=frozenset({f"user:{ZOE}"})), OPEN).allowed


def test_every_change_needs_its_own_approvals_and_one_person_may_give_them_all() -> None:
    both = revision(changes=2)
    asked = ruled(approval(both), shown=both)
    assert verdict(asked).allowed
    targets = (Target("222222222222", APP), Target("222222222222", f"{APP}-other"))
    changes = [matter(asked, change, target=target) for change, target in zip(both.changes, targets, strict=True)]

    def who_is(user: str) -> Voter:
        mine = {ADA: APP, BO: f"{APP}-other"}[user]
        return Voter(user, frozenset(), lambda arn: YES if arn == mine else NO)

    jury = Jury(requirements(changes, ()), who_is, lambda: NO, START)
    assert approved(asked, jury, OPEN).rule == "not_enough"
    assert approved(ruled(approval(both), approval(both, BO), shown=both), jury, OPEN).allowed


def test_a_cancelled_change_needs_nobody() -> None:
    first, second = revision(changes=2).changes
    shown = revision(changes=2).model_copy(update={"changes": (first, second.model_copy(update={"cancelled": True}))})
    asked = ruled(approval(shown), shown=shown)
    assert len(jury_of(asked).requirements.changes) == 1
    assert verdict(asked).allowed


def by_rule(user: str = "system:auto_approval") -> Ruling:
    return approval(SHOWN, user, rule="reading")


def test_an_approval_by_a_rule_counts_while_rules_still_say_so() -> None:
    asked = ruled(by_rule())
    assert verdict(asked, by_rule=Decision.yes("It only reads.", "reading")).allowed
    lost = verdict(asked, by_rule=Decision.no("Not any more.", "off"))
    assert lost == Decision.no("The approval does not count any more. Not any more.", "approval_lost")


def test_an_approval_by_a_rule_is_none_by_a_person() -> None:
    asked = ruled(by_rule(ADA))
    assert not verdict(asked).allowed


def test_a_wish_for_changes_stops_a_rule_too() -> None:
    asked = ruled(asks(), by_rule())
    assert not verdict(asked, by_rule=Decision.yes("It only reads.", "reading")).allowed


SHORT = config(ends_within_hours=2)


@pytest.mark.parametrize(
    ("until", "allowed"),
    [(None, False), (START + 2 * 3600, True), (START + 2 * 3600 + 1, False), (START + 60, True)],
)
def test_what_a_rule_wants_to_end_is_approved_only_with_an_end(until: int | None, allowed: bool) -> None:
    found = verdict(ruled(approval(SHOWN, until=until)), SHORT)
    assert found.allowed is allowed
    if not allowed:
        assert found.rule == "end_required"


def test_the_earliest_end_of_those_who_approve_counts() -> None:
    asked = ruled(approval(SHOWN, until=START + 100), approval(SHOWN, BO, until=START + 50))
    stands = Standing(asked, jury_of(asked, config=TWO), TWO)
    assert stands.until(SHOWN.changes[0].id) == START + 50
    assert Standing(asked, jury_of(asked), OPEN).until(SHOWN.changes[0].id) == START + 100, "Bo's counts for nothing"


def may(command: Command, asked: Request, user: str, settings: RequestsConfig, groups: Iterable[str] = ()) -> Decision:
    jury = jury_of(asked, lambda _: NO, settings)
    own = Voter(user, frozenset({f"user:{user}", *groups}), lambda _: NO)
    known = Jury(jury.requirements, lambda one: own if one == user else jury.who_is(one), jury.by_rule, jury.now)
    return judge(command, asked, Person(user, lambda _: NO, jury=lambda _: known), settings)


ORDERED = config(stages=[{"approvers": ["group:first"]}, {"approvers": ["group:second"]}])


def test_each_approves_in_their_turn() -> None:
    assert may(Command.APPROVE, request(), ADA, ORDERED, ["group:first"]).allowed
    refusal = may(Command.APPROVE, request(), BO, ORDERED, ["group:second"])
    assert refusal == Decision.no(
        "Others must approve it first. It waits for one approval by group:first.", "not_your_turn"
    )
    assert may(Command.APPROVE, request(), ZOE, ORDERED).rule == "not_an_approver"


@pytest.mark.parametrize("command", [Command.REJECT, Command.ASK_FOR_CHANGES])
def test_whoever_may_approve_at_any_time_may_say_no_now(command: Command) -> None:
    assert may(command, request(), BO, ORDERED, ["group:second"]).allowed
    assert not may(command, request(), ZOE, ORDERED).allowed


def test_whoever_has_approved_is_told_so_and_for_whom_it_waits() -> None:
    asked = ruled(approval(SHOWN))
    found = judge(Command.APPROVE, asked, person(ADA, config=TWO), TWO)
    assert found.rule == "approved_already"
    assert "It waits for one approval by" in found.reason
    assert judge(Command.APPROVE, asked, person(BO, config=TWO), TWO).allowed


def test_whoever_asked_for_changes_may_take_that_back() -> None:
    asked = ruled(asks(ADA))
    assert judge(Command.APPROVE, asked, person(ADA), OPEN).allowed
    assert judge(Command.APPROVE, asked, person(BO), OPEN).allowed
    assert not verdict(ruled(asks(ADA), approval(SHOWN, BO))).allowed


@pytest.mark.parametrize("state", [state for state in State if state not in {State.PENDING, State.STUCK}])
def test_changes_are_asked_for_only_while_a_request_is_pending(state: State) -> None:
    assert not judge(Command.ASK_FOR_CHANGES, request(state=state), person(ADA), OPEN).allowed


def test_people_are_looked_up_once_each() -> None:
    asked = ruled(approval(SHOWN), approval(SHOWN, BO))
    looked: list[str] = []

    def who_is(user: str) -> Voter:
        looked.append(user)
        return Voter(user, frozenset(), lambda _: YES)

    jury = Jury(jury_of(asked, config=TWO).requirements, who_is, lambda: NO, START)
    assert approved(asked, jury, TWO).allowed
    assert looked == [ADA, BO]


def test_it_is_the_turn_of_those_who_fill_what_is_open() -> None:
    settings = config(
        stages=[{"approvers": ["group:first"]}, {"approvers": ["group:second"]}],
        escalate={"after_hours": 1, "to": ["group:oncall"]},
    )

    def turn(asked: Request, now: int) -> frozenset[str]:
        jury = jury_of(asked, config=settings, now=now)
        mine = Voter(ADA, frozenset({"group:first"}), lambda _: NO)
        return Standing(asked, Jury(jury.requirements, lambda _: mine, jury.by_rule, now), settings).turn

    assert turn(request(), START) == {"group:first"}
    assert turn(request(), START + 3600) == {"group:first", "group:oncall"}
    assert turn(ruled(approval(SHOWN)), START) == {"group:second"}


@pytest.mark.parametrize(("kind", "allowed"), [("inline_policy", True), ("permissions_boundary", False)])
def test_a_removal_needs_no_end_unless_it_gives_more(kind: str, allowed: bool) -> None:
    (change,) = SHOWN.changes
    gone = change.model_copy(update={"preview": change.preview.inverse()})
    shown = SHOWN.model_copy(update={"changes": (gone,)})
    asked = ruled(approval(shown), shown=shown)
    needs = requirements([matter(asked, gone, change_type=kind)], SHORT.approval_rules)
    base = jury_of(asked)
    assert approved(asked, Jury(needs, base.who_is, base.by_rule, base.now), SHORT).allowed is allowed


def test_once_enough_have_approved_it_waits_only_for_who_asked_for_changes() -> None:
    asked = ruled(asks(BO), approval(SHOWN))
    refusal = judge(Command.APPROVE, asked, person("cy@example.com"), OPEN)
    assert (refusal.allowed, refusal.reason) == (
        False,
        f"Enough people have approved it. It waits for {BO}, who asked for changes.",
    )
    assert judge(Command.APPROVE, asked, person(BO), OPEN).allowed
