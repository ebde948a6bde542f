"""What a sync has to do."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.access.models import RoleGrant
from chalicelib.inventory.models import Known, RoleRecord
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.resources.iam_role import RoleHeader
from chalicelib.inventory.rules import MESSAGE_CHANGES, Changes, digest, messages, plan_role, withdrawn
from tests.support.builders import grant, role_arn

ADA, BEN = "user:ada", "user:ben"


def record() -> RoleRecord:
    return iam_role.record(
        {
            "Arn": role_arn(),
            "RoleName": "app",
            "RoleId": "AROA1",
            "Path": "/",
            "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
            "AssumeRolePolicyDocument": {},
        },
        RoleHeader(None, 3600),
    )


def known(granted: dict[str, RoleGrant], hashed: str = "same") -> Known:
    marks = {identity: digest(one) for identity, one in granted.items()}
    return Known(arn=role_arn(), name="app", content_hash=hashed, observed_at=1, granted=marks)


def changes(granted: dict[str, RoleGrant], before: Known | None) -> Changes | None:
    plan = plan_role(record(), "same", granted, before)
    return None if plan is None else plan.changes


def test_a_role_that_is_as_it_was_needs_nothing() -> None:
    assert changes({ADA: grant()}, known({ADA: grant()})) is None


def test_a_new_role_is_told_to_everybody_who_may_use_it() -> None:
    assert changes({ADA: grant(), BEN: grant()}, None) == {ADA: grant(), BEN: grant()}


def test_a_new_role_that_nobody_may_use_is_written_and_told_to_nobody() -> None:
    assert changes({}, None) == {}


def test_a_change_that_touches_no_right_is_told_to_nobody() -> None:
    plan = plan_role(record(), "other", {ADA: grant()}, known({ADA: grant()}))
    assert plan is not None
    assert (plan.changes, plan.content_hash) == ({}, "other")


def test_who_gains_and_who_loses_are_told_and_nobody_else() -> None:
    assert changes({ADA: grant(), "user:cho": grant()}, known({ADA: grant(), BEN: grant()})) == {
        "user:cho": grant(),
        BEN: None,
    }


@pytest.mark.parametrize("part", [{"cli_only": True}, {"source_identity": False}, {"max_session_duration": 7200}])
def test_a_right_that_changed_its_form_is_told_again(part: dict[str, Any]) -> None:
    assert changes({ADA: grant(**part)}, known({ADA: grant()})) == {ADA: grant(**part)}


def test_a_role_whose_rights_changed_by_configuration_alone_is_written_too() -> None:
    plan = plan_role(record(), "same", {BEN: grant()}, known({}))
    assert plan is not None
    assert plan.granted == {BEN: digest(grant())}


def test_everybody_loses_a_role_that_is_gone() -> None:
    assert withdrawn(known({ADA: grant(), BEN: grant()})) == {ADA: None, BEN: None}


def test_one_identity_gets_one_message_for_many_roles() -> None:
    found = list(messages([(role_arn("a"), {ADA: grant()}), (role_arn("b"), {ADA: None, BEN: grant()})], 7))
    assert [(message.identity, len(message.changes)) for message in found] == [(ADA, 2), (BEN, 1)]
    assert {change.observed_at for message in found for change in message.changes} == {7}


def test_a_message_holds_at_most_forty_changes_in_order() -> None:
    arns = [role_arn(f"role-{number:03d}") for number in range(2 * MESSAGE_CHANGES + 1)]
    found = list(messages([(arn, {ADA: None}) for arn in arns], 7))
    assert [len(message.changes) for message in found] == [40, 40, 1]
    assert [change.role_arn for message in found for change in message.changes] == arns


def test_a_message_stays_far_below_what_a_queue_takes() -> None:
    long = grant(sources=tuple(f"{number:03d}" + "x" * 1000 for number in range(20)))
    found = list(messages([(role_arn(f"r{number}"), {ADA: long}) for number in range(30)], 7))
    assert sum(len(message.changes) for message in found) == 30
    assert max(len(message.model_dump_json()) for message in found) < 200_000
