"""From AWS's answer to our record, and what counts as a change of it."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.models import InventoryConfig, RoleRecord
from chalicelib.inventory.resources import iam_role
from chalicelib.inventory.resources.iam_role import RoleHeader

HEADER = RoleHeader("Deploys", 7200)
TRUST = {"Version": "2012-10-17", "Statement": []}
DETAIL: dict[str, Any] = {
    "Arn": "arn:aws-cn:iam::222222222222:role/team/app",
    "RoleName": "app",
    "RoleId": "AROA1",
    "Path": "/team/",
    "CreateDate": datetime(2026, 1, 2, 5, 4, 5, tzinfo=UTC),
    "AssumeRolePolicyDocument": TRUST,
    "Tags": [{"Key": "owner", "Value": "team@example.com"}, {"Key": "Ünï", "Value": "çode"}],
    "RolePolicyList": [
        {"PolicyName": "b", "PolicyDocument": {"Statement": [{"Effect": "Deny"}]}},
        {"PolicyName": "a", "PolicyDocument": {"Statement": []}},
    ],
    "AttachedManagedPolicies": [
        {"PolicyName": "Z", "PolicyArn": "arn:aws-cn:iam::222222222222:policy/Z"},
        {"PolicyName": "ReadOnlyAccess", "PolicyArn": "arn:aws-cn:iam::aws:policy/ReadOnlyAccess"},
    ],
    "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": "arn:aws-cn:iam::222222222222:policy/Boundary",
    },
    "InstanceProfileList": [{"Arn": "arn:aws-cn:iam::222222222222:instance-profile/app"}],
    "RoleLastUsed": {"LastUsedDate": datetime(2026, 3, 4, 12, 0, tzinfo=UTC), "Region": "cn-north-1"},
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(DETAIL), **parts}


def record(**parts: Any) -> RoleRecord:
    return iam_role.record(changed(**parts), HEADER)


def test_a_record_holds_everything_that_both_listings_told() -> None:
    found = record()
    assert found.arn == "arn:aws-cn:iam::222222222222:role/team/app"
    assert (found.account_id, found.path, found.name) == ("222222222222", "/team/", "app")
    assert found.create_date == "2026-01-02T05:04:05Z"
    assert (found.description, found.max_session_duration) == ("Deploys", 7200)
    assert found.tags == {"owner": "team@example.com", "Ünï": "çode"}
    assert found.permissions_boundary == "arn:aws-cn:iam::222222222222:policy/Boundary"
    assert found.instance_profiles == ("arn:aws-cn:iam::222222222222:instance-profile/app",)
    assert found.last_used is not None
    assert (found.last_used.at, found.last_used.region) == ("2026-03-04T12:00:00Z", "cn-north-1")
    assert [policy.name for policy in found.inline_policies] == ["a", "b"]


def test_a_role_with_nothing_but_the_required_parts_is_understood() -> None:
    required = ("Arn", "RoleName", "RoleId", "Path", "CreateDate", "AssumeRolePolicyDocument")
    found = iam_role.record({key: DETAIL[key] for key in required}, iam_role.header({}))
    assert (found.tags, found.inline_policies, found.last_used, found.description) == ({}, (), None, None)
    assert found.max_session_duration == 3600


def test_a_role_that_nobody_used_has_no_last_use() -> None:
    assert record(RoleLastUsed={}).last_used is None


def test_the_order_in_which_aws_lists_things_is_no_change() -> None:
    turned = record(
        Tags=DETAIL["Tags"][::-1],
        RolePolicyList=DETAIL["RolePolicyList"][::-1],
        AttachedManagedPolicies=DETAIL["AttachedManagedPolicies"][::-1],
    )
    assert turned.content_hash() == record().content_hash()


def test_another_use_in_the_same_week_is_no_change() -> None:
    later = DETAIL["RoleLastUsed"]["LastUsedDate"] + timedelta(hours=5)
    assert record(RoleLastUsed={"LastUsedDate": later}).content_hash() == record().content_hash()


def test_a_use_in_a_later_week_is_a_change() -> None:
    later = DETAIL["RoleLastUsed"]["LastUsedDate"] + timedelta(days=8)
    assert record(RoleLastUsed={"LastUsedDate": later}).content_hash() != record().content_hash()


@pytest.mark.parametrize(
    "parts",
    [
        {"RoleId": "AROA2"},
        {"Tags": []},
        {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow"}]}},
        {"RolePolicyList": []},
        {"AttachedManagedPolicies": []},
        {"PermissionsBoundary": {}},
        {"InstanceProfileList": []},
    ],
)
def test_every_part_of_a_role_counts_as_a_change(parts: dict[str, Any]) -> None:
    assert record(**parts).content_hash() != record().content_hash()


def test_description_and_session_length_count_as_changes() -> None:
    hashes = {
        iam_role.record(DETAIL, header).content_hash()
        for header in (HEADER, RoleHeader("Other", 7200), RoleHeader("Deploys", 3600))
    }
    assert len(hashes) == 3


def test_what_is_packed_comes_out_as_it_was() -> None:
    assert RoleRecord.unpacked(record().packed()) == record()


@pytest.mark.parametrize(
    "parts",
    [
        {"AssumeRolePolicyDocument": "not json"},
        {"RolePolicyList": [{"PolicyName": "a", "PolicyDocument": "{"}]},
        {"RolePolicyList": [{"PolicyName": "a", "PolicyDocument": ["list"]}]},
        {"Arn": "arn:aws:iam::222222222222:user/app"},
    ],
)
def test_a_policy_that_is_no_object_is_refused_with_its_name(parts: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"policy|a is not|role"):
        record(**parts)


def test_the_first_tag_that_names_an_owner_counts() -> None:
    tags = {"team": "payments", "Owner": "x@example.com"}
    assert InventoryConfig(owner_tags=("owner", "Owner", "team")).owner_of(tags) == "x@example.com"
    assert InventoryConfig().owner_of(tags) is None
    assert InventoryConfig().owner_of({"owner": ""}) is None
