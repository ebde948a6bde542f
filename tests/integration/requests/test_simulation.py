"""Who would have to approve what: asked before anybody submits anything, and it is what then happens."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.requests.approval.simulate import Simulated, Simulation
from tests.support.request_world import ADA, APP, BO, EVE, SPOKE, ZOE, World, body, document

PEOPLE = "an administrator of what is changed"
RULES: list[dict[str, Any]] = [
    {
        "name": "production",
        "when": {"where": {"ous": ["Prod"]}},
        "stages": [{"approvers": ["account_owner"]}, {"count": 2}],
        "ends_within_hours": 12,
        "decide_within_hours": 48,
        "reason_required": True,
    },
    {"name": "wide", "when": {"findings": ["warn"]}, "adds": True, "stages": [{"approvers": ["group:security"]}]},
]


@pytest.fixture
def ruled(shop: World) -> World:
    shop.configure(requests={"approval_rules": RULES})
    with shop.boundary.unguarded():
        account = Account(account_id=SPOKE, name="payments", ou_path="Prod", owner=f"user:{ZOE}")
        AccountStore().put(account, shop.clock.now())
    return shop


def simulated(shop: World, user: str = EVE, **asked: Any) -> Simulated:
    change = {"change_type": "inline_policy", "target_arn": APP, **asked.pop("change", {})}
    body = Simulation.model_validate({"changes": [change], **asked})
    return shop.container().approval.simulate.simulate(body, shop.caller(user))


def test_it_says_who_approves_in_which_order_and_by_which_rule(ruled: World) -> None:
    found = simulated(ruled)
    (change,) = found.changes
    assert [(one.name, one.about, one.asks) for one in change.rules] == [
        ("production", "yes", True),
        ("wide", "no", False),
    ]
    assert [(one.stage, one.rule, one.approvers, one.count, one.open) for one in change.stages] == [
        (1, "production", [f"user:{ZOE}"], 1, True),
        (2, "production", [PEOPLE], 2, False),
    ]
    assert (change.known, change.ends_within_hours, change.by_rule) == (True, 12, False)
    assert (found.decide_within_hours, found.reason_required) == (48, True)


def test_findings_ask_for_more(ruled: World) -> None:
    findings = [{"rule": "public", "verdict": "warn"}, {"rule": "escalation", "verdict": "more_approval"}]
    (change,) = simulated(ruled, change={"findings": findings}).changes
    assert [(one.stage, one.rule, one.count) for one in change.stages] == [
        (1, "production", 1),
        (1, "wide", 1),
        (2, "production", 2),
        (2, "guardrails", 1),
    ]


def test_without_rules_an_administrator_decides(shop: World) -> None:
    found = simulated(shop)
    (stage,) = found.changes[0].stages
    assert (stage.rule, stage.approvers, stage.count) == ("administrators", [PEOPLE], 1)
    assert (found.decide_within_hours, found.reason_required) == (30 * 24, False)


def test_it_is_what_the_preview_of_a_request_shows(ruled: World) -> None:
    (change,) = simulated(ruled).changes
    previewed = ruled.submit(EVE, body(dry_run=True)).review
    assert previewed is not None
    shown = [(one.stage, one.rule, one.approvers, one.count, one.open) for one in previewed.approval.stages]
    assert shown == [(one.stage, one.rule, one.approvers, one.count, one.open) for one in change.stages]


@pytest.mark.parametrize(("on", "allowed"), [(True, True), (False, False)])
def test_it_says_what_would_need_nobody(ruled: World, on: bool, allowed: bool) -> None:
    harmless = {
        "name": "reading",
        "when": {"change_types": ["inline_policy"]},
        "auto": {"within": [{"actions": ["s3:Get*"], "resources": ["arn:aws:s3:::exports/*"]}]},
    }
    ruled.configure(requests={"auto_approval": on, "approval_rules": [harmless]})
    (change,) = simulated(ruled, change={"after": document()}).changes
    assert change.by_rule is allowed
    (other,) = simulated(ruled, change={"after": document("s3:PutObject")}).changes
    assert not other.by_rule


@pytest.mark.parametrize("more", [{"requester": ZOE}, {"rules": []}])
def test_other_people_and_other_rules_are_for_those_who_decide_or_configure(ruled: World, more: dict[str, Any]) -> None:
    with pytest.raises(Forbidden):
        simulated(ruled, EVE, **more)
    assert simulated(ruled, BO, **more).changes
    assert simulated(ruled, ADA, **more).changes


def test_rules_that_nobody_has_saved_are_tried(ruled: World) -> None:
    (change,) = simulated(ruled, ADA, rules=[{"name": "new", "stages": [{"approvers": ["group:new"]}]}]).changes
    assert [one.approvers for one in change.stages] == [["group:new"]]


def test_the_groups_of_somebody_else_are_the_directorys(shop: World) -> None:
    rule = {"name": "theirs", "when": {"requesters": ["group:approvers"]}, "stages": [{"approvers": ["group:x"]}]}
    shop.configure(requests={"approval_rules": [rule]})
    assert simulated(shop, ADA, requester=BO).changes[0].rules[0].about == "yes"
    assert simulated(shop, ADA, requester=ZOE).changes[0].rules[0].about == "no"
    assert simulated(shop, ADA, requester="stranger@example.com").changes[0].rules[0].about == "unknown"


def test_what_somebody_does_not_see_is_not_there(shop: World) -> None:
    rule = {"principals": [f"user:{ZOE}"], "where": {"accounts": [SPOKE]}}
    shop.configure(visibility={"rules": [rule]})
    with pytest.raises(InvalidInput, match="There is no"):
        simulated(shop, EVE)


@pytest.mark.parametrize(
    "bad",
    [
        {"changes": []},
        {"changes": [{"change_type": "nothing", "target_arn": APP}]},
        {"changes": [{"change_type": "inline_policy", "target_arn": APP, "more": 1}]},
        {"changes": [{"change_type": "inline_policy", "target_arn": APP}] * 21},
    ],
)
def test_what_is_no_simulation_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Simulation.model_validate(bad)
