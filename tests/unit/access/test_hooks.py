"""What follows from a save, as messages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.access.hooks import AccessHooks
from chalicelib.access.messages import MapMessage, RecomputeMessage
from chalicelib.dynamic_config.document import Configuration
from tests.support.builders import role_arn

A, B, C = role_arn("a"), role_arn("b"), role_arn("c", "333333333333")
ACCOUNT, OTHER = "222222222222", "333333333333"


@dataclass
class Teller:
    sent: list[MapMessage] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    calls: int = 0

    def send(self, messages: Iterable[MapMessage]) -> int:
        self.calls += 1
        self.sent += messages
        return len(self.sent)

    def names_changed(self, names: Iterable[str]) -> int:
        self.names += sorted(names)
        return len(self.names)


def document(version: int, credentials: dict[str, Any] | None = None, **authorization: Any) -> Configuration:
    return Configuration({"authorization": authorization, "credentials": credentials or {}}, "test", version=version)


def mapping(version: int, **identities: dict[str, list[str]]) -> Configuration:
    return document(version, group_mapping={name.replace("_", ":", 1): row for name, row in identities.items()})


def told(before: Configuration, after: Configuration) -> list[MapMessage]:
    teller = Teller()
    hooks = AccessHooks(rights=lambda: teller, accounts=lambda: [OTHER, ACCOUNT])
    hooks.configuration_saved(before=before, after=after)
    assert teller.calls == bool(teller.sent)
    return teller.sent


def look_at(account: str, *arns: str, version: int = 2) -> RecomputeMessage:
    return RecomputeMessage(account_id=account, version=version, arns=arns)


@pytest.mark.parametrize(
    ("before", "after", "messages"),
    [
        pytest.param({}, {}, [], id="nothing changed"),
        pytest.param({}, {"group_x": {"roles": [A]}}, [look_at(ACCOUNT, A)], id="a role more"),
        pytest.param({"group_x": {"roles": [A]}}, {}, [look_at(ACCOUNT, A)], id="a role less"),
        pytest.param(
            {"group_x": {"roles": [A]}},
            {"group_x": {"cli_only_roles": [A]}},
            [look_at(ACCOUNT, A)],
            id="a role in another way",
        ),
        pytest.param(
            {"group_x": {"roles": [A, B]}},
            {"group_y": {"roles": [A]}, "group_x": {"roles": [B]}},
            [look_at(ACCOUNT, A)],
            id="a role for another",
        ),
        pytest.param(
            {"group_x": {"roles": [A]}},
            {"group_x": {"roles": [A], "cli_only_roles": [A]}},
            [],
            id="the same, said twice",
        ),
        pytest.param(
            {"group_x": {"roles": [C]}},
            {"group_x": {"roles": [B]}, "user_y": {"roles": [A]}},
            [look_at(ACCOUNT, A, B), look_at(OTHER, C)],
            id="roles of two accounts",
        ),
    ],
)
def test_roles_that_are_mapped_otherwise_are_looked_at_again_and_no_others(
    before: dict[str, Any], after: dict[str, Any], messages: list[MapMessage]
) -> None:
    assert told(mapping(1, **before), mapping(2, **after)) == messages


def test_many_roles_of_an_account_are_told_in_several_messages() -> None:
    arns = [role_arn(f"r{number:04d}") for number in range(1001)]
    found = told(mapping(1), mapping(2, group_x={"roles": arns}))
    assert [len(one.arns or ()) for one in found if isinstance(one, RecomputeMessage)] == [500, 500, 1]
    assert [arn for one in found if isinstance(one, RecomputeMessage) for arn in one.arns or ()] == arns


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(document(2, role_tags={"authorized": ["team"]}), id="other tags"),
        pytest.param(document(2, role_tags={"delimiters": ["/"]}), id="another delimiter"),
        pytest.param(document(2, required_trust_entity=role_arn("hub")), id="a role that must be trusted"),
        pytest.param(document(2, {"external_id": "company-1"}), id="another external id"),
        pytest.param(
            document(2, {"external_ids": [{"roles": [A], "external_id": "x-1"}]}), id="an external id for some"
        ),
        pytest.param(document(2, {"routes": [{"via": [{"role": "Broker"}]}]}), id="another way to roles"),
    ],
)
def test_what_decides_about_every_role_has_every_account_looked_at_again(after: Configuration) -> None:
    assert told(document(1), after) == [
        RecomputeMessage(account_id=ACCOUNT, version=2),
        RecomputeMessage(account_id=OTHER, version=2),
    ]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(document(2, max_authorization_age=600), id="the age of rights"),
        pytest.param(document(2, {"session_duration": 900}), id="the length of sessions"),
        pytest.param(document(2, {"require_source_identity": True}), id="what is asked of trust policies"),
    ],
)
def test_what_changes_no_right_is_told_to_nobody(after: Configuration) -> None:
    assert told(document(1), after) == []


def test_names_that_mean_two_are_told() -> None:
    teller = Teller()
    AccessHooks(rights=lambda: teller, accounts=list).ambiguous_names(names=frozenset({"ops", "dev"}))
    assert teller.names == ["dev", "ops"]


def test_the_queue_is_not_asked_for_before_there_is_something_to_say() -> None:
    def none() -> Teller:
        raise AssertionError

    AccessHooks(rights=none, accounts=list).configuration_saved(before=document(1), after=document(2))
