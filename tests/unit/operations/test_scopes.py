"""Which scopes there should be, and how they stand: those that nobody ever listed are among them."""

from typing import Any

from chalicelib.accounts.facts import AccountFacts, SpokeHealth
from chalicelib.accounts.models import Account, AccountRecord, AccountStatus
from chalicelib.db import scopes as rows
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import HOUR
from chalicelib.operations.kinds import kinds_of
from chalicelib.operations.models import Scope, ScopeState
from chalicelib.operations.pages import page_of
from chalicelib.operations.rules import summary_of
from chalicelib.operations.scopes import Estate
from tests.support.clock import START

ONE, TWO = "111111111111", "222222222222"
EU, US = "eu-west-1", "us-east-1"
KINDS = kinds_of([resource_types()["iam_role"], resource_types()["sqs_queue"]], (EU, US))


def account(account_id: str, **more: Any) -> AccountRecord:
    return AccountRecord(account=Account(account_id=account_id, name=f"a{account_id[0]}", **more), observed_at=START)


def facts(account_id: str, **more: Any) -> AccountFacts:
    return AccountFacts(account_id=account_id, spoke=more.pop("spoke", SpokeHealth.OK), **{"entered": True, **more})


def state(scope_id: str, **more: Any) -> rows.ScopeState:
    base = {"succeeded_at": None, "failed_at": None, "error": None, "held": ""}
    return rows.ScopeState(scope_id=scope_id, **{**base, **more})


def told(estate: Estate, now: int = START) -> dict[tuple[str, str], Scope]:
    return {(scope.kind, scope.scope_id): scope for scope in estate.scopes(KINDS, now)}


def test_an_account_that_nobody_visited_has_every_kind_and_ages_from_when_it_was_known() -> None:
    found = told(Estate({ONE: account(ONE)}, {}, {}), START + 100)
    assert {key: (scope.state, scope.staleness) for key, scope in found.items()} == {
        ("iam_role", ONE): (ScopeState.NEVER, 100),
        ("sqs_queue", f"{ONE}/{EU}"): (ScopeState.NEVER, 100),
        ("sqs_queue", f"{ONE}/{US}"): (ScopeState.NEVER, 100),
    }
    later = told(Estate({ONE: account(ONE)}, {}, {}), START + 2 * HOUR + 1)
    assert later["iam_role", ONE].state is ScopeState.STALE
    assert later["sqs_queue", f"{ONE}/{EU}"].state is ScopeState.NEVER


def test_a_region_that_the_account_or_the_configuration_switched_off_is_nobodys_worry() -> None:
    states = {"sqs_queue": {f"{ONE}/{one}": state(f"{ONE}/{one}", succeeded_at=1) for one in (EU, US, "old")}}
    known = Estate({ONE: account(ONE)}, {ONE: facts(ONE, regions=(EU, "ap-south-1"), regions_known=True)}, states)
    assert set(told(known)) == {("iam_role", ONE), ("sqs_queue", f"{ONE}/{EU}")}
    assert told(known)["sqs_queue", f"{ONE}/{EU}"].region == EU


def test_an_account_that_nobody_ever_got_into_is_unreached_and_one_that_was_lost_is_stale() -> None:
    missing = {one: facts(one, spoke=SpokeHealth.MISSING, entered=False) for one in (ONE, TWO)}
    states = {"iam_role": {TWO: state(TWO, succeeded_at=START, failed_at=START + 9, error="no role")}}
    found = told(Estate({ONE: account(ONE), TWO: account(TWO)}, missing, states), START + 10 * HOUR)
    assert found["iam_role", ONE].state is ScopeState.UNREACHED
    assert found["iam_role", TWO].state is ScopeState.STALE
    summary = summary_of("iam_role", HOUR, found.values())
    assert (summary.scopes, summary.stale, summary.unreached, summary.max_staleness) == (2, 1, 1, 10 * HOUR)


def test_accounts_that_are_not_active_are_left_out() -> None:
    assert told(Estate({ONE: account(ONE, status=AccountStatus.LEFT)}, {}, {})) == {}
    assert summary_of("iam_role", HOUR, []).max_staleness == 0


def test_pages_hold_the_worst_first_and_each_scope_once() -> None:
    ids = [f"{number:012}" for number in range(25)]
    states = {
        "iam_role": {
            one: state(one, succeeded_at=START, **({"error": "no", "failed_at": START} if one == ids[7] else {}))
            for one in ids
        }
    }
    estate = Estate({one: account(one) for one in ids}, {}, states)
    scopes = list(estate.scopes({"iam_role": KINDS["iam_role"]}, START))
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        page = page_of(scopes, after, 10)
        assert page.total == 25
        seen += [scope.scope_id for scope in page.scopes]
        after = page.next
    assert seen[0] == ids[7]
    assert sorted(seen) == ids
