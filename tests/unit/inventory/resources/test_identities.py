"""Users, groups and managed policies, as IAM tells of them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, NotFound, Throttled
from chalicelib.inventory.resource_type import Place
from chalicelib.inventory.resources import aws_managed_policy, iam_group, iam_managed_policy, iam_user
from tests.support.aws import HUB
from tests.support.spoke_readers import DOCUMENT, SPOKE, Answer, Spokes, TellingReader, found, read

USERS, GROUPS = iam_user.RESOURCE_TYPE, iam_group.RESOURCE_TYPE
POLICIES, OF_AWS = iam_managed_policy.RESOURCE_TYPE, aws_managed_policy.RESOURCE_TYPE
USER = f"arn:aws:iam::{SPOKE}:user/machines/eu/backup.writer@example.com"
GROUP = f"arn:aws:iam::{SPOKE}:group/teams/ops"
POLICY = f"arn:aws:iam::{SPOKE}:policy/team/data/ReadLake"
PLACE = Place(SPOKE)
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = {**DOCUMENT, "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


@pytest.fixture(scope="module", autouse=True)
def _inhabited(cloud: Spokes) -> None:
    iam = cloud.client("iam")
    document = json.dumps(DOCUMENT)
    tags = [{"Key": "owner", "Value": "Tomás Núñez 田中"}]
    iam.create_policy(PolicyName="ReadLake", Path="/team/data/", PolicyDocument=document, Description="Lake", Tags=tags)
    iam.create_policy_version(PolicyArn=POLICY, PolicyDocument=json.dumps(SECOND), SetAsDefault=True)
    name = "backup.writer@example.com"
    iam.create_user(UserName=name, Path="/machines/eu/", Tags=tags)
    iam.create_group(GroupName="ops", Path="/teams/")
    iam.add_user_to_group(GroupName="ops", UserName=name)
    for policy in ("zeta", "alpha"):
        iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=document)
        iam.put_group_policy(GroupName="ops", PolicyName=policy, PolicyDocument=document)
    iam.attach_user_policy(UserName=name, PolicyArn=POLICY)
    iam.attach_group_policy(GroupName="ops", PolicyArn=POLICY)


def test_a_user_comes_with_path_groups_policies_and_tags(cloud: Spokes) -> None:
    user = found(USERS, cloud.readers.of(SPOKE))[USER]
    assert (user.name, user.path, user.account_id) == ("backup.writer@example.com", "/machines/eu/", SPOKE)
    assert user.groups == ("ops",)
    assert [policy.name for policy in user.inline_policies] == ["alpha", "zeta"]
    assert user.inline_policies[0].document == DOCUMENT
    assert [policy.arn for policy in user.attached_policies] == [POLICY]
    assert user.tags == {"owner": "Tomás Núñez 田中"}
    assert user.permissions_boundary is None


def test_a_group_comes_with_its_policies(cloud: Spokes) -> None:
    group = found(GROUPS, cloud.readers.of(SPOKE))[GROUP]
    assert (group.name, group.path) == ("ops", "/teams/")
    assert [policy.name for policy in group.inline_policies] == ["alpha", "zeta"]
    assert [policy.arn for policy in group.attached_policies] == [POLICY]


def test_a_managed_policy_comes_with_all_its_versions_and_says_what_counts_now(cloud: Spokes) -> None:
    policy = found(POLICIES, cloud.readers.of(SPOKE))[POLICY]
    assert (policy.name, policy.path, policy.description) == ("ReadLake", "/team/data/", "Lake")
    assert [version.version_id for version in policy.versions] == ["v1", "v2"]
    assert (policy.default_version, policy.document) == ("v2", SECOND)
    assert policy.versions[0].document == DOCUMENT
    assert policy.tags == {"owner": "Tomás Núñez 田中"}


@pytest.mark.parametrize(("kind", "arn"), [(USERS, USER), (GROUPS, GROUP), (POLICIES, POLICY)])
def test_what_is_read_alone_is_what_the_listing_told(cloud: Spokes, kind: Any, arn: str) -> None:
    reader = cloud.readers.of(SPOKE)
    assert read(kind, reader, arn) == found(kind, reader)[arn]


@pytest.mark.parametrize(("kind", "arn"), [(USERS, USER), (GROUPS, GROUP), (POLICIES, POLICY)])
def test_what_does_not_exist_is_none(cloud: Spokes, kind: Any, arn: str) -> None:
    assert read(kind, cloud.readers.of(SPOKE), f"{arn}-gone") is None


@pytest.mark.parametrize(("kind", "arn"), [(USERS, USER), (GROUPS, GROUP)])
def test_an_event_that_leaves_out_the_path_finds_the_identity_with_it(cloud: Spokes, kind: Any, arn: str) -> None:
    parsed = Arn.parse(arn)
    bare = f"arn:aws:iam::{SPOKE}:{parsed.resource_type}/{parsed.name}"
    assert read(kind, cloud.readers.of(SPOKE), bare).arn == arn


@pytest.mark.parametrize("kind", [USERS, GROUPS, POLICIES])
def test_an_account_without_any_is_an_empty_listing(cloud: Spokes, kind: Any) -> None:
    assert found(kind, cloud.readers.of("333333333333")) == {}


def detail(name: str, **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{SPOKE}:user/{name}"
    return {"Arn": arn, "UserName": name, "UserId": "AIDA", "Path": "/", "CreateDate": WHEN, **more}


def test_a_garbled_policy_document_leaves_out_only_its_own_user() -> None:
    garbled = detail("bad", UserPolicyList=[{"PolicyName": "p", "PolicyDocument": "{not json"}])
    reader = TellingReader({"get_account_authorization_details": {"UserDetailList": [garbled, detail("good")]}})
    (page,) = USERS.pages(reader, PLACE)
    assert [record.name for record in page.records] == ["good"]
    assert page.unreadable == {f"arn:aws:iam::{SPOKE}:user/bad": "The inline policy p is not a JSON object."}


def test_the_boundary_of_a_user_is_kept() -> None:
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": POLICY}
    reader = TellingReader(
        {"get_account_authorization_details": {"UserDetailList": [detail("u", PermissionsBoundary=boundary)]}}
    )
    assert next(iter(found(USERS, reader).values())).permissions_boundary == POLICY


def test_a_listing_goes_on_behind_the_page_where_it_was_cut() -> None:
    def page(parameters: dict[str, Any]) -> dict[str, Any]:
        number = int(parameters.get("Marker", "0"))
        more = {"IsTruncated": True, "Marker": str(number + 1)} if number < 2 else {"IsTruncated": False}
        return {"UserDetailList": [detail(f"u{number}")], **more}

    whole = list(USERS.pages(TellingReader({"get_account_authorization_details": page}), PLACE))
    assert [one.after for one in whole] == ["1", "2", ""]
    rest = USERS.pages(TellingReader({"get_account_authorization_details": page}), PLACE, after=whole[0].after)
    assert [record.name for one in rest for record in one.records] == ["u1", "u2"]


def test_an_inline_policy_that_vanishes_meanwhile_does_not_take_its_user_along() -> None:
    reader = TellingReader(
        {
            "get_user": {"User": detail("u")},
            "list_user_policies": {"PolicyNames": ["gone"]},
            "get_user_policy": NotFound("NoSuchEntity"),
            "list_attached_user_policies": {},
            "list_groups_for_user": {},
        }
    )
    user = read(USERS, reader, f"arn:aws:iam::{SPOKE}:user/u")
    assert user is not None
    assert user.inline_policies == ()


def test_a_user_that_vanishes_while_it_is_read_is_none() -> None:
    gone: Answer = NotFound("NoSuchEntity")
    reader = TellingReader(
        {"get_user": {"User": detail("u")}, "list_groups_for_user": gone, "list_user_policies": gone}
    )
    assert read(USERS, reader, f"arn:aws:iam::{SPOKE}:user/u") is None


def policy_header() -> dict[str, Any]:
    return {
        "Arn": POLICY,
        "PolicyName": "ReadLake",
        "PolicyId": "ANPA",
        "Path": "/team/data/",
        "DefaultVersionId": "v10",
        "CreateDate": WHEN,
        "UpdateDate": WHEN,
    }


def version(name: str, *, default: bool = False) -> dict[str, Any]:
    return {"VersionId": name, "IsDefaultVersion": default, "CreateDate": WHEN, "Document": DOCUMENT}


def test_versions_are_in_the_order_of_their_numbers() -> None:
    listed: Answer = {"Policies": [{"Arn": POLICY, "PolicyVersionList": [version("v10", default=True), version("v9")]}]}
    reader = TellingReader({"get_account_authorization_details": listed, "get_policy": {"Policy": policy_header()}})
    assert [one.version_id for one in found(POLICIES, reader)[POLICY].versions] == ["v9", "v10"]


def test_a_policy_that_vanishes_while_it_is_listed_is_left_out() -> None:
    listed: Answer = {"Policies": [{"Arn": POLICY, "PolicyVersionList": [version("v1", default=True)]}]}
    reader = TellingReader({"get_account_authorization_details": listed, "get_policy": NotFound("NoSuchEntity")})
    assert found(POLICIES, reader) == {}


def test_a_policy_whose_default_version_vanishes_meanwhile_is_not_said_to_be_gone() -> None:
    versions = {"v1": NotFound("NoSuchEntity"), "v2": {"PolicyVersion": version("v2")}}
    reader = TellingReader(
        {
            "get_policy": {"Policy": policy_header()},
            "list_policy_versions": {"Versions": [{"VersionId": name} for name in versions]},
            "get_policy_version": lambda parameters: versions[parameters["VersionId"]],
        }
    )
    with pytest.raises(InvalidInput, match="changed while it was read"):
        read(POLICIES, reader, POLICY)


def test_throttling_in_the_middle_ends_the_page_with_its_error() -> None:
    listed: Answer = {"Policies": [{"Arn": POLICY, "PolicyVersionList": []}] * 2}
    reader = TellingReader({"get_account_authorization_details": listed, "get_policy": Throttled("Rate exceeded")})
    with pytest.raises(Throttled):
        list(POLICIES.pages(reader, PLACE))


def test_the_policies_of_aws_are_listed_in_the_hub_and_nowhere_else() -> None:
    arn = "arn:aws:iam::aws:policy/job-function/Billing"
    told = {"Arn": arn, "PolicyName": "Billing", "Path": "/job-function/", "DefaultVersionId": "v9", "UpdateDate": WHEN}
    answers: dict[str, Answer] = {"list_policies": {"Policies": [told]}, "get_policy": {"Policy": told}}
    hub = TellingReader(answers, account_id=HUB, is_hub=True)
    record = found(OF_AWS, hub)[arn]
    assert (record.name, record.account_id, record.path) == ("Billing", HUB, "/job-function/")
    assert record == read(OF_AWS, hub, arn)
    assert hub.asked[0][1]["Scope"] == "AWS"
    spoke = TellingReader(answers)
    assert [page.records for page in OF_AWS.pages(spoke, PLACE)] == [()]
    assert spoke.asked == []
