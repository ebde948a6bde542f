from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.principals import Principal
from chalicelib.core.targets import Target
from chalicelib.identity.rules import (
    ABOUT_TARGETS,
    Rulebook,
    holds_over,
    may_administer,
    may_approve,
    may_audit,
    may_create_principal,
    may_delete_principal,
    may_edit_configuration,
    may_manage_sessions,
    may_save_configuration,
    may_see,
    may_waive_ip_restriction,
    scopes_of,
)
from chalicelib.identity.scopes import SCOPED_PERMISSIONS, GroupsConfig, VisibilityConfig

PAYMENTS, SEARCH = "222222222222", "333333333333"
PAYMENTS_ROLE = Target(PAYMENTS, f"arn:aws:iam::{PAYMENTS}:role/api", ou_path="Prod", tags={"team": "payments"})
SEARCH_ROLE = Target(SEARCH, f"arn:aws:iam::{SEARCH}:role/api", ou_path="Test", tags={"team": "search"})
LEAD = (Principal.user("lead@example.com"), Principal.group("payments-leads"))
ROOT = (Principal.user("root@example.com"),)
NOBODY = (Principal.user("eve@example.com"), Principal.group("staff"))


def book(*, visibility: Mapping[str, Any] | None = None, **groups: Any) -> Rulebook:
    return Rulebook(
        GroupsConfig.model_validate(groups),
        ("user:root@example.com",),
        VisibilityConfig.model_validate(visibility or {}),
    )


def scope(permission: str, *principals: str, **where: Any) -> dict[str, Any]:
    return {"principals": principals or ["group:payments-leads"], "permission": permission, "where": where}


SCOPED = book(
    can_admin_policies=["group:approvers"],
    scopes=[
        scope("can_admin_policies", accounts=[PAYMENTS]),
        scope("can_admin", "group:test-admins", ous=["Test"]),
        scope("can_create_roles", "group:makers", tags={"team": ["payments"]}),
    ],
)
TEST_ADMIN = (Principal.group("test-admins"),)


def test_an_approver_of_an_account_decides_about_what_lies_in_it_whole() -> None:
    decision = may_approve(LEAD, [PAYMENTS_ROLE, Target(PAYMENTS)], SCOPED)
    assert decision == Decision.yes(f"can_admin_policies is held over {PAYMENTS_ROLE.arn}, account {PAYMENTS}", "scope")


def test_one_target_outside_is_enough_to_refuse_and_the_refusal_says_which_and_where_the_scope_is() -> None:
    decision = may_approve(LEAD, [PAYMENTS_ROLE, SEARCH_ROLE], SCOPED)
    assert (decision.allowed, decision.rule) == (False, "out_of_scope")
    assert f"over [accounts {PAYMENTS}] only, and {SEARCH_ROLE.arn} is not known" in decision.reason
    assert "can_admin_policies" in decision.reason


def test_targets_may_lie_in_different_scopes_of_one_person() -> None:
    assert may_approve((*LEAD, *TEST_ADMIN), [PAYMENTS_ROLE, SEARCH_ROLE], SCOPED).allowed
    both = may_approve((*LEAD, *TEST_ADMIN), [Target("9" * 12)], SCOPED)
    assert f"over [accounts {PAYMENTS}] and [ous Test] only" in both.reason


def test_who_holds_a_permission_over_a_part_holds_it_over_nothing_when_nothing_is_named() -> None:
    decision = may_approve(LEAD, [], SCOPED)
    assert (decision.allowed, decision.rule) == (False, "no_target")
    assert decision.reason == "Nothing was named that this could be allowed for."
    assert may_approve(ROOT, [], SCOPED).allowed


def test_who_holds_it_everywhere_needs_no_scope_and_who_holds_none_is_told_which_permission() -> None:
    assert may_approve((Principal.group("approvers"),), [SEARCH_ROLE], SCOPED).rule == "can_admin_policies"
    assert may_approve(ROOT, [SEARCH_ROLE], SCOPED).rule == "administrator"
    refusal = may_approve(NOBODY, [PAYMENTS_ROLE], SCOPED)
    assert (refusal.allowed, refusal.rule) == (False, "can_admin_policies")


