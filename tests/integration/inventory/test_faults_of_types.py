"""Every call that reads AWS, of every type, fails in turn: the other scopes go on, no row is lost, and the next run heals."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from chalicelib.core.errors import AppError
from chalicelib.inventory.refresh.lease_store import LEASE
from tests.support.estate import FIRST, TAG, Estate
from tests.support.faults import Boundary, Fault, guarded

FAULTS = (Fault.ERROR, Fault.THROTTLE, Fault.NO_ANSWER)
OURS = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "SendMessageBatch")
"""Calls of the hub's own tables and queue, which other tests let fail."""
TYPES = ["iam_group", "iam_managed_policy", "iam_role", "iam_user", "s3_bucket", "sns_topic", "sqs_queue"]
DOCUMENT = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'


class Shop:
    """An account with one resource of each type."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        estate.configure(inventory={"types": TYPES, "listings_at_once": 1})
        estate.begin()
        iam = estate.iam(FIRST)
        estate.create_role(FIRST, "app", {TAG: "engineers"})
        iam.create_user(UserName="ada")
        iam.create_group(GroupName="staff")
        iam.add_user_to_group(UserName="ada", GroupName="staff")
        iam.create_policy(PolicyName="Shared", PolicyDocument=DOCUMENT)
        estate.client(FIRST, "s3").create_bucket(Bucket="shop-data")
        estate.client(FIRST, "sqs").create_queue(QueueName="orders")
        estate.client(FIRST, "sns").create_topic(Name="news")

    def sync(self, run_id: str) -> Any:
        self.estate.clock.advance(LEASE + 1)
        # Aliases and regions of the account are asked for again after so long.
        self.estate.crash()
        return self.estate.container().inventory.refresh.sync_account.run(run_id, FIRST)

    def rows(self) -> dict[str, set[str]]:
        store = self.estate.container().inventory.resources
        return {kind: set(store.of_scope(FIRST, kind)) for kind in TYPES}


@pytest.fixture
def shop(estate: Estate) -> Shop:
    return Shop(estate)


@pytest.fixture
def boundary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Boundary]:
    found = Boundary(open=True)
    with guarded(monkeypatch, found):
        yield found


def broken(shop: Shop, boundary: Boundary, point: int, fault: Fault) -> Any:
    boundary.arm(point, fault)
    boundary.open = False
    outcome = None
    with suppress(AppError):
        outcome = shop.sync(f"broken-{point}-{fault}")
    boundary.open = True
    return outcome


def first_calls(boundary: Boundary) -> dict[str, int]:
    """Where each operation that reads the spoke is called first, from 1."""
    found: dict[str, int] = {}
    for number, operation in enumerate(boundary.crossed, 1):
        if operation not in OURS:
            found.setdefault(operation, number)
    return found


@pytest.fixture
def calls(shop: Shop, boundary: Boundary) -> dict[str, int]:
    """After a visit that succeeded: the calls of one that finds nothing new."""
    assert shop.sync("first").status == "succeeded"
    assert all(shop.rows().values()), shop.rows()
    broken(shop, boundary, 0, Fault.ERROR)
    return first_calls(boundary)


def fails_and_heals(shop: Shop, boundary: Boundary, calls: dict[str, int], operations: list[str]) -> None:
    before = shop.rows()
    for number, operation in enumerate(operations):
        point, fault = calls[operation], FAULTS[number % len(FAULTS)]
        broken(shop, boundary, point, fault)
        where = f"{fault} at {operation}"
        assert boundary.struck, where
        assert shop.rows() == before, where
        told = shop.estate.container().inventory.refresh.runs.outcomes(f"broken-{point}-{fault}")[FIRST]
        assert told.scopes >= len(TYPES) - 1 or operation == "AssumeRole", where
    assert shop.sync("healed").status == "succeeded"
    assert shop.rows() == before


def test_the_first_call_of_each_type_that_fails_loses_no_row_and_is_healed_by_the_next_run(
    shop: Shop, boundary: Boundary, calls: dict[str, int]
) -> None:
    some = ["AssumeRole", "ListUsers", "GetAccountAuthorizationDetails", "ListBuckets", "ListQueues", "ListTopics"]
    fails_and_heals(shop, boundary, calls, [operation for operation in some if operation in calls])


@pytest.mark.long
def test_any_call_of_any_type_that_fails_loses_no_row_and_is_healed_by_the_next_run(
    shop: Shop, boundary: Boundary, calls: dict[str, int]
) -> None:
    fails_and_heals(shop, boundary, calls, sorted(calls))
