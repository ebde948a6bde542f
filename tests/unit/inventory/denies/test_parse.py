"""What AWS's messages say, in every wording that AWS has."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.inventory.denies.models import Layer
from chalicelib.inventory.denies.parse import Said, read_decoded, read_message, together, without_secrets

SESSION = "arn:aws:sts::111122223333:assumed-role/app/i-0abc"
USER = "arn:aws:iam::123456789012:user/John"
SCP = "arn:aws:organizations::777788889999:policy/o-exampleorgid/service_control_policy/p-examplepolicyid123"

REASONS = [
    ("because no identity-based policy allows the {} action", Layer.IDENTITY, False),
    ("with an explicit deny in an identity-based policy", Layer.IDENTITY, True),
    ("because no permissions boundary allows the {} action", Layer.BOUNDARY, False),
    ("with an explicit deny in a permissions boundary", Layer.BOUNDARY, True),
    ("because no session policy allows the {} action", Layer.SESSION, False),
    ("with an explicit deny in a session policy", Layer.SESSION, True),
    ("because no service control policy allows the {} action", Layer.SERVICE_CONTROL, False),
    ("with an explicit deny in a service control policy", Layer.SERVICE_CONTROL, True),
    ("because no resource control policy allows the {} action", Layer.RESOURCE_CONTROL, False),
    ("with an explicit deny in a resource control policy", Layer.RESOURCE_CONTROL, True),
    ("because no resource-based policy allows the {} action", Layer.RESOURCE, False),
    ("with an explicit deny in a resource-based policy", Layer.RESOURCE, True),
    ("because no VPC endpoint policy allows the {} action", Layer.ENDPOINT, False),
    ("with an explicit deny in a VPC endpoint policy", Layer.ENDPOINT, True),
    ("because no role trust policy allows the {} action", Layer.TRUST, False),
    ("with an explicit deny in the role trust policy", Layer.TRUST, True),
    ("with an explicit deny", Layer.UNKNOWN, True),
]
ENDS = ["", ".", " (Service: Sqs, Status Code: 403, Request ID: 7-1)", " status code: 403, request id: 0722a7a2"]


@pytest.mark.parametrize(("reason", "layer", "explicit"), REASONS)
@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("resource", ["", "arn:aws:sqs:us-east-1:123456789012:orders", "*", "user/jackson"])
def test_the_reason_is_told_apart_from_what_was_called(
    reason: str, layer: Layer, explicit: bool, end: str, resource: str
) -> None:
    on = f" on resource: {resource}" if resource else ""
    said = read_message(
        f"User: {USER} is not authorized to perform: sqs:SendMessage{on} {reason.format('sqs:SendMessage')}{end}"
    )
    assert said == Said(USER, "sqs:SendMessage", resource, layer, explicit)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        pytest.param(
            f"User: {SESSION} is not authorized to perform: dynamodb:Query on resource: "
            "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i",
            Said(SESSION, "dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/i"),
            id="without a reason",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: sts:AssumeRole on resource: "
            "arn:aws:iam::999988887777:role/deploy/far",
            Said(SESSION, "sts:AssumeRole", "arn:aws:iam::999988887777:role/deploy/far"),
            id="a role of another account",
        ),
        pytest.param(
            f'User: {SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::docs/Annual '
            'Report.pdf" because '
            "no identity-based policy allows the s3:GetObject action",
            Said(SESSION, "s3:GetObject", "arn:aws:s3:::docs/Annual Report.pdf", Layer.IDENTITY, explicit=False),
            id="S3 puts the resource between quotation marks",
        ),
        pytest.param(
            f'User: {SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/x" because '
            "no identity-based "
            'policy allows the iam:* action" with an explicit deny in a resource-based policy',
            Said(
                SESSION,
                "s3:GetObject",
                'arn:aws:s3:::b/x" because no identity-based policy allows the iam:* action',
                Layer.RESOURCE,
                explicit=True,
            ),
            id="a key that pretends to be a reason",
        ),
        pytest.param(
            f'User: {SESSION} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/x because '
            "no identity-based policy "
            'allows the s3:GetObject action"',
            Said(
                SESSION,
                "s3:GetObject",
                "arn:aws:s3:::b/x because no identity-based policy allows the s3:GetObject action",
            ),
            id="a key that pretends, where AWS gives no reason",
        ),
        pytest.param(
            f"User `{SESSION}' is not authorized to perform `ses:SendEmail' on resource "
            "`arn:aws:ses:us-east-1:111122223333:identity/ada@example.com'",
            Said(SESSION, "ses:SendEmail", "arn:aws:ses:us-east-1:111122223333:identity/ada@example.com"),
            id="SES writes a backtick and an apostrophe",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: kms:Decrypt on this resource because the resource "
            "does not exist in this Region, "
            "no resource-based policies allow access, or a resource-based policy explicitly denies access",
            Said(SESSION, "kms:Decrypt", "", Layer.RESOURCE),
            id="KMS does not say which it was",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: kms:GenerateDataKey on resource: "
            "arn:aws:kms:us-east-1:111122223333:key/1-2 because "
            "no identity-based policy allows the kms:GenerateDataKey action",
            Said(
                SESSION,
                "kms:GenerateDataKey",
                "arn:aws:kms:us-east-1:111122223333:key/1-2",
                Layer.IDENTITY,
                explicit=False,
            ),
            id="KMS names the layer",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: secretsmanager:GetSecretValue on resource: prod/db "
            "because no identity-based policy "
            "allows the secretsmanager:GetSecretValue action",
            Said(SESSION, "secretsmanager:GetSecretValue", "prod/db", Layer.IDENTITY, explicit=False),
            id="Secrets Manager names what was asked for",
        ),
        pytest.param(
            f"User: {USER} is not authorized to perform: sns:Publish on resource: "
            "arn:aws:sns:us-east-1:123456789012:news because no "
            "VPC endpoint policy allows the SNS:Publish action",
            Said(USER, "sns:Publish", "arn:aws:sns:us-east-1:123456789012:news", Layer.ENDPOINT, explicit=False),
            id="the reason spells the action otherwise",
        ),
        pytest.param(
            f"User: {USER} is not authorized to perform: codecommit:ListRepositories with an explicit deny in a "
            f"service control policy: {SCP}",
            Said(USER, "codecommit:ListRepositories", "", Layer.SERVICE_CONTROL, explicit=True, policy_arn=SCP),
            id="the policy that denies is named",
        ),
        pytest.param(
            f"User: {USER} is not authorized to perform: ec2:StartInstances on resource: "
            "arn:aws:ec2:us-east-1:123456789012:instance/i-1 with an "
            f"explicit deny in a service control policy: {SCP} (Service: Ec2, Status Code: 403, Request ID: r)",
            Said(
                USER,
                "ec2:StartInstances",
                "arn:aws:ec2:us-east-1:123456789012:instance/i-1",
                Layer.SERVICE_CONTROL,
                explicit=True,
                policy_arn=SCP,
            ),
            id="and an SDK adds its own words",
        ),
        pytest.param(
            "You are not authorized to perform this operation. Encoded authorization failure message: aB3_-x9",
            Said(encoded="aB3_-x9"),
            id="EC2 encodes",
        ),
        pytest.param(
            f"You are not authorized to perform this operation. User: {SESSION} is not authorized to perform: "
            "ec2:RunInstances on resource: "
            "arn:aws:ec2:us-east-1:111122223333:instance/* because no identity-based policy allows the "
            "ec2:RunInstances action. "
            "Encoded authorization failure message: aB3_-x9",
            Said(
                SESSION,
                "ec2:RunInstances",
                "arn:aws:ec2:us-east-1:111122223333:instance/*",
                Layer.IDENTITY,
                explicit=False,
                encoded="aB3_-x9",
            ),
            id="EC2 says it and encodes it too",
        ),
        pytest.param(
            f"API: ec2:RunInstances You are not authorized to perform this operation. User: {SESSION} is not "
            "authorized to perform: "
            "ec2:CreateTags on resource: arn:aws:ec2:us-east-1:111122223333:instance/*. Encoded authorization "
            "failure message: aB3 (Service: Ec2, Status Code: 403)",
            Said(SESSION, "ec2:CreateTags", "arn:aws:ec2:us-east-1:111122223333:instance/*", encoded="aB3"),
            id="an encoded message without a reason",
        ),
        pytest.param(
            "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            Said(action="sts:AssumeRoleWithWebIdentity"),
            id="STS knows no user yet",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: apigateway:GET on resource: "
            "arn:aws:apigateway:us-east-1::/restapis/a1/stages because "
            "no identity-based policy allows the apigateway:GET action",
            Said(
                SESSION,
                "apigateway:GET",
                "arn:aws:apigateway:us-east-1::/restapis/a1/stages",
                Layer.IDENTITY,
                explicit=False,
            ),
            id="API Gateway's actions are methods",
        ),
        pytest.param(
            "User: deploy-pl-prod is not authorized to perform: iam:CreatePolicy  because no identity-based "
            "policy allows the iam:CreatePolicy action",
            Said("", "iam:CreatePolicy", "", Layer.IDENTITY, explicit=False),
            id="a user by name, and two blanks",
        ),
        pytest.param(
            f"User: {SESSION} is not authorized to perform: iam:PassRole on resource: "
            "arn:aws-cn:iam::111122223333:role/service/x because no "
            "permissions boundary allows the iam:PassRole action",
            Said(
                SESSION, "iam:PassRole", "arn:aws-cn:iam::111122223333:role/service/x", Layer.BOUNDARY, explicit=False
            ),
            id="another partition",
        ),
        pytest.param("Access Denied", Said(), id="S3 of old"),
        pytest.param("Access to the resource https://sqs.us-east-1.amazonaws.com/ is denied.", Said(), id="SQS of old"),
        pytest.param("You don't have permissions to access this resource.", Said(), id="Organizations"),
        pytest.param("", Said(), id="nothing"),
    ],
)
def test_each_service_in_its_own_words(message: str, said: Said) -> None:
    assert read_message(message) == said


def test_what_sts_decodes_tells_action_resource_and_whether_it_was_explicit() -> None:
    decoded = {
        "allowed": False,
        "explicitDeny": True,
        "matchedStatements": {"items": []},
        "context": {
            "principal": {"id": "AROA:i-1", "arn": SESSION},
            "action": "ec2:RunInstances",
            "resource": "arn:aws:ec2:us-east-1:111122223333:instance/*",
            "conditions": {"items": []},
        },
    }
    said = read_decoded(json.dumps(decoded))
    assert said == Said(SESSION, "ec2:RunInstances", "arn:aws:ec2:us-east-1:111122223333:instance/*", explicit=True)


@pytest.mark.parametrize(
    "garbage", ["", "{", "[]", "7", '{"context": 3}', '{"context": {"action": 3, "principal": []}}']
)
def test_a_decoded_message_that_is_none_tells_nothing(garbage: str) -> None:
    assert read_decoded(garbage) == Said()


def test_the_message_goes_before_what_was_encoded_in_it() -> None:
    message = Said(action="ec2:RunInstances", layer=Layer.IDENTITY, explicit=False, encoded="x")
    decoded = Said(SESSION, "ec2:Other", "arn:aws:ec2:us-east-1:1:instance/*", explicit=True)
    assert together(message, decoded) == Said(
        SESSION, "ec2:RunInstances", "arn:aws:ec2:us-east-1:1:instance/*", Layer.IDENTITY, explicit=False, encoded="x"
    )
    assert together(Said(), decoded).explicit is True


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    read_message(text)
    read_message(f"User: {USER} is not authorized to perform: s3:GetObject on resource: {text}")
    read_decoded(text)
    without_secrets(text)


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters='"'), min_size=1, max_size=60)
    .map(str.strip)
    .filter(bool)
)
def test_whatever_a_key_is_called_the_resource_is_that_key(key: str) -> None:
    arn = f"arn:aws:s3:::bucket/{key}"
    on = f'User: {USER} is not authorized to perform: s3:GetObject on resource: "{arn}"'
    message = f"{on} because no identity-based policy allows the s3:GetObject action"
    said = read_message(message)
    assert (said.resource, said.layer) == (arn, Layer.IDENTITY)


@pytest.mark.parametrize(
    "secret",
    [
        "ASIAABCDEFGHIJKLMNOP",
        "X-Amz-Signature=abcdef0123",
        "X-Amz-Security-Token=IQoJb3Jp",
        "password=hunter2",
        "Q" * 400,
    ],
)
def test_secrets_are_not_kept(secret: str) -> None:
    assert secret not in without_secrets(f"Refused for {secret} here.")
    assert without_secrets(f"Refused for {secret} here.").startswith("Refused for")


def test_an_encoded_message_is_not_kept() -> None:
    kept = without_secrets("You are not authorized. Encoded authorization failure message: abcDEF")
    assert kept == "You are not authorized."


def test_a_message_without_end_is_cut() -> None:
    assert len(without_secrets("no " * 10_000)) == 1_000
