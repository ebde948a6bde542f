"""What AWS Config records and no module of its own reads."""

import json
from typing import Any

import pytest

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput, Upstream
from chalicelib.inventory.registry import resource_types, type_of
from chalicelib.inventory.resource_type import Place
from chalicelib.inventory.resources import config_resource
from tests.support.spoke_readers import SPOKE, TellingReader, aggregated, found, read

CONFIG = config_resource.RESOURCE_TYPE
TABLE = f"arn:aws:dynamodb:eu-west-1:{SPOKE}:table/orders"


def row(arn: str, kind: str, **more: Any) -> str:
    return json.dumps({"arn": arn, "resourceId": "id", "resourceType": kind, "awsRegion": "eu-west-1", **more})


TABLE_ROW = row(
    TABLE,
    "AWS::DynamoDB::Table",
    resourceName="orders",
    resourceCreationTime="2026-01-02T03:04:05.000Z",
    tags=[{"tag": "owner=Núñez", "key": "owner", "value": "Núñez"}, {"key": "bare"}],
)


def test_a_record_goes_by_the_type_that_config_gives_it() -> None:
    record = found(CONFIG, TellingReader({"select_resource_config": {"Results": [TABLE_ROW]}}), "eu-west-1")[TABLE]
    assert (record.technology, record.name, record.region) == ("AWS::DynamoDB::Table", "orders", "eu-west-1")
    assert record.tags == {"owner": "Núñez", "bare": ""}
    assert (record.account_id, record.created) == (SPOKE, "2026-01-02T03:04:05.000Z")
    assert CONFIG.console(record) == "/dynamodbv2/home?region=eu-west-1#table?name=orders"


def test_what_other_modules_own_and_what_has_no_arn_is_left_out() -> None:
    others = [
        row("arn:aws:s3:::logs", "AWS::S3::Bucket"),
        row("arn:aws:s3:::logs", "AWS::S3::BucketOfANewKind"),
        row(f"arn:aws:iam::{SPOKE}:policy/p", "AWS::IAM::Policy"),
        row(f"arn:aws:iam::{SPOKE}:role/r", "AWS::IAM::Role"),
        row("", "AWS::Config::Rule"),
        row("not-an-arn", "AWS::Odd::Thing"),
    ]
    reader = TellingReader({"select_resource_config": {"Results": [*others, TABLE_ROW]}})
    assert set(found(CONFIG, reader, "eu-west-1")) == {TABLE}


def asked(reader: TellingReader) -> list[dict[str, Any]]:
    return [parameters for _, parameters in reader.asked]


def test_without_an_aggregator_the_account_is_asked_in_the_region() -> None:
    reader = TellingReader({"select_resource_config": {"Results": []}})
    found(CONFIG, reader, "eu-west-1")
    (question,) = asked(reader)
    assert question["region"] == "eu-west-1"
    assert question["Expression"].endswith(" WHERE awsRegion = 'eu-west-1'")


def test_with_an_aggregator_its_account_is_asked_for_this_account_alone() -> None:
    reader, gathering = aggregated({"select_aggregate_resource_config": {"Results": [TABLE_ROW]}})
    record = found(CONFIG, reader, "eu-central-1")[TABLE]
    assert record.account_id == SPOKE
    (question,) = asked(gathering)
    assert (question["region"], question["ConfigurationAggregatorName"]) == ("eu-west-1", "everything")
    assert question["Expression"].endswith(f" WHERE accountId = '{SPOKE}' AND awsRegion = 'eu-central-1'")


@pytest.mark.parametrize("home", ["us-east-1", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1"])
def test_what_has_no_region_is_counted_to_one_region_of_its_partition(home: str) -> None:
    arn = f"arn:aws:cloudfront::{SPOKE}:distribution/E1"
    everywhere = row(arn, "AWS::CloudFront::Distribution", awsRegion="global")
    reader = TellingReader({"select_resource_config": {"Results": [everywhere]}})
    assert found(CONFIG, reader, home)[arn].region == ""
    assert f"awsRegion IN ('{home}', 'global')" in asked(reader)[0]["Expression"]


def test_one_resource_is_asked_for_by_its_arn_where_it_is() -> None:
    reader = TellingReader({"select_resource_config": {"Results": [TABLE_ROW]}})
    assert read(CONFIG, reader, TABLE).arn == TABLE
    assert asked(reader)[0]["region"] == "eu-west-1"
    assert asked(reader)[0]["Expression"].endswith(f" WHERE arn = '{TABLE}'")
    assert read(CONFIG, TellingReader({"select_resource_config": {}}), TABLE) is None
    abroad = TellingReader({"select_resource_config": {}})
    read(CONFIG, abroad, f"arn:aws-cn:cloudfront::{SPOKE}:distribution/E1")
    assert asked(abroad)[0]["region"] == "cn-northwest-1"


@pytest.mark.parametrize("sign", ["'", "\\"])
def test_an_arn_can_not_break_out_of_the_question(sign: str) -> None:
    reader = TellingReader({})
    with pytest.raises(InvalidInput, match="quotation mark"):
        read(CONFIG, reader, f"arn:aws:x:eu-west-1:{SPOKE}:a{sign} OR arn LIKE {sign}arn")
    assert reader.asked == []


@pytest.mark.parametrize("text", ["{half", "[]", "null"])
def test_a_garbled_row_ends_the_listing_because_nobody_can_tell_what_it_leaves_out(text: str) -> None:
    reader = TellingReader({"select_resource_config": {"Results": [TABLE_ROW, text]}})
    with pytest.raises(Upstream, match="not a JSON object"):
        list(CONFIG.pages(reader, Place(SPOKE, "eu-west-1")))


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        (f"arn:aws:iam::{SPOKE}:role/team/app", "iam_role"),
        (f"arn:aws:iam::{SPOKE}:user/u", "iam_user"),
        (f"arn:aws:iam::{SPOKE}:group/g", "iam_group"),
        (f"arn:aws-cn:iam::{SPOKE}:policy/team/p", "iam_managed_policy"),
        ("arn:aws:iam::aws:policy/job-function/Billing", "aws_managed_policy"),
        ("arn:aws:s3:::logs", "s3_bucket"),
        (f"arn:aws:sqs:eu-west-1:{SPOKE}:jobs", "sqs_queue"),
        (f"arn:aws:sns:eu-west-1:{SPOKE}:alarms", "sns_topic"),
        (TABLE, "config_resource"),
        (f"arn:aws:iam::{SPOKE}:instance-profile/p", "config_resource"),
    ],
)
def test_every_arn_is_of_exactly_one_type(arn: str, name: str) -> None:
    parsed = Arn.parse(arn)
    assert [kind.name for kind in resource_types().values() if kind.owns(parsed)] == [name]
    kind = type_of(parsed)
    assert kind is not None
    assert kind.name == name
