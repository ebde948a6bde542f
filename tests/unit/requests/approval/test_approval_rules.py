"""Which rule is about a change, and what it then needs."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.decisions import Decision
from chalicelib.core.hooks import ApprovalFacts, ChangeFacts
from chalicelib.core.targets import Target
from chalicelib.requests.approval.models import ADMINISTRATORS, ApprovalRule, Matter, Need
from chalicelib.requests.approval.rules import about, judged_by_rules, requirements
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.models import RequestsConfig
from tests.support.clock import START
from tests.support.request_builders import matter, planned, request
from tests.support.request_world import ADA, APP, EVE, document

HOUR = 3600
PROD = Target("222222222222", APP, ou_path="Workloads/Prod", tags={"team": "payments"})


def change(**more: Any) -> Matter:
    return matter(request(), planned(), **{"target": PROD, **more})


def rule(name: str = "first", **more: Any) -> ApprovalRule:
    return ApprovalRule.model_validate({"name": name, **more})


def finding(verdict: Verdict, name: str = "wildcard") -> Finding:
    return Finding(change_id="c", rule=name, verdict=verdict, title="It is wide", reason="")


def needed(*rules: ApprovalRule, **more: Any) -> list[list[tuple[str, tuple[str, ...], int]]]:
    (needs,) = requirements([change(**more)], rules).changes
    return [[(need.rule, need.approvers, need.count) for need in stage] for stage in needs.stages]


@pytest.mark.parametrize(
    ("when", "facts", "answer"),
    [
        ({}, {}, True),
        ({"where": {"accounts": ["222222222222"]}}, {}, True),
        ({"where": {"accounts": ["333333333333"]}}, {}, False),
        ({"where": {"ous": ["Workloads"]}}, {}, True),
        ({"where": {"ous": ["Sandbox"]}}, {}, False),
        ({"where": {"ous": ["Workloads"]}}, {"target": Target("222222222222", APP, known=False)}, None),
        ({"where": {"tags": {"team": ["payments"]}}}, {}, True),
        ({"where": {"tags": {"team": ["payments"]}}}, {"target": Target("222222222222", APP, known=False)}, None),
        ({"where": {"resources": ["arn:aws:iam::*:role/team/*"]}}, {}, True),
        ({"where": {"accounts": ["222222222222"]}}, {"target": Target("", "arn:aws:s3:::exports")}, None),
        ({"change_types": ["inline_policy"]}, {}, True),
        ({"change_types": ["role_access"]}, {}, False),
        ({"requesters": [f"user:{EVE}"]}, {}, True),
        ({"requesters": [f"user:{ADA}"]}, {}, False),
        ({"requesters": ["group:payments"]}, {"requester_groups": frozenset({"payments"})}, True),
        ({"requesters": ["group:payments"]}, {"requester_groups": frozenset({"search"})}, False),
        ({"requesters": ["group:payments"]}, {"requester_groups": None}, None),
        ({"requesters": [f"user:{EVE}", "group:payments"]}, {"requester_groups": None}, True),
        ({"requesters": [f"user:{ADA}"]}, {"requester_groups": None}, False),
        ({"findings": ["wildcard"]}, {"findings": (finding(Verdict.NOTE),)}, True),
        ({"findings": ["warn"]}, {"findings": (finding(Verdict.WARN, "public"),)}, True),
        ({"findings": ["wildcard"]}, {"findings": (finding(Verdict.WARN, "public"),)}, False),
        ({"temporary": True}, {"until": START + 60}, True),
        ({"temporary": True}, {"until": None}, False),
        ({"temporary": False}, {"until": None}, True),
        ({"temporary": False, "change_types": ["role_access"]}, {"until": None}, False),
        ({"requesters": ["group:x"], "temporary": True}, {"requester_groups": None, "until": None}, False),
    ],
)
def test_a_rule_is_about_what_fits_every_key_and_says_when_a_fact_is_missing(
    when: dict[str, Any], facts: dict[str, Any], answer: bool | None
) -> None:
    assert about(rule(when=when).when, change(**facts)) is answer


def test_without_a_rule_one_administrator_decides() -> None:
    assert needed() == [[("administrators", (ADMINISTRATORS,), 1)]]
    (needs,) = requirements([change()], []).changes
    assert needs.by_default
    assert needs.rules == ("administrators",)


def test_the_first_rule_that_fits_decides_alone() -> None:
    rules = [
        rule("elsewhere", when={"where": {"accounts": ["333333333333"]}}),
        rule("two", stages=[{"approvers": ["group:payments"], "count": 2}]),
        rule("later", stages=[{"approvers": ["group:search"]}]),
    ]
    assert needed(*rules) == [[("two", ("group:payments",), 2)]]


def test_rules_that_add_ask_beside_the_one_that_decides_wherever_they_stand() -> None:
    adds = {"adds": True, "stages": [{"approvers": ["group:security"]}, {"approvers": ["group:risk"]}]}
    wanted = [[("one", ("group:payments",), 1), ("more", ("group:security",), 1)], [("more", ("group:risk",), 1)]]
    one = rule("one", stages=[{"approvers": ["group:payments"]}])
    assert needed(one, rule("more", **adds)) == wanted
    assert needed(rule("more", **adds), one) == wanted


def test_a_rule_that_only_adds_leaves_the_decision_to_an_administrator_as_well() -> None:
    adds = rule("more", adds=True, stages=[{"approvers": ["group:security"]}])
    assert needed(adds) == [[("administrators", (ADMINISTRATORS,), 1), ("more", ("group:security",), 1)]]


def test_a_rule_that_cannot_be_told_is_asked_for_as_well_as_the_one_that_fits() -> None:
    strict = rule(
        "strict", when={"where": {"ous": ["Workloads"]}}, stages=[{"approvers": ["group:security"], "count": 2}]
    )
    easy = rule("easy", stages=[{"approvers": ["group:payments"]}])
    unknown = Target("222222222222", APP, known=False)
    assert needed(strict, easy, target=unknown) == [
        [("easy", ("group:payments",), 1), ("strict", ("group:security",), 2)]
    ]
    assert needed(easy, strict, target=unknown) == [[("easy", ("group:payments",), 1)]]


def test_owners_are_asked_by_their_names_and_administrators_stand_in_for_nobody() -> None:
    owned = rule(stages=[{"approvers": ["owner"]}, {"approvers": ["account_owner", "user:zoe@example.com"]}])
    named = {"owner": frozenset({"group:payments"}), "account_owner": frozenset({"user:ada@example.com"})}
    assert needed(owned, **named) == [
        [("first", ("group:payments",), 1)],
        [("first", ("user:ada@example.com", "user:zoe@example.com"), 1)],
    ]
    assert needed(owned) == [
        [("first", (ADMINISTRATORS,), 1)],
        [("first", (ADMINISTRATORS, "user:zoe@example.com"), 1)],
    ]


@pytest.mark.parametrize("count", [1, 2])
def test_a_guardrail_asks_for_exactly_one_more_in_the_last_stage_of_the_rule_that_decides(count: int) -> None:
    findings = (finding(Verdict.MORE_APPROVAL),) * count
    assert needed(findings=findings) == [
        [("administrators", (ADMINISTRATORS,), 1), ("guardrails", (ADMINISTRATORS,), 1)]
    ]
    two = rule(stages=[{"approvers": ["group:a"]}, {"approvers": ["group:b"]}])
    adds = rule("more", adds=True, stages=[{}, {}, {}])
    stages = needed(two, adds, findings=findings)
    assert [("guardrails" in [name for name, _, _ in stage]) for stage in stages] == [False, True, False]
    assert stages[1][-1] == ("guardrails", ("group:b", ADMINISTRATORS), 1)


@pytest.mark.parametrize("verdict", [Verdict.NOTE, Verdict.WARN])
def test_other_findings_ask_for_nobody(verdict: Verdict) -> None:
    assert needed(findings=(finding(verdict),)) == needed()


def test_limits_are_the_tightest_of_all_rules_that_ask() -> None:
    rules = [
        rule("one", ends_within_hours=8, decide_within_hours=48),
        rule("more", adds=True, ends_within_hours=4, decide_within_hours=72, reason_required=True),
        rule("elsewhere", adds=True, ends_within_hours=1, when={"change_types": ["role_access"]}),
    ]
    found = requirements([change()], rules)
    assert found.changes[0].ends_by == START + 4 * HOUR
    assert found.decide_within == 48 * HOUR
    assert found.reason_required
    assert requirements([change()], []).decide_within is None


def test_others_may_approve_as_well_after_some_time() -> None:
    waits = rule(stages=[{"approvers": ["owner"]}], escalate={"after_hours": 2, "to": ["group:oncall"]})
    (needs,) = requirements([change(owner=frozenset({"group:payments"}))], [waits]).changes
    assert needs.stages == ((Need("first", ("group:payments",), 1, ("group:oncall",), START + 2 * HOUR),),)


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "x", "when": {"change_types": ["inline_polcy"]}},
        {"name": "x", "when": {"change_types": []}},
        {"name": "x", "when": {"where": None}},
        {"name": "x", "when": {"change_types": None}},
        {"name": "x", "when": {"requesters": ["payments"]}},
        {"name": "x", "when": {"acounts": ["222222222222"]}},
        {"name": "x", "stages": []},
        {"name": "x", "stages": [{"approvers": []}]},
        {"name": "x", "stages": [{"approvers": ["admins"]}]},
        {"name": "x", "stages": [{"count": 0}]},
        {"name": "x", "auto": {}},
        {"name": "x", "auto": {}, "when": {"change_types": ["inline_policy"]}},
        {"name": "x", "auto": {}, "when": {"change_types": ["role_access"]}},
        {
            "name": "x",
            "auto": {"within": [{"actions": ["*"], "resources": ["*"]}]},
            "when": {"change_types": ["inline_policy", "assume_role_policy"]},
        },
        {
            "name": "x",
            "adds": True,
            "auto": {"within": [{"actions": ["*"], "resources": ["*"]}]},
            "when": {"change_types": ["inline_policy"]},
        },
    ],
)
def test_a_rule_that_could_mean_more_than_it_says_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ApprovalRule.model_validate(bad)


@pytest.mark.parametrize("names", [("a", "a"), ("administrators",), ("guardrails",)])
def test_each_rule_has_a_name_of_its_own(names: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="is taken"):
        RequestsConfig.model_validate({"approval_rules": [{"name": name} for name in names]})


HARMLESS = {
    "name": "reading",
    "when": {"change_types": ["inline_policy"]},
    "auto": {"within": [{"actions": ["s3:Get*"], "resources": ["arn:aws:s3:::exports/*"]}]},
}


def by_rule(*rules: dict[str, Any], **more: Any) -> Decision:
    facts = {"before": None, "after": document("s3:GetObject"), **more}
    (needs,) = requirements([change(**facts)], [ApprovalRule.model_validate(one) for one in rules]).changes
    return needs.by_rule


def test_a_rule_that_proves_a_change_harmless_needs_nobody() -> None:
    assert by_rule(HARMLESS) == Decision.yes(
        "Whatever it allows anew lies within what this rule knows to be harmless.", "reading"
    )


@pytest.mark.parametrize(
    ("rules", "more"),
    [
        pytest.param([HARMLESS], {"after": document("s3:PutObject")}, id="another action"),
        pytest.param([{"name": "first"}, HARMLESS], {}, id="a rule before it decides"),
        pytest.param([HARMLESS, {"name": "more", "adds": True}], {}, id="another rule adds people"),
        pytest.param(
            [{"name": "strict", "when": {"requesters": ["group:x"]}}, HARMLESS],
            {"requester_groups": None},
            id="a rule that can't be told",
        ),
        pytest.param([HARMLESS], {"findings": (finding(Verdict.MORE_APPROVAL),)}, id="a guardrail wants more"),
        pytest.param([HARMLESS], {"findings": (finding(Verdict.REFUSE),)}, id="a guardrail refuses"),
        pytest.param([HARMLESS], {"target": Target("222222222222", APP, known=False)}, id="an unknown account"),
        pytest.param([{"name": "people"}], {}, id="a rule for people"),
        pytest.param([], {}, id="no rule"),
    ],
)
def test_everything_else_is_for_people(rules: list[dict[str, Any]], more: dict[str, Any]) -> None:
    assert not by_rule(*rules, **more).allowed


ACCESS = {
    "name": "hours",
    "when": {"change_types": ["role_access"]},
    "ends_within_hours": 4,
    "auto": {},
}


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({"gains": frozenset({f"user:{EVE}"}), "until": START + HOUR}, True),
        ({"gains": frozenset({f"user:{EVE}"}), "until": None}, False),
        ({"gains": frozenset({f"user:{ADA}"}), "until": START + HOUR}, False),
        ({"gains": frozenset({f"user:{EVE}", "group:x"}), "until": START + HOUR}, False),
        ({"gains": frozenset(), "until": START + HOUR}, False),
    ],
)
def test_access_is_proved_only_for_oneself_and_with_an_end(more: dict[str, Any], allowed: bool) -> None:
    assert by_rule(ACCESS, change_type="role_access", **more).allowed is allowed


def facts(*targets: Target) -> ApprovalFacts:
    changes = tuple(ChangeFacts("inline_policy", "Add", target, None, {}) for target in targets)
    return ApprovalFacts("id", EVE, "", changes)


KNOWN = Target("222222222222", APP)
READING, PROFIT = Decision.yes("It only reads.", "reading"), Decision.yes("It pays.", "profit")
DEFAULT = requirements([change()], [])


def test_plugins_approve_together_and_each_is_named() -> None:
    decision = judged_by_rules(DEFAULT, facts(KNOWN), [("acme", READING), ("other", PROFIT)])
    assert decision == Decision.yes("It only reads.; It pays.", "acme: reading, other: profit")


@pytest.mark.parametrize(
    ("about_targets", "said", "reason", "name"),
    [
        pytest.param([KNOWN], [], "No rule approves this.", "no_rule", id="silence"),
        pytest.param(
            [KNOWN],
            [("acme", READING), ("other", Decision.no("Not at night.", "night"))],
            "Not at night.",
            "other: night",
            id="an objection",
        ),
        pytest.param(
            [KNOWN, Target("333333333333", APP, known=False)],
            [("acme", READING)],
            f"The directory does not know the account of {APP}.",
            "unknown_target",
            id="a target that nobody knows",
        ),
    ],
)
def test_one_objection_silence_and_what_nobody_knows_leave_it_to_people(
    about_targets: list[Target], said: list[tuple[str, Decision]], reason: str, name: str
) -> None:
    assert judged_by_rules(DEFAULT, facts(*about_targets), said) == Decision.no(reason, name)


def test_nothing_at_all_is_approved_by_nobody() -> None:
    assert not judged_by_rules(requirements([], []), facts(), [("acme", READING)]).allowed


def test_a_plugin_does_not_stand_in_for_the_people_whom_a_rule_or_a_guardrail_wants() -> None:
    ruled = requirements([change()], [rule("people")])
    assert not judged_by_rules(ruled, facts(KNOWN), [("acme", READING)]).allowed
    more = requirements([change(findings=(finding(Verdict.MORE_APPROVAL),))], [])
    assert judged_by_rules(more, facts(KNOWN), [("acme", READING)]).rule == "guardrail"


def test_rules_of_the_configuration_and_plugins_approve_different_changes_of_one_request() -> None:
    proved = change(before=None, after=document("s3:GetObject"))
    other = change(change_type="assume_role_policy", change_id="other")
    both = requirements([proved, other], [ApprovalRule.model_validate(HARMLESS)])
    assert judged_by_rules(both, facts(KNOWN, KNOWN), [("acme", READING)]).rule == "reading, acme: reading"
    assert not judged_by_rules(both, facts(KNOWN, KNOWN), []).allowed
    alone = requirements([proved], [ApprovalRule.model_validate(HARMLESS)])
    assert judged_by_rules(alone, facts(KNOWN), []).rule == "reading"
    assert not judged_by_rules(alone, facts(KNOWN), [("acme", Decision.no("Not at night.", "night"))]).allowed
