"""Who may change who approves, and what deserves a second look when it changes."""

from typing import Any

import pytest

from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.dynamic_config.document import Configuration
from chalicelib.requests.approval.configuration_hooks import ApprovalConfigurationHooks
from tests.support.clock import START

ADMINISTRATOR, EDITOR = "ada@example.com", "eve@example.com"
RULE = {"name": "two", "stages": [{"count": 2}]}
AUTO = {"name": "hours", "when": {"change_types": ["role_access"]}, "ends_within_hours": 4, "auto": {}}


def configuration(**requests: Any) -> Configuration:
    deployment = {"administrators": [f"user:{ADMINISTRATOR}"], "hub": {"account_id": "123456789012"}}
    return Configuration({"deployment": deployment, "requests": requests}, "a test")


def said(before: Configuration, after: Configuration, user: str = EDITOR) -> tuple[list[str], list[str]]:
    """Reasons against it, and warnings."""
    caller = Caller(user, frozenset(), "session", SessionKind.WEB, START + 60)
    found = ApprovalConfigurationHooks().configuration_check(before, after, caller)
    guards = [one.reason for one in found if isinstance(one, Guard) and not one.confirmable]
    return guards, [one.text for one in found if isinstance(one, Effect) and one.warning]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("approval_rules", [RULE]),
        ("approval_rules", [{"name": "me", "stages": [{"approvers": [f"user:{EDITOR}"]}]}]),
        ("allow_self_approval", True),
        ("auto_approval", True),
    ],
)
def test_only_administrators_say_who_approves(name: str, value: Any) -> None:
    before, after = configuration(), configuration(**{name: value})
    for old, new in ((before, after), (after, before)):
        (reason,) = said(old, new)[0]
        assert f"requests.{name} says who may approve" in reason
        assert said(old, new, ADMINISTRATOR)[0] == []


def test_editors_change_the_rest() -> None:
    before, after = configuration(approval_rules=[RULE]), configuration(approval_rules=[RULE], remind_after_hours=4)
    assert said(before, after) == ([], [])
    assert said(before, before) == ([], [])


def test_fewer_eyes_deserve_a_second_look() -> None:
    gone = said(configuration(approval_rules=[RULE]), configuration(), ADMINISTRATOR)[1]
    assert gone == [
        "The approval rule two goes: what it was about is for the next one that fits, or for one administrator."
    ]
    alone = said(configuration(), configuration(approval_rules=[AUTO]), ADMINISTRATOR)[1]
    assert alone == ["The approval rule hours may approve without a person."]
    own = said(configuration(), configuration(allow_self_approval=True), ADMINISTRATOR)[1]
    assert own == ["People may approve what they have written themselves."]
