"""A type names exactly the actions that its calls need: one too few fails in an account, one too many is a right that nobody uses."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.aws.spoke_read import AccountReader
from chalicelib.core.arn import Arn
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import Place
from tests.support.aws import HUB, REGION, round_trips
from tests.support.builders import trust_policy
from tests.support.spoke_readers import DOCUMENT, Spokes, aggregated

OTHER_NAMES = {"s3:ListBuckets": "s3:ListAllMyBuckets"}
SERVICES = {"config-service": "config"}
IAM = f"arn:aws:iam::{HUB}"
ONE_OF = {
    "aws_managed_policy": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "config_resource": f"arn:aws:dynamodb:{REGION}:{HUB}:table/t",
    "iam_group": f"{IAM}:group/g",
    "iam_managed_policy": f"{IAM}:policy/p",
    "iam_role": f"{IAM}:role/r",
    "iam_user": f"{IAM}:user/u",
    "s3_bucket": "arn:aws:s3:::bucket-of-the-hub",
    "sns_topic": f"arn:aws:sns:{REGION}:{HUB}:t",
    "sqs_queue": f"arn:aws:sqs:{REGION}:{HUB}:q",
}


@pytest.fixture(scope="module", autouse=True)
def _inhabited(cloud: Spokes) -> None:
    iam, document = cloud.client("iam", HUB), json.dumps(DOCUMENT)
    iam.create_policy(PolicyName="p", PolicyDocument=document)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(trust_policy()))
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=document)
    iam.create_user(UserName="u")
    iam.put_user_policy(UserName="u", PolicyName="inline", PolicyDocument=document)
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="inline", PolicyDocument=document)
    cloud.client("s3", HUB).create_bucket(Bucket="bucket-of-the-hub")
    cloud.client("sqs", HUB).create_queue(QueueName="q")
    cloud.client("sns", HUB).create_topic(Name="t")


def needed(kind: Any, reader: AccountReader, arn: str) -> set[str]:
    with round_trips() as calls:
        list(kind.pages(reader, Place(HUB, REGION if kind.regional else "")))
        kind.read(reader, Arn.parse(arn))
    return {OTHER_NAMES.get(action, action) for action in map(_action, calls)}


def _action(call: str) -> str:
    service, _, operation = call.partition(".")
    return f"{SERVICES.get(service, service)}:{operation}"


def through_the_aggregator() -> Iterator[str]:
    reader, gathering = aggregated({"select_aggregate_resource_config": {"Results": []}})
    list(resource_types()["config_resource"].pages(reader, Place(reader.account_id, REGION)))
    for operation, _ in gathering.asked:
        yield "config:" + "".join(word.capitalize() for word in operation.split("_"))


@pytest.mark.parametrize("name", sorted(resource_types()))
def test_a_type_names_exactly_the_actions_that_it_needs(cloud: Spokes, name: str) -> None:
    kind, reader = resource_types()[name], cloud.readers.of(HUB)
    reader.enter()
    beside = set(through_the_aggregator()) if name == "config_resource" else set()
    assert needed(kind, reader, ONE_OF[name]) | beside == kind.actions
