"""What a visit lists, and in which order."""

from typing import Any

import pytest

from chalicelib.db.scopes import ScopeState
from chalicelib.inventory.refresh.models import Tally, Wishes
from chalicelib.inventory.refresh.rules import Scope, due, scopes_of, to_visit
from chalicelib.inventory.resource_type import Place
from tests.support.shelves import Shelf

ACCOUNT, NOW, HOUR = "222222222222", 1_000_000, 3600
QUEUES = Shelf()
USERS = Shelf(name="iam_user", regional=False, every=HOUR)
ROLES = Shelf(name="iam_role", regional=False, every=HOUR)
SCOPES = scopes_of(ACCOUNT, (QUEUES, USERS, ROLES), ("eu-west-1", "us-east-1"))


def state(**parts: Any) -> ScopeState:
    base = {"scope_id": ACCOUNT, "succeeded_at": NOW, "failed_at": None, "error": None, "held": ""}
    return ScopeState(**{**base, **parts})


def visited(wishes: Wishes | None = None, since: int | None = None, **states: ScopeState) -> list[str]:
    """Labels in order; states by label with underscores for blanks and hyphens."""
    named = {scope.key: states[key] for scope in SCOPES if (key := _key(scope)) in states}
    wanted = to_visit(SCOPES, wishes or Wishes(), named, now=NOW, since=since, first="iam_role")
    return [scope.label for scope in wanted]


def _key(scope: Scope) -> str:
    return scope.label.replace(" ", "_").replace("-", "_")


def test_a_global_type_has_one_scope_and_a_regional_one_a_scope_in_each_region() -> None:
    assert [scope.key for scope in SCOPES] == [
        ("sqs_queue", f"{ACCOUNT}/eu-west-1"),
        ("sqs_queue", f"{ACCOUNT}/us-east-1"),
        ("iam_user", ACCOUNT),
        ("iam_role", ACCOUNT),
    ]
    assert scopes_of(ACCOUNT, (QUEUES,), ()) == []
    assert Scope(USERS, Place(ACCOUNT)).label == "iam_user"


def test_roles_come_first_then_global_types_then_regions() -> None:
    assert visited() == ["iam_role", "iam_user", "sqs_queue eu-west-1", "sqs_queue us-east-1"]


def test_a_dirty_scope_comes_before_all_others() -> None:
    dirty = state(dirty_at=NOW + 1)
    assert visited(sqs_queue_us_east_1=dirty)[0] == "sqs_queue us-east-1"


def test_what_has_succeeded_in_this_run_is_not_listed_again() -> None:
    assert visited(since=NOW, iam_role=state()) == ["iam_user", "sqs_queue eu-west-1", "sqs_queue us-east-1"]
    assert "iam_role" in visited(since=NOW + 1, iam_role=state())
    assert "iam_role" in visited(iam_role=state())


def test_only_the_types_that_are_asked_for_are_listed() -> None:
    assert visited(Wishes(types=("iam_user",))) == ["iam_user"]


def test_by_schedule_only_what_is_due_is_listed() -> None:
    assert visited(Wishes(due_only=True), iam_role=state(), iam_user=state(succeeded_at=NOW - HOUR)) == [
        "iam_user",
        "sqs_queue eu-west-1",
        "sqs_queue us-east-1",
    ]


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        (None, "never"),
        (state(succeeded_at=None, failed_at=NOW), "never"),
        (state(dirty_at=NOW), "dirty"),
        (state(succeeded_at=NOW - 60, failed_at=NOW - 30), "failed"),
        (state(succeeded_at=NOW - 3240), "old"),
        (state(succeeded_at=NOW - 3239), "fresh"),
        (state(failed_at=NOW - 30), "fresh"),
    ],
)
def test_a_scope_is_due(known: ScopeState | None, reason: str) -> None:
    verdict = due(known, HOUR, NOW)
    assert (verdict.rule, verdict.allowed) == (reason, reason != "fresh")


def test_counts_of_two_steps_add_up() -> None:
    assert Tally(scopes=1, written=2).plus(Tally(written=3, removed=1)) == Tally(scopes=1, written=5, removed=1)
