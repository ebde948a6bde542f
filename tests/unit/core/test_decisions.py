import pytest

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import Forbidden


def test_a_yes_requires_nothing_further() -> None:
    Decision.yes("ada is an administrator", "administrator").require()


def test_a_no_is_raised_with_its_reason_and_its_rule() -> None:
    with pytest.raises(Forbidden, match="ask an administrator") as refusal:
        Decision.no("ask an administrator", "can_audit").require()
    assert refusal.value.reason == "can_audit"


def test_a_decision_is_yes_or_no_with_its_reason_and_its_rule() -> None:
    assert Decision.yes("fine", "rule") == Decision(allowed=True, reason="fine", rule="rule")
    assert Decision.no("never", "rule") == Decision(allowed=False, reason="never", rule="rule")


def test_permissions_have_the_names_that_configurations_know() -> None:
    assert {permission.value for permission in Permission} == {
        "can_admin",
        "can_admin_policies",
        "can_create_roles",
        "can_delete_iam_principals",
        "can_edit_config",
        "can_audit",
        "can_manage_sessions",
        "can_operate",
        "can_waive_ip_restriction",
    }
