"""Journey 2 as a whole: the demo organisation, the real functions in their containers under their own policies, the real workflow."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.cloud import LaptopCloud, until
from infra.local.first_run import queue_is_empty
from infra.local.options import Options

TAG = "consoleme-authorized"


class Run:
    """What a refresh left behind."""

    def __init__(self, cloud: LaptopCloud, run_id: str, accounts: list[str] | None = None) -> None:
        machine = cloud.state_machine_arns["refresh"]
        given = json.dumps({"run_id": run_id, "accounts": accounts})
        execution = cloud.client("stepfunctions").start_execution(stateMachineArn=machine, name=run_id, input=given)
        self.ended = cloud.wait_for_execution(execution["executionArn"], 90)
        self.outcomes = {
            row["sk"].removeprefix("ACCOUNT#"): json.loads(row["body"]) for row in rows(cloud, "jobs", f"RUN#{run_id}")
        }
        queue_is_empty(cloud)

    @property
    def written(self) -> int:
        return sum(outcome["written"] for outcome in self.outcomes.values())


def rows(cloud: LaptopCloud, table: str, key: str) -> list[dict[str, Any]]:
    found = cloud.client("dynamodb").query(
        TableName=f"consoleme-{table}",
        KeyConditionExpression="pk = :key",
        ExpressionAttributeValues={":key": {"S": key}},
        ConsistentRead=True,
    )
    return [{name: next(iter(value.values())) for name, value in row.items()} for row in found["Items"]]


def account_of(cloud: LaptopCloud, name: str) -> str:
    accounts = [json.loads(row["body"]) for row in rows(cloud, "directory", "ACCOUNTS")]
    return str(next(account["account_id"] for account in accounts if account["name"] == name))


def identities_of(cloud: LaptopCloud, arn: str) -> set[str]:
    return {row["sk"].removeprefix("ID#") for row in rows(cloud, "access", f"ROLE#{arn}")}


def becomes(cloud: LaptopCloud, arn: str, identities: set[str]) -> None:
    """What an event told, beside the visit, may still be on its way."""
    until(lambda: identities_of(cloud, arn) == identities or None, 30, f"{arn} is not held by {identities}")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LaptopCloud]:
    options = Options(demo="small", schedules=False, per_function=True, enforce=True, seconds_divisor=50)
    with LaptopCloud(options, log=Path(tmp_path_factory.mktemp("functions") / "log")) as running:
        yield running


@pytest.fixture(scope="module")
def first(cloud: LaptopCloud) -> Run:
    return Run(cloud, "first")


def test_the_first_refresh_finds_every_role_of_every_account_that_lets_it_in(cloud: LaptopCloud, first: Run) -> None:
    assert json.loads(first.ended["output"]) == {"run_id": "first", "status": "partial", "succeeded": 2, "failed": 1}
    for name in ("management", "payments-prod"):
        account_id = account_of(cloud, name)
        pages = cloud.client("iam", account_id=account_id).get_paginator("list_roles").paginate()
        arns = {role["Arn"] for page in pages for role in page["Roles"]}
        assert first.outcomes[account_id]["roles"] == len(arns) > 10
        for arn in arns:
            kept = [row["sk"].partition("#")[0] for row in rows(cloud, "inventory", f"RES#{arn}")]
            assert kept.count("DETAIL") == kept.count("META") == 1


def test_the_account_without_a_spoke_role_is_recorded_with_the_words_of_aws(cloud: LaptopCloud, first: Run) -> None:
    outcome = first.outcomes[account_of(cloud, "acquired-shop")]
    assert outcome["status"] == "failed"
    assert "AccessDenied" in outcome["error"]
    assert "ConsoleMeSpokeRead" in outcome["error"]


def test_only_accounts_that_succeeded_are_fresh(cloud: LaptopCloud, first: Run) -> None:
    (row,) = rows(cloud, "access", "FRESHNESS")
    assert {seen["name"] for seen in json.loads(row["fresh"]).values()} == {"management", "payments-prod"}


def test_tags_became_rights(cloud: LaptopCloud, first: Run) -> None:
    account_id = account_of(cloud, "payments-prod")
    engineer = f"arn:aws:iam::{account_id}:role/team/payments/PaymentsEngineer"
    assert identities_of(cloud, engineer) >= {"group:payments-engineers"}


def test_a_refresh_of_what_did_not_change_writes_nothing(cloud: LaptopCloud, first: Run) -> None:
    # The first refresh was itself the first use of the spoke roles, which the second one notes.
    assert Run(cloud, "second").written <= 2
    again = Run(cloud, "again")
    assert again.written == 0
    assert sum(outcome["messages"] for outcome in again.outcomes.values()) == 0


def test_a_changed_tag_arrives_in_the_rights_of_those_it_names(cloud: LaptopCloud, first: Run) -> None:
    account_id = account_of(cloud, "payments-prod")
    iam = cloud.client("iam", account_id=account_id)
    trust = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:*"}]}
    )
    role = iam.create_role(
        RoleName="fresh", AssumeRolePolicyDocument=trust, Tags=[{"Key": TAG, "Value": "night-shift"}]
    )["Role"]
    one = Run(cloud, "one-account", [account_id])
    assert (one.ended["status"], set(one.outcomes)) == ("SUCCEEDED", {account_id})
    # The event of what was just done may have been faster than the visit.
    assert one.written <= 1
    becomes(cloud, role["Arn"], {"user:night-shift", "group:night-shift"})
    iam.delete_role(RoleName="fresh")
    gone = Run(cloud, "one-account-again", [account_id])
    assert gone.outcomes[account_id]["removed"] <= 1
    becomes(cloud, role["Arn"], set())
    (tombstone,) = rows(cloud, "inventory", f"RES#{role['Arn']}")
    assert set(tombstone) == {"pk", "sk", "observed_at", "expires_at"}


def test_a_refresh_of_an_account_that_nobody_knows_fails_with_the_reason(cloud: LaptopCloud, first: Run) -> None:
    lost = Run(cloud, "lost", ["999999999999"])
    assert (lost.ended["status"], lost.ended["error"]) == ("FAILED", "RefreshFailed")
    (row,) = [row for row in rows(cloud, "jobs", "RUNS") if row["sk"] == "lost"]
    assert "999999999999" in json.loads(row["body"])["error"]


def test_the_schedule_starts_one_refresh_and_no_second_beside_it(cloud: LaptopCloud, first: Run) -> None:
    event = cloud.scheduler.event("start_refresh")
    started = cloud.invoke("start_refresh", event)
    assert not started.failed, started.payload
    run_id = started.payload["run_id"]
    machine = cloud.state_machine_arns["refresh"].replace(":stateMachine:", ":execution:")
    ended = cloud.wait_for_execution(f"{machine}:{run_id}", 90)
    assert ended["status"] == "SUCCEEDED"
    assert cloud.invoke("start_refresh", event).payload["run_id"] != run_id
