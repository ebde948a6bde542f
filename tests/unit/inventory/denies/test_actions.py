"""Which IAM action a call needs."""

import pytest

from chalicelib.inventory.denies.actions import action_of, spelt


@pytest.mark.parametrize(
    ("service", "name", "action"),
    [
        ("iam", "PutRolePolicy", "iam:PutRolePolicy"),
        ("s3", "GetObject", "s3:GetObject"),
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3", "HeadBucket", "s3:ListBucket"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3", "UploadPart", "s3:PutObject"),
        ("s3", "DeleteBucketTagging", "s3:PutBucketTagging"),
        ("s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("lambda", "GetFunction20150331v2", "lambda:GetFunction"),
        ("lambda", "ListTags20170331", "lambda:ListTags"),
        ("cloudfront", "GetDistribution2020_05_31", "cloudfront:GetDistribution"),
        ("monitoring", "PutMetricData", "cloudwatch:PutMetricData"),
        ("email", "SendEmail", "ses:SendEmail"),
        ("tagging", "GetResources", "tag:GetResources"),
        ("sqs", "SendMessageBatch", "sqs:SendMessage"),
        ("sns", "PublishBatch", "sns:Publish"),
        ("bedrock", "Converse", "bedrock:InvokeModel"),
        ("ec2", "RunInstances", "ec2:RunInstances"),
    ],
)
def test_a_call_is_not_always_called_like_its_action(service: str, name: str, action: str) -> None:
    assert action_of(service, name) == action


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("apigateway", "GetRestApis"),
        ("dynamodb", "TransactWriteItems"),
        ("kms", "ReEncrypt"),
        ("ec2", "Not a name"),
        ("ec2", ""),
        ("", "GetObject"),
    ],
)
def test_no_action_is_told_where_a_call_has_no_single_one(service: str, name: str) -> None:
    assert action_of(service, name) == ""


@pytest.mark.parametrize(
    ("action", "service", "name", "expected"),
    [
        ("sqs:sendmessage", "sqs", "SendMessage", "sqs:SendMessage"),
        ("SNS:Publish", "sns", "Publish", "sns:Publish"),
        ("s3:ListBucket", "s3", "ListObjectsV2", "s3:ListBucket"),
        ("iam:PassRole", "ec2", "RunInstances", "iam:PassRole"),
        ("apigateway:GET", "apigateway", "GetRestApis", "apigateway:GET"),
    ],
)
def test_an_action_is_spelt_as_people_know_it(action: str, service: str, name: str, expected: str) -> None:
    assert spelt(action, service, name) == expected
