"""Which resource an event is about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chalicelib.core.arn import Arn
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.parse import parse
from chalicelib.inventory.events.subjects import WATCHED, Subject, concerns_accounts, subjects
from chalicelib.inventory.registry import resource_types, type_of
from tests.support.trail import ACCOUNT_CREATED, FIRST, envelope, record

IAM = f"arn:aws:iam::{FIRST}:"
SQS, SNS = f"arn:aws:sqs:us-east-1:{FIRST}:", f"arn:aws:sns:us-east-1:{FIRST}:"
QUEUE_URL = f"https://sqs.us-east-1.amazonaws.com/{FIRST}/orders"


def event(name: str, request: dict[str, Any] | None = None, service: str = "iam", **more: Any) -> TrailEvent:
    return parse(envelope(record(name, request, source=f"{service}.amazonaws.com", **more)))


def about(found: TrailEvent) -> set[str]:
    return {subject.arn for subject in subjects(found, "aws")}


ROLE_EVENTS = sorted(name for name, finders in WATCHED["iam"].items() if finders == WATCHED["iam"]["CreateRole"])


@pytest.mark.parametrize("name", ROLE_EVENTS)
def test_what_changes_a_role_names_it_without_its_path(name: str) -> None:
    found = subjects(event(name, {"roleName": "app", "instanceProfileName": "p"}), "aws")
    assert found == (Subject(f"{IAM}role/app", FIRST, whole=False),)


def test_every_call_that_changes_a_role_is_known() -> None:
    assert set(ROLE_EVENTS) == {
        "AddRoleToInstanceProfile",
        "AttachRolePolicy",
        "CreateRole",
        "CreateServiceLinkedRole",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DeleteServiceLinkedRole",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "RemoveRoleFromInstanceProfile",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
        "UpdateRoleDescription",
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [("CreateRole", "role"), ("CreateServiceLinkedRole", "role"), ("CreateUser", "user"), ("CreateGroup", "group")],
)
def test_what_is_created_is_told_with_its_path(name: str, kind: str) -> None:
    arn = f"{IAM}{kind}/team/app"
    found = event(
        name, {f"{kind}Name": "app", "path": "/team/"}, responseElements={kind: {"arn": arn, "path": "/team/"}}
    )
    assert subjects(found, "aws") == (Subject(arn, FIRST),)


@pytest.mark.parametrize(
    ("name", "request_", "arns"),
    [
        ("TagUser", {"userName": "grace"}, {"user/grace"}),
        ("UpdateUser", {"userName": "grace", "newUserName": "hopper"}, {"user/grace", "user/hopper"}),
        ("UpdateUser", {"userName": "grace", "newPath": "/navy/"}, {"user/grace"}),
        ("UpdateGroup", {"groupName": "a", "newGroupName": "b"}, {"group/a", "group/b"}),
        ("AddUserToGroup", {"userName": "grace", "groupName": "navy"}, {"user/grace", "group/navy"}),
        ("RemoveUserFromGroup", {"userName": "grace", "groupName": "navy"}, {"user/grace", "group/navy"}),
        ("DeleteGroupPolicy", {"groupName": "navy", "policyName": "p"}, {"group/navy"}),
        ("CreatePolicyVersion", {"policyArn": f"{IAM}policy/team/p"}, {"policy/team/p"}),
        ("SetDefaultPolicyVersion", {"policyArn": f"{IAM}policy/p", "versionId": "v2"}, {"policy/p"}),
    ],
)
def test_users_groups_and_policies(name: str, request_: dict[str, Any], arns: set[str]) -> None:
    assert about(event(name, request_)) == {IAM + arn for arn in arns}


def test_a_new_policy_is_named_by_the_answer() -> None:
    answer = {"policy": {"arn": f"{IAM}policy/team/p", "policyName": "p"}}
    assert about(event("CreatePolicy", {"policyName": "p"}, responseElements=answer)) == {f"{IAM}policy/team/p"}


@pytest.mark.parametrize("name", sorted(WATCHED["s3"]))
def test_buckets(name: str) -> None:
    by_arn = {"resourceArn": "arn:aws:s3:::data.example"}
    asked = by_arn if name.endswith("Resource") else {"bucketName": "data.example", "Host": "s3.amazonaws.com"}
    (found,) = subjects(event(name, asked, "s3"), "aws")
    assert found == Subject("arn:aws:s3:::data.example", FIRST)


@pytest.mark.parametrize("name", sorted(WATCHED["sqs"]))
def test_queues(name: str) -> None:
    made = {"responseElements": {"queueUrl": QUEUE_URL}} if name == "CreateQueue" else {}
    asked = {"queueName": "orders"} if made else {"queueUrl": QUEUE_URL}
    assert about(event(name, asked, "sqs", **made)) == {f"{SQS}orders"}


@pytest.mark.parametrize("name", sorted(WATCHED["sns"]))
def test_topics(name: str) -> None:
    made = {"responseElements": {"topicArn": f"{SNS}news"}} if name == "CreateTopic" else {}
    key = "resourceArn" if name.endswith("Resource") else "topicArn"
    assert about(event(name, {"name": "news"} if made else {key: f"{SNS}news"}, "sns", **made)) == {f"{SNS}news"}


OTHER = "333333333333"


@pytest.mark.parametrize(
    ("service", "name", "request_", "resources"),
    [
        (
            "s3",
            "PutBucketPolicy",
            {"bucketName": "b"},
            [{"accountId": OTHER, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::b"}],
        ),
        ("sqs", "TagQueue", {"queueUrl": f"https://sqs.us-east-1.amazonaws.com/{OTHER}/orders"}, None),
        ("sns", "TagResource", {"resourceArn": f"arn:aws:sns:us-east-1:{OTHER}:news"}, None),
    ],
)
def test_what_somebody_of_another_account_changed_is_looked_for_where_it_is(
    service: str, name: str, request_: dict[str, Any], resources: Any
) -> None:
    (found,) = subjects(event(name, request_, service, resources=resources), "aws")
    assert found.account_id == OTHER
    assert found.arn.split(":")[4] in {OTHER, ""}


def test_arns_are_of_the_partition_that_the_product_runs_in() -> None:
    found = subjects(event("DeleteRole", {"roleName": "app"}), "aws-cn")
    assert [subject.arn for subject in found] == [f"arn:aws-cn:iam::{FIRST}:role/app"]


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("DeleteRole", {"errorCode": "NoSuchEntityException"}),
        ("DeleteRole", {"errorCode": "AccessDenied"}),
        ("GetRole", {"readOnly": True}),
        ("CreateLoginProfile", {}),
    ],
)
def test_what_changed_nothing_is_about_nothing(name: str, more: dict[str, Any]) -> None:
    assert subjects(event(name, {"roleName": "app", "userName": "grace"}, **more), "aws") == ()


@pytest.mark.parametrize("service", sorted(WATCHED))
def test_an_event_that_lacks_the_name_or_has_something_else_there_is_about_nothing(service: str) -> None:
    for name in WATCHED[service]:
        for wrong in (
            None,
            {},
            {"roleName": 7, "bucketName": ["b"], "queueUrl": {}, "policyArn": "p", "topicArn": "t"},
        ):
            assert subjects(event(name, wrong, service), "aws") == ()


def test_the_accounts_change_when_the_organisation_does() -> None:
    assert concerns_accounts(parse(envelope(ACCOUNT_CREATED)))
    assert concerns_accounts(event("MoveAccount", {"accountId": FIRST}, "organizations"))
    assert not concerns_accounts(event("MoveAccount", {}, "organizations", errorCode="AccessDeniedException"))
    assert not concerns_accounts(event("DescribeAccount", {}, "organizations"))
    assert not concerns_accounts(event("CreatePolicy", {"policyName": "p"}))
    assert subjects(event("CreatePolicy", {"name": "scp"}, "organizations"), "aws") == ()


def test_every_type_is_followed_but_what_aws_itself_and_aws_config_keep() -> None:
    request_ = {
        "roleName": "a",
        "userName": "a",
        "groupName": "a",
        "policyArn": f"{IAM}policy/a",
        "bucketName": "abc",
        "queueUrl": QUEUE_URL,
        "topicArn": f"{SNS}a",
    }
    found = {
        kind.name
        for service, names in WATCHED.items()
        for name in names
        for subject in subjects(event(name, request_, service), "aws")
        for kind in [type_of(Arn.parse(subject.arn))]
        if kind
    }
    assert found == resource_types().keys() - {"aws_managed_policy", "config_resource"}


KEYS = [
    "roleName",
    "userName",
    "newUserName",
    "groupName",
    "policyArn",
    "bucketName",
    "queueUrl",
    "topicArn",
    "resourceArn",
    "role",
    "arn",
]
ANYTHING = some.recursive(
    some.none()
    | some.integers()
    | some.text(max_size=12)
    | some.sampled_from(["arn:aws:iam::1:role/a", "https://x/1/q"]),
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.sampled_from(KEYS), inner, max_size=3),
    max_leaves=5,
)
DOCUMENTS = some.dictionaries(some.sampled_from(KEYS), ANYTHING, max_size=5)


@given(
    call=some.sampled_from([(service, name) for service, names in WATCHED.items() for name in names]),
    request_=DOCUMENTS,
    response=DOCUMENTS,
)
def test_whatever_an_event_holds_its_subjects_are_arns_or_nothing(
    call: tuple[str, str], request_: dict[str, Any], response: dict[str, Any]
) -> None:
    service, name = call
    for subject in subjects(event(name, request_, service, responseElements=response), "aws"):
        assert subject.arn.startswith("arn:")
        assert subject.arn.count(":") >= 5
