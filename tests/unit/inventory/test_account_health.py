"""How an account stands, from what is known of it place by place."""

from typing import Any

import pytest

from chalicelib.accounts.facts import AccountFacts, SpokeHealth
from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.db.scopes import ScopeState
from chalicelib.inventory.account_health import places_of, told
from chalicelib.inventory.account_models import AccountTold, Freshness, Standing
from chalicelib.inventory.refresh.rules import Scope
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import HOUR, Place

ACCOUNT, NOW = "111122223333", 1_800_000_000
ROLES = Scope(resource_types()["iam_role"], Place(ACCOUNT))
QUEUES = Scope(resource_types()["sqs_queue"], Place(ACCOUNT, "eu-west-1"))
ENTERED = AccountFacts(account_id=ACCOUNT, spoke=SpokeHealth.OK, entered=True)


def state(scope: Scope, **known: Any) -> dict[tuple[str, str], ScopeState]:
    empty = {"succeeded_at": None, "failed_at": None, "error": None, "held": ""}
    return {scope.key: ScopeState.model_validate({"scope_id": scope.place.scope, **empty, **known})}


def fresh(scope: Scope) -> dict[tuple[str, str], ScopeState]:
    return state(scope, succeeded_at=NOW - 60)


def account(
    states: dict[tuple[str, str], ScopeState], facts: AccountFacts | None = ENTERED, status: str = "ACTIVE"
) -> AccountTold:
    record = AccountRecord(
        account=Account(account_id=ACCOUNT, name="payments", status=AccountStatus(status)), observed_at=1
    )
    return told(record, facts, [ROLES, QUEUES], states, NOW)


def test_an_account_that_is_fresh_everywhere_is_in_order() -> None:
    found = account(fresh(ROLES) | fresh(QUEUES))
    assert (found.standing, found.troubled) == (Standing.OK, ())


def test_a_place_that_failed_keeps_its_last_success_and_says_why_it_failed() -> None:
    broken = state(QUEUES, succeeded_at=NOW - HOUR, failed_at=NOW - 60, error="AWS refused sqs:ListQueues")
    found = account(fresh(ROLES) | broken)
    (scope,) = found.troubled
    assert (found.standing, scope.freshness) == (Standing.FAILING, Freshness.FAILING)
    assert (scope.kind, scope.region, scope.succeeded_at) == ("sqs_queue", "eu-west-1", NOW - HOUR)
    assert scope.reason == "AWS refused sqs:ListQueues"


def test_a_place_that_was_not_listed_in_time_makes_the_account_stale() -> None:
    found = account(state(ROLES, succeeded_at=NOW - 3 * HOUR) | fresh(QUEUES))
    assert (found.standing, [scope.freshness for scope in found.troubled]) == (Standing.STALE, [Freshness.OLD])


def test_an_account_that_nobody_has_looked_at_is_new_and_one_that_only_failed_is_not() -> None:
    assert account({}, None).standing is Standing.NEW
    assert account(state(ROLES, failed_at=NOW, error="no")).standing is Standing.FAILING


def test_an_account_that_nobody_gets_into_is_unreached_however_fresh_it_was() -> None:
    missing = ENTERED.model_copy(update={"spoke": SpokeHealth.MISSING, "entered": False})
    assert account(fresh(ROLES) | fresh(QUEUES), missing).standing is Standing.UNREACHED


@pytest.mark.parametrize("status", ["SUSPENDED", "LEFT"])
def test_an_account_that_is_not_active_is_nobodys_worry(status: str) -> None:
    found = account({}, None, status)
    assert (found.standing, found.scopes) == (Standing.INACTIVE, ())


def test_places_in_trouble_are_told_worst_first() -> None:
    broken = state(QUEUES, succeeded_at=NOW, failed_at=NOW, error="no")
    assert [scope.freshness for scope in account(broken).troubled] == [Freshness.NEVER, Freshness.FAILING]


@pytest.mark.parametrize(
    ("facts", "regions"),
    [
        (None, ["eu-west-1", "us-east-1"]),
        (ENTERED, ["eu-west-1", "us-east-1"]),
        (ENTERED.model_copy(update={"regions": ("us-east-1", "me-south-1"), "regions_known": True}), ["us-east-1"]),
    ],
)
def test_an_account_has_places_in_the_configured_regions_that_it_has_enabled(
    facts: AccountFacts | None, regions: list[str]
) -> None:
    kinds = [resource_types()[name] for name in ("iam_role", "sqs_queue")]
    places = places_of(ACCOUNT, facts, kinds, ["eu-west-1", "us-east-1"])
    assert [place.key for place in places] == [
        ("iam_role", ACCOUNT),
        *(("sqs_queue", f"{ACCOUNT}/{region}") for region in regions),
    ]
