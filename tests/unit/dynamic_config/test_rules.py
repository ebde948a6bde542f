from typing import Any

import pytest

from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.models import SaveWish, VersionInfo, hash_of
from chalicelib.dynamic_config.rules import (
    changed_sections,
    guards_against,
    is_repeated,
    unexplained,
    unified_diff,
)

ASK = Guard(section="a", rule="ask", reason="Sure?", confirmable=True)
STOP = Guard(section="a", rule="stop", reason="Never.")
LINE = Effect(section="a", text="x")


def configuration(**data: Any) -> Configuration:
    return Configuration(data, "x")


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ({"a": {"k": 1}}, {"a": {"k": 1}}, ()),
        ({"a": {"k": 1}}, {"a": {"k": 2}, "b": {"k": 1}}, ("a", "b")),
        ({"b": {"k": 1}, "a": {"k": 1}}, {}, ("a", "b")),
        ({"a": {}}, {}, ()),
        ({"a": None}, {"a": {}}, ()),
    ],
)
def test_sections_that_say_something_else_are_named(before: Any, after: Any, changed: tuple[str, ...]) -> None:
    assert changed_sections(configuration(**before), configuration(**after)) == changed


def test_a_section_that_nobody_had_a_word_about_is_told_by_its_keys() -> None:
    before, after = configuration(a={"x": 1}, b={"x": 1, "y": 1}), configuration(a={"x": 2}, b={"x": 2, "z": 1})
    assert unexplained(before, after, [LINE]) == [Effect(section="b", text="x, y, z: changed.")]


def test_a_guard_that_gives_way_gives_way_to_who_names_it_and_another_never() -> None:
    assert guards_against([LINE], frozenset()) == (None, ())
    assert guards_against([ASK, LINE], frozenset()) == (None, (ASK,))
    assert guards_against([ASK], frozenset({"ask"})) == (None, ())
    assert guards_against([ASK, STOP], frozenset({"ask", "stop"})) == (STOP, ())


class TestRepetition:
    info = VersionInfo(
        number=2, sha256=hash_of("new"), previous=hash_of("old"), author="user:a", saved_at=1, restored=1
    )
    wish = SaveWish(text="new", existing_sha256=hash_of("old"), restored=1)

    def test_the_very_same_wish_is_one(self) -> None:
        assert is_repeated(self.info, "user:a", hash_of("new"), self.wish)

    @pytest.mark.parametrize(
        "other",
        [{"author": "user:b"}, {"sha256": hash_of("x")}, {"previous": hash_of("x")}, {"restored": None}],
    )
    def test_any_other_is_none(self, other: dict[str, Any]) -> None:
        assert not is_repeated(self.info.model_copy(update=other), "user:a", hash_of("new"), self.wish)


def test_a_difference_reads_like_that_of_diff() -> None:
    found = unified_diff("a\nb\n", "a\nc\n", before_name="version 1", after_name="version 2")
    assert found == "--- version 1\n+++ version 2\n@@ -1,2 +1,2 @@\n a\n-b\n+c"
    assert unified_diff("a", "a", before_name="x", after_name="y") == ""
