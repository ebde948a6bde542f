"""What an event amounts to, and whether a policy would help."""

from typing import Any

import pytest

from chalicelib.inventory.denies.models import Deny, Layer
from chalicelib.inventory.denies.parse import Said, read_message
from chalicelib.inventory.denies.rules import (
    deny_of,
    gets_row,
    is_copy,
    is_deny,
    page_of,
    policy_for,
    worth_telling,
    would_help,
)
from chalicelib.inventory.events.models import TrailEvent, TrailIdentity, TrailResource

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/i-0abc"
OBJECT = "arn:aws:s3:::docs/a.pdf"
NOBODY_ALLOWS = "because no identity-based policy allows the s3:GetObject action"


def event(**changes: Any) -> TrailEvent:
    facts: dict[str, Any] = {
        "event_id": "e1",
        "time": 1_000,
        "source": "s3.amazonaws.com",
        "name": "GetObject",
        "region": "eu-west-1",
        "account_id": ACCOUNT,
        "identity": TrailIdentity(kind="AssumedRole", arn=SESSION, issuer_arn=ROLE, account=ACCOUNT),
        "error_code": "AccessDenied",
        "error_message": refused(),
    }
    return TrailEvent(**{**facts, **changes})


def refused(action: str = "s3:GetObject", resource: str = f'"{OBJECT}"', reason: str = NOBODY_ALLOWS) -> str:
    return f"User: {SESSION} is not authorized to perform: {action} on resource: {resource} {reason}"


def found(**changes: Any) -> Deny:
    seen = event(**changes)
    deny = deny_of(seen, read_message(seen.error_message))
    assert deny is not None
    return deny


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AuthorizationErrorException",
        "NotAuthorized",
        "UnauthorizedException",
    ],
)
def test_services_spell_a_deny_in_many_ways(code: str) -> None:
    assert is_deny(event(error_code=code))


@pytest.mark.parametrize(
    "code", ["", "NoSuchKey", "ThrottlingException", "Client.InvalidParameterValue", "AuthFailure"]
)
def test_other_errors_are_no_denies(code: str) -> None:
    assert not is_deny(event(error_code=code))


def test_a_wrong_password_is_no_deny() -> None:
    assert not is_deny(event(source="cognito-idp.amazonaws.com", error_code="NotAuthorizedException"))


def test_the_resources_side_of_a_call_across_accounts_is_a_copy() -> None:
    assert not is_copy(event())
    assert is_copy(event(account_id="999988887777"))
    assert is_copy(event(identity=TrailIdentity(kind="AWSAccount", account="999988887777")))
    assert not is_copy(event(identity=TrailIdentity(kind="AWSService", invoked_by="s3.amazonaws.com")))


def test_an_identity_policy_that_is_missing_is_suggested_with_one_action_and_one_resource() -> None:
    deny = found()
    assert deny.principal == ROLE
    assert (deny.action, deny.resource, deny.layer, deny.explicit) == ("s3:GetObject", OBJECT, Layer.IDENTITY, False)
    assert deny.suggestion == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [OBJECT]}],
    }
    assert deny.advice == f"No policy of app allows s3:GetObject on {OBJECT}."


@pytest.mark.parametrize(
    ("reason", "layer"),
    [
        ("because no permissions boundary allows the s3:GetObject action", Layer.BOUNDARY),
        ("because no session policy allows the s3:GetObject action", Layer.SESSION),
        ("because no service control policy allows the s3:GetObject action", Layer.SERVICE_CONTROL),
        ("because no resource control policy allows the s3:GetObject action", Layer.RESOURCE_CONTROL),
        ("because no resource-based policy allows the s3:GetObject action", Layer.RESOURCE),
        ("because no VPC endpoint policy allows the s3:GetObject action", Layer.ENDPOINT),
        ("because no role trust policy allows the sts:AssumeRole action", Layer.TRUST),
        ("with an explicit deny in an identity-based policy", Layer.IDENTITY),
        ("with an explicit deny in a service control policy", Layer.SERVICE_CONTROL),
        ("with an explicit deny in a resource-based policy", Layer.RESOURCE),
        ("with an explicit deny", Layer.UNKNOWN),
        ("", Layer.UNKNOWN),
    ],
)
def test_where_another_policy_is_in_the_way_none_is_suggested_and_the_advice_says_which(
    reason: str, layer: Layer
) -> None:
    deny = found(error_message=refused(reason=reason))
    assert deny.layer is layer
    assert deny.suggestion is None
    assert deny.advice


def test_the_policy_that_denies_is_named_in_the_advice() -> None:
    scp = "arn:aws:organizations::777788889999:policy/o-a/service_control_policy/p-b"
    deny = found(error_message=refused(reason=f"with an explicit deny in a service control policy: {scp}"))
    assert deny.policy_arn == scp
    assert scp in deny.advice


