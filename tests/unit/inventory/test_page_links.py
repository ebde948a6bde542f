"""Where AWS shows a resource, what the parts of an address mean, and what the wire tells of each type."""

from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.errors import NotFound
from chalicelib.inventory.pages.addresses import ROLE, USER, identity, resource
from chalicelib.inventory.pages.links import config_timeline_url, console_url
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import Resource
from chalicelib.inventory.resources.iam_managed_policy import ManagedPolicyRecord
from chalicelib.inventory.resources.s3_bucket import BucketRecord
from chalicelib.inventory.resources.sns_topic import TopicRecord
from chalicelib.inventory.resources.sqs_queue import QueueRecord

ACCOUNT = "222222222222"
URL = f"https://sqs.cn-north-1.amazonaws.com.cn/{ACCOUNT}/jobs"
BUCKET = BucketRecord(
    arn="arn:aws-cn:s3:::ledger", name="ledger", account_id=ACCOUNT, region="cn-north-1", policy=None, created="2026"
)
QUEUE = QueueRecord(
    arn=f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:jobs",
    name="jobs",
    account_id=ACCOUNT,
    region="cn-north-1",
    policy=None,
    url=URL,
    attributes={},
    counts={},
)
TOPIC = TopicRecord(
    arn=f"arn:aws-cn:sns:cn-north-1:{ACCOUNT}:orders",
    name="orders",
    account_id=ACCOUNT,
    region="cn-north-1",
    policy=None,
    attributes={},
    counts={},
)
POLICY = ManagedPolicyRecord(
    arn=f"arn:aws-cn:iam::{ACCOUNT}:policy/Shared",
    name="Shared",
    account_id=ACCOUNT,
    path="/",
    policy_id="ANPA1",
    description=None,
    create_date="2026",
    update_date="2026",
    default_version="v1",
    versions=(),
)


def target_of(link: str | None) -> str:
    """The page behind the sign-in to the account."""
    assert link is not None
    parts = urlsplit(link)
    assert parts.path == f"/role/{ACCOUNT}"
    (target,) = parse_qs(parts.query)["redirect"]
    return target


@pytest.mark.parametrize(
    ("record", "kind", "region", "wanted"),
    [
        (BUCKET, "s3_bucket", "cn-north-1", {"resourceId": "ledger", "resourceType": "AWS::S3::Bucket"}),
        (QUEUE, "sqs_queue", "cn-north-1", {"resourceId": URL, "resourceType": "AWS::SQS::Queue"}),
        (TOPIC, "sns_topic", "cn-north-1", {"resourceId": TOPIC.arn, "resourceType": "AWS::SNS::Topic"}),
        (POLICY, "iam_managed_policy", "cn-northwest-1", {"resourceId": "ANPA1", "resourceType": "AWS::IAM::Policy"}),
    ],
)
def test_the_timeline_is_behind_the_sign_in_of_its_account_in_its_partition_and_region(
    record: Resource, kind: str, region: str, wanted: dict[str, str]
) -> None:
    target = target_of(config_timeline_url(record, resource_types()[kind].technology, ("cn-northwest-1", "cn-north-1")))
    assert target.startswith(f"https://{region}.console.amazonaws.cn/config/home?#/resources/timeline?")
    told = parse_qs(target.partition("timeline?")[2])
    assert {key: value for key, (value,) in told.items()} == {**wanted, "resourceName": record.name}


def test_the_console_is_behind_the_same_sign_in() -> None:
    target = target_of(console_url(QUEUE, resource_types()["sqs_queue"]))
    assert target.startswith("https://console.amazonaws.cn/sqs/")


def test_names_are_taken_with_and_without_their_paths() -> None:
    plain, pathed = identity(ROLE, "aws", ACCOUNT, "app"), identity(USER, "aws-cn", ACCOUNT, "/team/ada/")
    assert (plain.arn, plain.simple) == (f"arn:aws:iam::{ACCOUNT}:role/app", True)
    assert (pathed.arn, pathed.simple) == (f"arn:aws-cn:iam::{ACCOUNT}:user/team/ada", False)


@pytest.mark.parametrize(
    ("kind", "rest", "arn"),
    [
        ("s3", "ledger", "arn:aws:s3:::ledger"),
        ("sqs", "eu-west-1/jobs", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:jobs"),
        ("sns", "eu-west-1/orders", f"arn:aws:sns:eu-west-1:{ACCOUNT}:orders"),
        ("managed_policy", "/team/Shared", f"arn:aws:iam::{ACCOUNT}:policy/team/Shared"),
    ],
)
def test_the_parts_of_an_address_name_one_resource(kind: str, rest: str, arn: str) -> None:
    assert resource(kind, "aws", ACCOUNT, rest).arn == arn


@pytest.mark.parametrize(
    ("kind", "rest", "words"), [("sqs", "jobs", "/sqs/<region>/jobs"), ("ec2", "i-1", "no pages of 'ec2'")]
)
def test_an_address_that_names_none_says_what_it_lacks(kind: str, rest: str, words: str) -> None:
    with pytest.raises(NotFound, match=words):
        resource(kind, "aws", ACCOUNT, rest)
