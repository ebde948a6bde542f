"""What the product's decisions rest on: a conditional write is one step, and a transaction is all or nothing for its own items only."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.integration.local.conftest import Clients


@pytest.fixture(scope="module")
def dynamodb(clients: Clients) -> Any:
    client = clients("dynamodb")
    client.create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    client.create_table(
        TableName="flat",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return client


def item(pk: str, value: str = "") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": "x"}, "value": {"S": value}}


def put(pk: str, value: str, **more: Any) -> dict[str, Any]:
    return {"Put": {"TableName": "t", "Item": item(pk, value), **more}}


def value(dynamodb: Any, pk: str) -> str | None:
    found = dynamodb.get_item(TableName="t", Key={"pk": {"S": pk}, "sk": {"S": "x"}}).get("Item")
    return str(found["value"]["S"]) if found else None


NEW = {"ConditionExpression": "attribute_not_exists(pk)"}


def test_of_many_who_write_first_at_once_one_wins(dynamodb: Any) -> None:
    def write(number: int) -> bool:
        try:
            dynamodb.put_item(TableName="t", Item=item("race", str(number)), **NEW)
        except dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(write, range(40))) == 1


def test_no_write_is_lost_beside_transactions_that_fail(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="t", Item=item("taken"))

    def fail(number: int) -> None:
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(TransactItems=[put(f"never{number}", "x"), put("taken", "y", **NEW)])

    def write(number: int) -> None:
        dynamodb.put_item(TableName="t", Item=item(f"kept{number}", str(number)))

    with ThreadPoolExecutor(8) as threads:
        for future in [threads.submit(call, number) for number in range(30) for call in (fail, write)]:
            future.result()
    assert [value(dynamodb, f"kept{number}") for number in range(30)] == [str(number) for number in range(30)]
    assert [value(dynamodb, f"never{number}") for number in range(30)] == [None] * 30


def test_a_transaction_that_fails_leaves_every_item_as_it_was(dynamodb: Any) -> None:
    dynamodb.put_item(TableName="t", Item=item("old", "before"))
    dynamodb.put_item(TableName="t", Item=item("gone", "before"))
    key = {name: item("old")[name] for name in ("pk", "sk")}
    update = {
        "TableName": "t",
        "Key": key,
        "UpdateExpression": "SET #v = :v",
        "ExpressionAttributeNames": {"#v": "value"},
        "ExpressionAttributeValues": {":v": {"S": "after"}},
    }
    delete = {"TableName": "t", "Key": {"pk": {"S": "gone"}, "sk": {"S": "x"}}}
    flat = {"Put": {"TableName": "flat", "Item": {"pk": {"S": "a"}}}}
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[{"Update": update}, {"Delete": delete}, flat, put("fresh", "x"), put("taken", "y", **NEW)]
        )
    assert [value(dynamodb, pk) for pk in ("old", "gone", "fresh")] == ["before", "before", None]
    assert "Item" not in dynamodb.get_item(TableName="flat", Key={"pk": {"S": "a"}})


def test_a_transaction_that_succeeds_is_written_whole(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=[put("one", "1", **NEW), put("two", "2", **NEW)])
    assert [value(dynamodb, pk) for pk in ("one", "two")] == ["1", "2"]
