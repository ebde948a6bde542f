"""data.yaml: what the product keeps, as the embedded AWS makes it of the very file that is deployed."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.package import template
from tests.contract.support.described import ROOT, properties, whole_template

DATA = ROOT / "infra" / "data.yaml"
ALL = {"ProjectionType": "ALL"}
INDEXES = {
    "requests": {
        "list": ("list_pk", "created_at"),
        "changed": ("list_pk", "last_updated"),
        "open": ("open_pk", "created_at"),
        "requester": ("requester", "created_at"),
        "target": ("target", "created_at"),
        "due": ("due_shard", "due_at"),
    },
    "grants": {},
    "inventory": {"scope": ("scope", "arn")},
    "access": {},
    "directory": {},
    "config": {},
    "sessions": {},
    "notifications": {},
    "audit": {
        "begun": ("begun", "occurred_at"),
        "day": ("day", "occurred_at"),
        "person": ("person", "occurred_at"),
        "target": ("target", "occurred_at"),
    },
    "jobs": {},
}
NUMBERS = {"created_at", "last_updated", "due_at", "occurred_at"}


@pytest.fixture(scope="module")
def stack() -> Iterator[dict[str, str]]:
    """data.yaml in the embedded AWS, as it is; its outputs."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        client = boto3.client("cloudformation", "us-east-1")
        client.create_stack(StackName="data", TemplateBody=DATA.read_text(encoding="utf-8"))
        (made,) = client.describe_stacks(StackName="data")["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE"
        yield {output["OutputKey"]: output["OutputValue"] for output in made["Outputs"]}


def tables() -> dict[str, dict[str, Any]]:
    """By name without the prefix."""
    found = properties("AWS::DynamoDB::Table").values()
    return {table["TableName"]["Fn::Sub"].removeprefix("${TablePrefix}"): table for table in found}


@pytest.mark.parametrize("name", INDEXES)
def test_the_embedded_aws_makes_each_table_with_its_keys_and_indexes(name: str, stack: dict[str, str]) -> None:
    table = boto3.client("dynamodb", "us-east-1").describe_table(TableName=stack["TablePrefix"] + name)["Table"]
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    indexes = {
        index["IndexName"]: tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in table.get("GlobalSecondaryIndexes", [])
    }
    assert [key["AttributeName"] for key in table["KeySchema"]] == ["pk", "sk"]
    assert indexes == INDEXES[name]
    for index in table.get("GlobalSecondaryIndexes", []):
        assert index["Projection"] == ({"ProjectionType": "KEYS_ONLY"} if index["IndexName"] == "begun" else ALL)
    assert types == {attribute: "N" if attribute in NUMBERS else "S" for attribute in types}
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert stack[f"{name.capitalize()}TableName"] == table["TableName"]
    assert stack[f"{name.capitalize()}TableArn"] == table["TableArn"]


def test_there_are_exactly_the_ten_tables(stack: dict[str, str]) -> None:
    names = boto3.client("dynamodb", "us-east-1").list_tables()["TableNames"]
    assert sorted(names) == sorted(stack["TablePrefix"] + name for name in INDEXES)


def test_the_embedded_aws_makes_the_queue_with_its_dead_letters_and_the_buckets(stack: dict[str, str]) -> None:
    sqs = boto3.client("sqs", "us-east-1")
    queue = sqs.get_queue_attributes(QueueUrl=stack["AuthorizationQueueUrl"], AttributeNames=["All"])["Attributes"]
    assert stack["AuthorizationQueueName"] == "consoleme-authorizations.fifo"
    assert queue["FifoQueue"] == "true"
    assert (queue["DeduplicationScope"], queue["FifoThroughputLimit"]) == ("messageGroup", "perMessageGroupId")
    redrive = json.loads(queue["RedrivePolicy"])
    assert redrive == {"deadLetterTargetArn": stack["AuthorizationDeadLetterQueueArn"], "maxReceiveCount": 5}
    buckets = {one["Name"] for one in boto3.client("s3", "us-east-1").list_buckets()["Buckets"]}
    assert buckets == {stack["BucketName"], stack["AuditBucketName"]}


def test_data_yaml_has_no_transform_and_no_function() -> None:
    data = template.load(DATA)
    assert "Transform" not in data
    assert {resource["Type"] for resource in data["Resources"].values()} == {
        "AWS::DynamoDB::Table",
        "AWS::Events::Rule",
        "AWS::SQS::Queue",
        "AWS::S3::Bucket",
    }


def test_what_cannot_be_rebuilt_is_kept_protected_and_recoverable() -> None:
    resources = whole_template()["Resources"]
    for name, table in tables().items():
        lasting = name in {"requests", "grants", "config", "audit"}
        recovery = table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled", False)
        assert recovery is lasting
        assert table.get("DeletionProtectionEnabled", False) is lasting
        kept = resources[f"{name.capitalize()}Table"]
        assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == ("Retain" if lasting else "Delete")


def test_what_expires_has_a_time_to_live() -> None:
    expiring = {name for name, table in tables().items() if "TimeToLiveSpecification" in table}
    assert expiring == {"inventory", "jobs", "sessions", "notifications"}
    assert all(tables()[name]["TimeToLiveSpecification"]["AttributeName"] == "expires_at" for name in expiring)


def test_seals_of_the_audit_log_are_locked_and_only_the_sealer_writes_them() -> None:
    resources = whole_template()["Resources"]
    bucket = resources["AuditBucket"]
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    assert bucket["Properties"]["ObjectLockEnabled"] is True
    rule = bucket["Properties"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert rule == {"Mode": {"Ref": "AuditRetentionMode"}, "Days": {"Ref": "AuditRetentionDays"}}
    assert whole_template()["Parameters"]["AuditRetentionMode"]["Default"] == "COMPLIANCE"
    statements = resources["AuditBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {one["Sid"] for one in statements if one["Effect"] == "Deny"} == {
        "EncryptedConnectionsOnly",
        "OnlyTheSealerWrites",
        "NobodyDeletes",
    }


def test_a_message_stays_hidden_for_six_times_the_time_its_consumer_may_take() -> None:
    queue = whole_template()["Resources"]["AuthorizationQueue"]["Properties"]
    consumer = whole_template()["Resources"]["Authorizations"]["Properties"]
    assert queue["VisibilityTimeout"] >= 6 * consumer["Timeout"]
