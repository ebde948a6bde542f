"""Embedded AWS inside the test's own process, with our tables made from the very template that is deployed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber, MockRawResponse

from chalicelib import bootstrap, settings
from chalicelib.db.base import Table
from infra.local.dynamo import small_transactions
from tests.support.dynamodb import own_prefix, tables_elsewhere

REGION = "us-east-1"
HUB = "123456789012"
DATA_TEMPLATE = Path(__file__).parents[2] / "infra" / "data.yaml"
KEYS = {"keys": [{"kid": "test", "key": "k" * 43}]}


def forget_everything() -> None:
    """What a crash does: no settings, no container, no connection is left."""
    settings.load.cache_clear()
    bootstrap.container.cache_clear()
    Table.forget_connection()


@contextmanager
def round_trips() -> Iterator[list[str]]:
    """Every call that goes to AWS meanwhile, as `dynamodb.TransactGetItems`, retries included."""
    seen: list[str] = []
    before = BotocoreStubber.__call__

    def counted(self: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
        seen.append(event_name.removeprefix("before-send."))
        return before(self, event_name, request, **more)

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(BotocoreStubber, "__call__", counted)
        yield seen


@contextmanager
def refusing(operation: str, code: str, status: int = 400) -> Iterator[list[str]]:
    """AWS answers every call of `operation` (`dynamodb.PutItem`) with the error meanwhile. Retries do not wait.

    Gives the calls that were refused, retries included.
    """
    before = BotocoreStubber.__call__
    seen: list[str] = []

    def refused(self: BotocoreStubber, event_name: str, request: Any, **more: Any) -> Any:
        if event_name != f"before-send.{operation}":
            return before(self, event_name, request, **more)
        seen.append(operation)
        return AWSResponse(request.url, status, HTTPHeaders(), MockRawResponse(_error_body(operation, code)))

    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(BotocoreStubber, "__call__", refused)
        patches.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
        yield seen


def _error_body(operation: str, code: str) -> bytes:
    message = "as the test wants it"
    if operation.startswith(("sts.", "iam.")):
        error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>".encode()
    return json.dumps({"__type": f"com.amazonaws#{code}", "message": message}).encode()


@contextmanager
def aws_tables(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Iterator[None]:
    """Tables, queue and bucket of infra/data.yaml and the session secret, on moto, with the settings that name them.

    Under `make test-dynamodb` the tables are DynamoDB Local's.
    """
    prefix = own_prefix()
    values = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "CONSOLEME_STAGE": "test",
        "CONSOLEME_PUBLIC_URL": "http://127.0.0.1:8000",
        "CONSOLEME_TABLE_PREFIX": prefix,
        **environment,
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    forget_everything()
    # AWS takes a hundred items in a transaction; moto still knows an older limit.
    with mock_aws(), small_transactions():
        stack = boto3.client("cloudformation", REGION)
        stack.create_stack(
            StackName="data",
            TemplateBody=DATA_TEMPLATE.read_text(encoding="utf-8"),
            Parameters=[{"ParameterKey": "TablePrefix", "ParameterValue": prefix}],
        )
        boto3.client("secretsmanager", REGION).create_secret(
            Name="consoleme-session-keys", SecretString=json.dumps(KEYS)
        )
        outputs = stack.describe_stacks(StackName="data")["Stacks"][0]["Outputs"]
        bucket = next(output["OutputValue"] for output in outputs if output["OutputKey"] == "BucketName")
        monkeypatch.setenv("CONSOLEME_BUCKET", bucket)
        queues = boto3.client("sqs", REGION).list_queues(QueueNamePrefix=f"{prefix}authorizations.fifo")["QueueUrls"]
        monkeypatch.setenv("CONSOLEME_AUTHORIZATION_QUEUE_URL", queues[0])
        try:
            with tables_elsewhere(monkeypatch):
                yield
        finally:
            forget_everything()
