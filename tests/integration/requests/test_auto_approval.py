"""Rules of plugins that approve by themselves: where it is switched on, never over an objection, and judged again before each write."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.decisions import Decision
from chalicelib.core.hooks import ApprovalFacts
from tests.support.plugins import plugin
from tests.support.request_world import ADA, APP, EVE, SPOKE, World, body, document, empty

ON = {"requests": {"auto_approval": True}}
YES = Decision.yes("It only reads.", "read_only")
NO = Decision.no("Not at night.", "night")

Rule = Callable[[ApprovalFacts], Decision | None]


def ruled(shop: World, *rules: Rule, known: bool = True, **sections: Any) -> None:
    shop.plugins = tuple(plugin(f"acme{place}", auto_approval=rule) for place, rule in enumerate(rules))
    shop.configure(**(sections or ON))
    if known:
        with shop.boundary.unguarded():
            AccountStore().put(Account(account_id=SPOKE, name="payments", ou_path="Prod"), shop.clock.now())


def audited(shop: World) -> list[tuple[str, str]]:
    return [(link.entry.action, link.entry.person) for link in reversed(shop.container().audit.of_target(APP))]


def test_a_rule_approves_what_it_was_shown_and_the_rule_is_on_record(shop: World) -> None:
    shown: list[ApprovalFacts] = []

    def rule(request: ApprovalFacts) -> Decision:
        shown.append(request)
        return YES

    ruled(shop, rule)
    request_id = shop.requested()
    assert shop.state(request_id) == "applied"
    assert shop.policies() == {"export": document()}
    first = shown[0]
    assert (first.request_id, first.requester, first.justification) == (request_id, EVE, "nightly export")
    (change,) = first.changes
    assert (change.target.arn, change.target.account_id, change.target.ou_path) == (APP, SPOKE, "Prod")
    assert (change.change_type, change.before, change.after) == ("inline_policy", None, document())
    request = shop.find(request_id)
    assert (request.rulings[0].rule, request.rulings[0].actor) == ("acme0: read_only", "system:auto_approval")
    approval = next(
        link.entry for link in shop.container().audit.of_target(APP) if link.entry.action == "request.approve"
    )
    assert approval.details["rule"] == "acme0: read_only"
    assert (approval.person, approval.reason) == ("system:auto_approval", "It only reads.")
    assert audited(shop)[:3] == [
        ("request.create", f"user:{EVE}"),
        ("request.approve", "system:auto_approval"),
        ("request.change.applying", "system:apply_change"),
    ]
    assert any("rule acme0: read_only" in line.text for line in request.events)


@pytest.mark.parametrize(
    "rules",
    [
        pytest.param([], id="no rule"),
        pytest.param([lambda request: None], id="no opinion"),
        pytest.param([lambda request: YES, lambda request: NO], id="an objection"),
        pytest.param([lambda request: NO, lambda request: YES], id="an objection, heard last"),
        pytest.param([lambda request: YES, lambda request: 1 / 0], id="a rule that raises"),
        pytest.param([lambda request: True], id="an answer that is no decision"),
    ],
)
def test_people_decide_when_no_rule_does_or_one_objects_or_fails(shop: World, rules: list[Rule]) -> None:
    ruled(shop, *rules)
    request_id = shop.requested()
    assert shop.state(request_id) == "pending"
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_nothing_is_asked_where_it_is_not_switched_on(shop: World) -> None:
    asked: list[ApprovalFacts] = []

    def rule(request: ApprovalFacts) -> Decision:
        asked.append(request)
        return YES

    ruled(shop, rule, requests={})
    assert shop.state(shop.requested()) == "pending"
    assert asked == []


def test_a_rule_does_not_decide_about_an_account_that_nobody_knows(shop: World) -> None:
    ruled(shop, lambda request: YES, known=False)
    with shop.boundary.unguarded():
        empty("directory")
    assert shop.state(shop.requested()) == "pending"


@pytest.mark.parametrize("sections", [ON, {"requests": {"auto_approval": False}}])
def test_what_a_rule_no_longer_says_when_it_is_applied_is_not_applied(shop: World, sections: dict[str, Any]) -> None:
    answers = [YES]

    def rule(request: ApprovalFacts) -> Decision | None:
        return answers[0] if answers else NO

    ruled(shop, rule)
    request_id = str(shop.submit(EVE).request_id)
    plan = shop.invoke("prepare_request", {"request_id": request_id})
    assert plan["step"] == "apply"
    if sections == ON:
        answers.clear()
    shop.configure(**sections)
    outcome = shop.invoke("apply_change", {"request_id": request_id, "change_id": f"{request_id}0"})
    assert outcome["status"] == "failed"
    assert "The approval does not count any more" in outcome["reason"]
    assert shop.policies() == {}


def test_an_approval_that_a_crash_left_unrecorded_is_recorded_before_anything_is_applied(shop: World) -> None:
    ruled(shop, lambda request: YES)
    request_id = str(shop.submit(EVE).request_id)
    head = shop.find(request_id)
    plan = shop.invoke("prepare_request", {"request_id": request_id})
    again = shop.invoke("prepare_request", {"request_id": request_id})
    assert plan == again
    assert head.head.state.value == "pending"
    assert [action for action, _ in audited(shop)] == ["request.create", "request.approve"]


def test_an_edit_after_a_rule_was_silent_is_for_people(shop: World) -> None:
    asked: list[ApprovalFacts] = []

    def silent(request: ApprovalFacts) -> None:
        asked.append(request)

    ruled(shop, silent)
    request_id = shop.requested(asked=body())
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:PutObject"))
    shop.workflows.run()
    assert shop.state(request_id) == "pending"
    assert len(asked) == 1
