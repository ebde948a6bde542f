"""Which contents a resource's history keeps."""

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.inventory.history.models import ResourceHistory, Version
from chalicelib.inventory.history.rules import KEPT, differing, extended

NOTHING = ResourceHistory(
    arn="arn:aws:sqs:eu-west-1:222222222222:jobs", kind="sqs_queue", account_id="2" * 12, versions=()
)
VOLATILE = {"used"}


def version(at: int, tags: str = "", *, gone: bool = False, **more: Any) -> Version:
    return Version(at=at, gone=gone, content={} if gone else {"tags": tags, "used": at, **more})


def with_these(*versions: Version) -> ResourceHistory:
    return NOTHING.model_copy(update={"versions": versions})


def kept(history: ResourceHistory | None) -> list[tuple[int, str]]:
    assert history is not None
    return [(one.at, "gone" if one.gone else one.content["tags"]) for one in history.versions]


def test_fields_that_change_by_themselves_are_no_difference() -> None:
    assert differing({"tags": "a", "used": 1}, {"tags": "a", "used": 2}, VOLATILE) == ()
    assert differing({"tags": "a", "name": "x"}, {"tags": "b", "name": "y"}, VOLATILE) == ("name", "tags")


def test_a_field_that_came_with_a_release_is_no_difference() -> None:
    assert differing({"tags": "a"}, {"tags": "a", "key": None}, VOLATILE) == ()


def test_the_first_change_keeps_what_was_before_it_too() -> None:
    assert kept(extended(NOTHING, version(1, "a"), version(5, "b"), VOLATILE)) == [(1, "a"), (5, "b")]


def test_a_later_change_adds_only_itself() -> None:
    history = with_these(version(1, "a"), version(5, "b"))
    assert kept(extended(history, version(5, "b"), version(9, "c"), VOLATILE)) == [(1, "a"), (5, "b"), (9, "c")]


def test_a_change_that_nobody_told_of_is_made_up_for_by_the_next() -> None:
    history = with_these(version(1, "a"))
    assert kept(extended(history, version(5, "b"), version(9, "c"), VOLATILE)) == [(1, "a"), (5, "b"), (9, "c")]


def test_a_content_that_came_back_is_a_version_of_its_own() -> None:
    history = with_these(version(1, "a"), version(5, "b"))
    assert kept(extended(history, version(5, "b"), version(9, "a"), VOLATILE)) == [(1, "a"), (5, "b"), (9, "a")]


def test_the_same_change_told_twice_is_kept_once() -> None:
    once = extended(NOTHING, version(1, "a"), version(5, "b"), VOLATILE)
    assert once is not None
    assert extended(once, version(1, "a"), version(5, "b"), VOLATILE) is None


def test_what_was_seen_before_the_newest_version_changes_nothing() -> None:
    history = with_these(version(1, "a"), version(5, "b"))
    assert extended(history, version(1, "a"), version(3, "late"), VOLATILE) is None


def test_a_resource_that_went_and_came_back_shows_both() -> None:
    gone = extended(NOTHING, version(1, "a"), version(5, gone=True), VOLATILE)
    assert kept(gone) == [(1, "a"), (5, "gone")]
    assert gone is not None
    back = extended(gone, version(7, "new"), version(9, "newer"), VOLATILE)
    assert kept(back) == [(1, "a"), (5, "gone"), (7, "new"), (9, "newer")]


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("abc"), st.booleans()), max_size=60))
def test_whatever_is_told_in_whatever_order_the_history_stays_short_ordered_and_without_repetitions(
    told: list[tuple[int, str, bool]],
) -> None:
    history = NOTHING
    for at, tags, gone in told:
        before = history.versions[-1] if history.versions else None
        history = extended(history, before, version(at, tags, gone=gone), VOLATILE) or history
        assert extended(history, before, version(at, tags, gone=gone), VOLATILE) is None
    times = [one.at for one in history.versions]
    contents = [(one.gone, one.content.get("tags")) for one in history.versions]
    assert len(times) <= KEPT
    assert times == sorted(times)
    assert all(one != following for one, following in itertools.pairwise(contents))
