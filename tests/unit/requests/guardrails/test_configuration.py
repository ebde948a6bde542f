"""The section `guardrails`: what is refused in it, and who may change it."""

from typing import Any, TypeVar

import pytest
from pydantic import BaseModel, ValidationError

from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.requests.guardrails.config import GuardrailsConfig
from chalicelib.requests.guardrails.configuration_hooks import GuardrailConfigurationHooks
from chalicelib.requests.guardrails.models import Verdict

Section = TypeVar("Section", bound=BaseModel)


class Document:
    """A configuration of which a test names the sections."""

    version = 1

    def __init__(self, **sections: Any) -> None:
        base = {"deployment": {"administrators": ["user:ada@example.com"], "hub": {"account_id": "1" * 12}}}
        self._sections = {**base, **sections}

    def section(self, name: str, model: type[Section]) -> Section:
        return model.model_validate(self._sections.get(name, {}))


def caller(user: str) -> Caller:
    return Caller(user=user, groups=frozenset(), session_id="s", kind=SessionKind.WEB, expires_at=0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdicts": {"wildcard": "warn"}},
        {"verdicts": {"wildcards": "perhaps"}},
        {"protected": ["arn:aws:*:*:*:*"]},
        {"denied_actions": ["everything"]},
        {"protected_accounts": ["123"]},
        {"trusted_organizations": ["theirs"]},
        {"required_boundaries": [{"principals": [], "boundaries": []}]},
        {"unknown": 1},
    ],
)
def test_a_setting_that_means_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GuardrailsConfig.model_validate(wrong)


def test_a_misspelt_guardrail_is_told_which_there_are() -> None:
    with pytest.raises(ValidationError, match="wildcards"):
        GuardrailsConfig.model_validate({"verdicts": {"wildcard": "warn"}})


def test_a_verdict_is_by_the_guardrails_name() -> None:
    assert GuardrailsConfig(verdicts={"lint": Verdict.NOTE}).verdicts == {"lint": Verdict.NOTE}


def test_an_administrator_changes_them_and_is_shown_what_becomes_of_them() -> None:
    after = Document(guardrails={"denied_actions": ["s3:*"]})
    (effect,) = GuardrailConfigurationHooks().configuration_check(Document(), after, caller("ada@example.com"))
    assert isinstance(effect, Effect)
    assert "denied_actions" in effect.text


def test_nobody_else_takes_one_away() -> None:
    before = Document(guardrails={"denied_actions": ["s3:*"]}, groups={"can_edit_config": ["user:eve@example.com"]})
    found = GuardrailConfigurationHooks().configuration_check(before, Document(), caller("eve@example.com"))
    (guard,) = [one for one in found if isinstance(one, Guard)]
    assert not guard.confirmable


def test_who_leaves_them_as_they_are_is_not_stopped() -> None:
    same = Document(guardrails={"denied_actions": ["s3:*"]})
    assert GuardrailConfigurationHooks().configuration_check(same, same, caller("eve@example.com")) == []