def test_what_can_not_be_told_is_out_of_scope() -> None:
    stranger = Target(SEARCH, SEARCH_ROLE.arn, known=False)
    assert may_approve(TEST_ADMIN, [stranger], SCOPED).rule == "out_of_scope"


QUESTIONS: dict[Permission, Callable[..., Decision]] = {
    Permission.ADMIN_POLICIES: may_approve,
    Permission.ADMIN: may_administer,
    Permission.CREATE_ROLES: may_create_principal,
    Permission.DELETE_IAM_PRINCIPALS: may_delete_principal,
}


def test_every_permission_over_a_part_answers_a_question() -> None:
    assert ABOUT_TARGETS == QUESTIONS
    assert set(ABOUT_TARGETS) == SCOPED_PERMISSIONS


@pytest.mark.parametrize("permission", QUESTIONS)
def test_each_question_about_targets_asks_for_its_own_permission(permission: Permission) -> None:
    mine = book(scopes=[scope(permission.value, accounts=[PAYMENTS])])
    for asked, question in QUESTIONS.items():
        implied = asked is permission or permission is Permission.ADMIN
        assert question(LEAD, [PAYMENTS_ROLE], mine).allowed is implied
        assert not question(LEAD, [SEARCH_ROLE], mine).allowed
        assert (
            question(LEAD, [SEARCH_ROLE], book(**dict[str, Any]({permission.value: ["group:payments-leads"]}))).allowed
            is implied
        )


def test_an_administrator_of_a_part_holds_the_other_permissions_there_and_nothing_else() -> None:
    for question in QUESTIONS.values():
        assert question(TEST_ADMIN, [SEARCH_ROLE], SCOPED).allowed
        assert not question(TEST_ADMIN, [PAYMENTS_ROLE], SCOPED).allowed
    for permission in Permission:
        assert not holds_over(TEST_ADMIN, permission, [PAYMENTS_ROLE], SCOPED).allowed
        assert holds_over(TEST_ADMIN, permission, [SEARCH_ROLE], SCOPED).allowed is (permission in QUESTIONS)
    assert not may_audit(TEST_ADMIN, SCOPED).allowed
    assert not may_edit_configuration(TEST_ADMIN, SCOPED).allowed
    assert not may_waive_ip_restriction(TEST_ADMIN, SCOPED).allowed


def test_the_scopes_of_somebody_are_those_that_name_them_and_are_enough() -> None:
    assert [found.where.accounts for found in scopes_of(LEAD, Permission.ADMIN_POLICIES, SCOPED)] == [(PAYMENTS,)]
    assert [found.where.ous for found in scopes_of(TEST_ADMIN, Permission.ADMIN_POLICIES, SCOPED)] == [("Test",)]
    assert scopes_of(LEAD, Permission.ADMIN, SCOPED) == ()
    assert scopes_of(NOBODY, Permission.ADMIN_POLICIES, SCOPED) == ()
    assert scopes_of([Principal.user("payments-leads")], Permission.ADMIN_POLICIES, SCOPED) == ()


@pytest.mark.parametrize(
    ("permission", "question"),
    [
        (Permission.AUDIT, may_audit),
        (Permission.EDIT_CONFIG, may_edit_configuration),
        (Permission.WAIVE_IP_RESTRICTION, may_waive_ip_restriction),
    ],
)
def test_each_question_about_the_product_asks_for_its_own_permission(
    permission: Permission, question: Callable[..., Decision]
) -> None:
    for held in Permission:
        given = book(**dict[str, Any]({held.value: ["group:staff"]}))
        assert question(NOBODY, given).allowed is (held in {permission, Permission.ADMIN})
    assert question(ROOT, book()).rule == "administrator"
    assert question(NOBODY, book()).rule == permission.value


