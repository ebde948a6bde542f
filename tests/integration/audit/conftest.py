"""The audit log with its seals on embedded AWS: table, bucket under Object Lock, and key."""

import time
from collections.abc import Iterator

import boto3
import pytest

from chalicelib.bootstrap import Container
from infra.local.locks import create_audit_key, lock_buckets
from tests.support.aws import DATA_TEMPLATE, REGION, aws_tables, forget_everything
from tests.support.clock import FrozenClock

ALIAS = "alias/consoleme-audit"


@pytest.fixture
def container(on_our_tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Container]:
    """Its clock begins now: S3 notes by its own clock when a seal was stored."""
    with aws_tables(monkeypatch):
        (described,) = boto3.client("cloudformation", REGION).describe_stacks(StackName="data")["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}
        lock_buckets(DATA_TEMPLATE, boto3.client("s3", REGION), outputs)
        create_audit_key(boto3.client("kms", REGION), ALIAS)
        monkeypatch.setenv("CONSOLEME_AUDIT_BUCKET", outputs["AuditBucketName"])
        monkeypatch.setenv("CONSOLEME_AUDIT_KEY", ALIAS)
        forget_everything()
        yield Container(clock=FrozenClock(int(time.time())))


@pytest.fixture
def clock(container: Container) -> FrozenClock:
    assert isinstance(container.clock, FrozenClock)
    return container.clock