@pytest.mark.parametrize(
    ("principal", "word"),
    [
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX", "AWS service"),
        (f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_1a2b", "permission set"),
        (f"arn:aws:iam::{ACCOUNT}:root", "No policy"),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/ada", "No policy"),
    ],
)
def test_nothing_is_suggested_for_whom_nobody_can_give_a_policy(principal: str, word: str) -> None:
    deny = found(identity=TrailIdentity(arn=principal, account=ACCOUNT))
    assert deny.suggestion is None
    assert word in deny.advice


def test_a_user_may_get_a_policy_too() -> None:
    user = f"arn:aws:iam::{ACCOUNT}:user/build"
    assert found(identity=TrailIdentity(kind="IAMUser", arn=user, account=ACCOUNT)).suggestion is not None


def test_nothing_is_suggested_where_aws_does_not_name_the_resource() -> None:
    message = f"User: {SESSION} is not authorized to perform: codecommit:ListRepositories because no identity-based policy allows it"
    deny = found(source="codecommit.amazonaws.com", name="ListRepositories", error_message=message)
    assert (deny.resource, deny.suggestion) == ("*", None)
    assert "which resource" in deny.advice


def test_a_resource_that_is_everything_by_awss_own_word_is_suggested() -> None:
    message = refused("ecr:GetAuthorizationToken", "*", "because no identity-based policy allows it")
    deny = found(source="ecr.amazonaws.com", name="GetAuthorizationToken", error_message=message)
    assert deny.suggestion == policy_for("ecr:GetAuthorizationToken", "*")


@pytest.mark.parametrize(
    "resource", ["prod/db", "user/jackson", '"arn:aws:s3:::docs/<name>"', '"arn:aws:s3:::docs/\u4e2d"']
)
def test_what_no_policy_can_name_is_not_suggested(resource: str) -> None:
    deny = found(error_message=refused(resource=resource))
    assert deny.suggestion is None
    assert "can't be written" in deny.advice


@pytest.mark.parametrize(
    ("key", "literally"),
    [("*", "${*}"), ("a?.pdf", "a${?}.pdf"), ("${aws:username}", "${$}{aws:username}"), ("plain/key", "plain/key")],
)
@pytest.mark.parametrize("bucket", ["arn:aws:s3:::docs/", "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/"])
def test_a_key_that_looks_like_a_wildcard_means_only_itself(bucket: str, key: str, literally: str) -> None:
    deny = found(error_message=refused(resource=f'"{bucket}{key}"'))
    assert deny.suggestion is not None
    assert deny.suggestion["Statement"][0]["Resource"] == [bucket + literally]


def test_wildcards_that_aws_writes_stay() -> None:
    instances = "arn:aws:ec2:eu-west-1:111122223333:instance/*"
    assert policy_for("ec2:RunInstances", instances)["Statement"][0]["Resource"] == [instances]


def test_a_resource_of_another_account_needs_its_owner_too() -> None:
    queue = "arn:aws:sqs:eu-west-1:999988887777:orders"
    deny = found(error_message=refused("sqs:SendMessage", queue), source="sqs.amazonaws.com", name="SendMessage")
    assert deny.suggestion is not None
    assert "account 999988887777: its own policy must allow it too" in deny.advice


@pytest.mark.parametrize(
    ("name", "resources", "request_", "expected"),
    [
        ("GetObject", ("arn:aws:s3:::docs", "arn:aws:s3:::docs/a.pdf"), {}, "arn:aws:s3:::docs/a.pdf"),
        ("ListObjects", ("arn:aws:s3:::docs/a.pdf", "arn:aws:s3:::docs"), {}, "arn:aws:s3:::docs"),
        ("GetObject", (), {"bucketName": "docs", "key": "a.pdf"}, "arn:aws:s3:::docs/a.pdf"),
        ("ListObjects", (), {"bucketName": "docs", "prefix": "a"}, "arn:aws:s3:::docs"),
        ("ListObjects", ("not an arn",), {"bucketName": ["docs"]}, "*"),
        ("GetObject", ("arn:aws:kms:eu-west-1:111122223333:key/1",), {}, "*"),
    ],
)
def test_where_the_message_names_nothing_the_event_does(
    name: str, resources: tuple[str, ...], request_: dict[str, Any], expected: str
) -> None:
    listed = tuple(TrailResource(arn=arn) for arn in resources)
    deny = found(name=name, error_message="Access Denied", resources=listed, request=request_)
    assert deny.resource == expected
    assert deny.suggestion is None


def test_the_call_is_kept_beside_the_action() -> None:
    deny = found(name="ListObjectsV2", error_message="Access Denied")
    assert (deny.event_call, deny.action) == ("s3:ListObjectsV2", "s3:ListBucket")


def test_an_aws_service_is_nobody() -> None:
    nobody = event(identity=TrailIdentity(kind="AWSService", invoked_by="config.amazonaws.com"), error_message="no")
    assert deny_of(nobody, Said()) is None


def test_secrets_of_a_message_are_not_kept() -> None:
    deny = found(error_message="Refused. Encoded authorization failure message: abc")
    assert deny.message == "Refused."


def test_a_deny_without_an_action_suggests_nothing() -> None:
    deny = found().model_copy(update={"action": ""})
    assert would_help(deny).rule == "no_action"


def test_of_very_many_kinds_only_those_that_are_known_are_told_apart() -> None:
    assert gets_row(times=0, kinds=2, most_kinds=3)
    assert not gets_row(times=0, kinds=3, most_kinds=3)
    assert gets_row(times=1, kinds=3, most_kinds=3)


@pytest.mark.parametrize(
    ("resource", "page"),
    [
        ("arn:aws:s3:::docs/a/b.pdf", "arn:aws:s3:::docs"),
        ("arn:aws:s3:::docs/*", "arn:aws:s3:::docs"),
        ("arn:aws:s3:::docs", "arn:aws:s3:::docs"),
        (
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap/object/k",
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/ap",
        ),
        ("arn:aws:sqs:eu-west-1:111122223333:orders", "arn:aws:sqs:eu-west-1:111122223333:orders"),
        ("arn:aws:ec2:eu-west-1:111122223333:instance/*", ""),
        ("prod/db", ""),
        ("*", ""),
    ],
)
def test_a_deny_is_shown_on_the_page_of_its_resource(resource: str, page: str) -> None:
    assert page_of(resource) == page


def test_search_hears_of_few_totals() -> None:
    assert [total for total in range(1, 1_001) if worth_telling(total)] == [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]