def test_everybody_looks_after_their_own_sessions_and_only_managers_after_those_of_others() -> None:
    eve = Principal.user("eve@example.com")
    assert may_manage_sessions(NOBODY, eve, book()) == Decision.yes("their own sessions", "own_session")
    assert may_manage_sessions(NOBODY, LEAD[0], book()).rule == "can_manage_sessions"
    assert not may_manage_sessions(NOBODY, LEAD[0], book()).allowed
    assert may_manage_sessions(NOBODY, LEAD[0], book(can_manage_sessions=["group:staff"])).allowed
    assert may_manage_sessions(ROOT, eve, book()).rule == "administrator"


class TestSavingTheConfiguration:
    BEFORE = book(can_edit_config=["group:staff"], can_admin=["group:owners"])

    def test_takes_the_permission(self) -> None:
        assert may_save_configuration(LEAD, self.BEFORE, self.BEFORE).rule == "can_edit_config"
        assert not may_save_configuration(LEAD, self.BEFORE, self.BEFORE).allowed
        assert may_save_configuration(NOBODY, self.BEFORE, self.BEFORE).allowed

    @pytest.mark.parametrize(
        "after",
        [
            pytest.param(book(can_edit_config=["group:staff"], can_admin=["group:staff"]), id="making themselves one"),
            pytest.param(book(can_edit_config=["group:staff"]), id="taking an administrator away"),
            pytest.param(
                book(
                    can_edit_config=["group:staff"],
                    can_admin=["group:owners"],
                    visibility={"everybody_sees_the_rest": False},
                ),
                id="changing who sees what",
            ),
        ],
    )
    def test_an_editor_who_is_no_administrator_can_not_change_who_may_do_what(self, after: Rulebook) -> None:
        refusal = may_save_configuration(NOBODY, self.BEFORE, after)
        assert (refusal.allowed, refusal.rule) == (False, "permissions_unchanged")
        assert "only administrators change them" in refusal.reason
        assert may_save_configuration(ROOT, self.BEFORE, after).allowed
        assert may_save_configuration([Principal.group("owners")], self.BEFORE, after).rule == "administrator"

    def test_is_judged_by_the_rules_before(self) -> None:
        after = book(can_edit_config=["group:payments-leads"], can_admin=["group:payments-leads"])
        assert not may_save_configuration(LEAD, self.BEFORE, after).allowed


HIDING: dict[str, Any] = {"rules": [{"principals": ["group:payments"], "where": {"tags": {"team": ["payments"]}}}]}


