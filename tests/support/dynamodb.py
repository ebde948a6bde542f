"""The same tables at DynamoDB Local, when `make test-dynamodb` says where it is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from chalicelib.core.ids import ulid

EMBEDDED = "https://dynamodb.us-east-1.amazonaws.com"
"""moto answers here whatever the environment says."""
_KEPT = ("AttributeDefinitions", "KeySchema")
_KEPT_OF_INDEX = ("IndexName", "KeySchema", "Projection")


def endpoint() -> str:
    """Of DynamoDB Local; empty when moto is the database."""
    return os.environ.get("TEST_DYNAMODB_ENDPOINT", "")  # noqa: TID251 a switch of the tests, not of the product


def own_prefix() -> str:
    """Tables of one test are its own: all tests share one DynamoDB Local."""
    return f"t{ulid().lower()}-" if endpoint() else "consoleme-"


@contextmanager
def tables_elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Repeats at DynamoDB Local every table that the template made in moto, and sends DynamoDB calls, and only those, there."""
    if not endpoint():
        yield
        return
    embedded: Any = boto3.client("dynamodb", endpoint_url=EMBEDDED)
    names = embedded.list_tables()["TableNames"]
    local: Any = boto3.client("dynamodb", endpoint_url=endpoint())
    for name in names:
        local.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **_definition(embedded, name))
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint())
    try:
        yield
    finally:
        left = local.get_paginator("list_tables").paginate().build_full_result()["TableNames"]
        for name in set(names) & set(left):
            local.delete_table(TableName=name)


def _definition(embedded: Any, name: str) -> dict[str, Any]:
    table = embedded.describe_table(TableName=name)["Table"]
    found = {key: table[key] for key in _KEPT}
    if indexes := table.get("GlobalSecondaryIndexes"):
        found["GlobalSecondaryIndexes"] = [{key: index[key] for key in _KEPT_OF_INDEX} for index in indexes]
    return found
