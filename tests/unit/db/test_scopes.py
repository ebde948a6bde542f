import pytest

from chalicelib.db.scopes import Scopes
from tests.support.clock import START

pytestmark = pytest.mark.usefixtures("tables")


def test_a_scope_that_succeeded_says_when_and_what_waits(tables: None) -> None:
    Scopes().succeeded("iam_role", "1", START, held="digest")
    state = Scopes().of_kind("iam_role")["1"]
    assert (state.succeeded_at, state.failed_at, state.error, state.held) == (START, None, None, "digest")
    assert Scopes().held("iam_role", "1") == "digest"


def test_a_second_success_forgets_what_waited() -> None:
    Scopes().succeeded("iam_role", "2", START, held="digest")
    Scopes().succeeded("iam_role", "2", START + 1)
    assert Scopes().held("iam_role", "2") == ""


def test_an_older_success_never_replaces_a_newer_one() -> None:
    Scopes().succeeded("iam_role", "3", START)
    Scopes().succeeded("iam_role", "3", START - 1, held="old")
    state = Scopes().of_kind("iam_role")["3"]
    assert (state.succeeded_at, state.held) == (START, "")


def test_a_failure_keeps_the_last_success_and_says_why() -> None:
    Scopes().succeeded("iam_role", "4", START)
    Scopes().failed("iam_role", "4", START + 5, "x" * 5000)
    state = Scopes().of_kind("iam_role")["4"]
    assert (state.succeeded_at, state.failed_at) == (START, START + 5)
    assert state.error == "x" * 1000


def test_a_failure_that_a_later_success_has_mended_is_not_told() -> None:
    Scopes().succeeded("iam_role", "5", START)
    Scopes().failed("iam_role", "5", START - 5, "late word")
    assert Scopes().of_kind("iam_role")["5"].error is None


def test_kinds_do_not_mix_and_what_nobody_listed_holds_nothing() -> None:
    Scopes().succeeded("bucket", "6", START, held="x")
    assert "6" not in Scopes().of_kind("iam_role")
    assert Scopes().held("queue", "6") == ""