class TestVisibility:
    TEAM = (Principal.group("payments"),)

    def test_everybody_sees_everything_where_nothing_else_is_said(self) -> None:
        assert may_see(NOBODY, PAYMENTS_ROLE, book()) == Decision.yes("everybody sees everything", "visible_to_all")
        assert not book().hides
        assert not book().needs_facts

    def test_what_a_rule_names_is_seen_by_whom_it_names_alone(self) -> None:
        hiding = book(visibility=HIDING)
        assert hiding.hides
        assert hiding.needs_facts
        assert may_see(self.TEAM, PAYMENTS_ROLE, hiding).rule == "visibility_rule"
        refusal = may_see(NOBODY, PAYMENTS_ROLE, hiding)
        assert (refusal.allowed, refusal.rule) == (False, "hidden")
        assert "section visibility" in refusal.reason

    def test_what_no_rule_names_is_seen_by_everybody_or_by_nobody_as_configured(self) -> None:
        decision = may_see(NOBODY, SEARCH_ROLE, book(visibility=HIDING))
        assert decision == Decision.yes("no rule hides it", "visible_to_all")
        closed = book(visibility=HIDING | {"everybody_sees_the_rest": False})
        assert may_see(self.TEAM, SEARCH_ROLE, closed).rule == "hidden"
        assert may_see(self.TEAM, PAYMENTS_ROLE, closed).allowed
        assert book(visibility={"everybody_sees_the_rest": False}).hides

    def test_two_rules_that_name_it_show_it_to_both(self) -> None:
        rules = [*HIDING["rules"], {"principals": ["group:staff"], "where": {"accounts": [PAYMENTS]}}]
        assert may_see(NOBODY, PAYMENTS_ROLE, book(visibility={"rules": rules})).allowed
        assert may_see(self.TEAM, PAYMENTS_ROLE, book(visibility={"rules": rules})).allowed

    def test_a_rule_that_can_not_be_judged_hides_and_does_not_show(self) -> None:
        stranger = Target(PAYMENTS, PAYMENTS_ROLE.arn, known=False)
        hiding = book(visibility=HIDING)
        assert may_see(self.TEAM, stranger, hiding).rule == "hidden"
        assert may_see(NOBODY, stranger, hiding).rule == "hidden"
        assert may_see(ROOT, stranger, hiding).allowed

    @pytest.mark.parametrize("permission", Permission)
    def test_administrators_policy_administrators_and_auditors_see_everything(self, permission: Permission) -> None:
        hiding = book(visibility=HIDING, **{permission.value: ["group:staff"]})
        sees = permission in {Permission.ADMIN, Permission.ADMIN_POLICIES, Permission.AUDIT}
        assert may_see(NOBODY, PAYMENTS_ROLE, hiding).allowed is sees

    def test_who_holds_a_permission_over_a_part_sees_that_part(self) -> None:
        closed = book(
            visibility={"everybody_sees_the_rest": False}, scopes=[scope("can_create_roles", accounts=[PAYMENTS])]
        )
        assert may_see(LEAD, PAYMENTS_ROLE, closed) == Decision.yes("a permission is held there", "scope")
        assert not may_see(LEAD, SEARCH_ROLE, closed).allowed
        assert not may_see(NOBODY, PAYMENTS_ROLE, closed).allowed

    def test_facts_are_needed_for_scopes_and_rules_that_name_units_or_tags(self) -> None:
        assert book(scopes=[scope("can_admin", ous=["Prod"])]).needs_facts
        assert not book(scopes=[scope("can_admin", accounts=[PAYMENTS])]).needs_facts
        assert not book(visibility={"rules": [{"where": {"accounts": [PAYMENTS]}}]}).needs_facts


EDITOR = book(can_edit_config=["group:staff"])
REASONS: list[tuple[Callable[[], Decision], str]] = [
    (lambda: may_approve(ROOT, [], SCOPED), "user:root@example.com is an administrator"),
    (lambda: may_approve((Principal.group("approvers"),), [], SCOPED), "group:approvers holds can_admin_policies"),
    (
        lambda: may_audit(NOBODY, book()),
        "This needs the permission can_audit; an administrator grants it in the configuration, section groups.",
    ),
    (
        lambda: may_approve(LEAD, [Target(SEARCH)], SCOPED),
        (
            f"You hold can_admin_policies over [accounts {PAYMENTS}] only, and account {SEARCH} is not known to belong there. "
            "An administrator grants more in the configuration, section groups."
        ),
    ),
    (
        lambda: may_save_configuration(NOBODY, EDITOR, book()),
        (
            "The sections groups and visibility say who may do and see what: only administrators change them. Leave them as they"
            " are, or ask an administrator."
        ),
    ),
    (
        lambda: may_see((Principal.group("payments"),), PAYMENTS_ROLE, book(visibility=HIDING)),
        "a rule of the section visibility shows it",
    ),
    (
        lambda: may_see(NOBODY, PAYMENTS_ROLE, book(visibility=HIDING)),
        "It is not shown to you: the configuration's section visibility says to whom.",
    ),
]


@pytest.mark.parametrize(("asked", "reason"), REASONS)
def test_every_answer_says_why(asked: Callable[[], Decision], reason: str) -> None:
    assert asked().reason == reason
