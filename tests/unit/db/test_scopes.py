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


def test_a_success_says_how_long_it_took_and_what_it_counted_and_failures_count_until_then() -> None:
    for number in range(2):
        Scopes().failed("iam_role", "7", START + number, "no")
    assert Scopes().of_kind("iam_role")["7"].failures == 2
    Scopes().succeeded("iam_role", "7", START + 5, duration=9, counts={"seen": 40, "written": 2})
    state = Scopes().of_kind("iam_role")["7"]
    assert (state.duration, state.counts, state.failures, state.error) == (9, {"seen": 40, "written": 2}, 0, None)


def test_a_scope_is_dirty_from_what_was_heard_of_it_until_it_is_listed_after_that() -> None:
    Scopes().mark_dirty("iam_role", "21", START)
    heard = Scopes().find("iam_role", "21")
    assert heard is not None
    assert (heard.dirty, heard.succeeded_at) == (True, None)
    for at, dirty in ((START - 1, True), (START, True), (START + 1, False)):
        Scopes().succeeded("iam_role", "21", at)
        state = Scopes().find("iam_role", "21")
        assert state is not None
        assert state.dirty is dirty


def test_an_older_word_does_not_take_a_newer_one_away() -> None:
    for at in (START + 5, START):
        Scopes().mark_dirty("iam_role", "22", at)
    state = Scopes().find("iam_role", "22")
    assert state is not None
    assert state.dirty_at == START + 5


def test_nothing_is_known_of_a_scope_that_nobody_spoke_of() -> None:
    assert Scopes().find("iam_role", "23") is None
