from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, model_validator

from chalicelib.core.errors import Misconfigured
from chalicelib.core.model import Frozen
from chalicelib.dynamic_config.document import Configuration
from chalicelib.dynamic_config.faults import BadDocument, Fault
from chalicelib.dynamic_config.reading import DEPTH_LIMIT, TEXT_LIMIT, read


class Inner(Frozen):
    minutes: int = Field(default=60, ge=5)
    kind: Literal["a", "b"] | int = "a"


class Outer(Frozen):
    names: tuple[str, ...] = ()
    by_name: dict[str, Inner] = Field(default_factory=dict)
    needed: Inner | None = None

    @model_validator(mode="after")
    def _not_both(self) -> "Outer":
        if "both" in self.names and self.needed:
            message = "names and needed do not go together."
            raise ValueError(message)
        return self


MODELS: dict[str, type[Frozen]] = {"outer": Outer, "other": Inner}


def faults_of(text: str) -> list[tuple[str, int | None, int | None]]:
    """Key, line and column of everything that is wrong with a text."""
    try:
        Configuration.from_text(text, "new", MODELS).check(MODELS)
    except BadDocument as error:
        return [(fault.key, fault.line, fault.column) for fault in error.faults]
    return []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("outer: {}\nother:\n  minutes: 5\n", [], id="nothing wrong"),
        pytest.param("outer:\n  nmaes: []\n", [("outer.nmaes", 2, 3)], id="a misspelt key, at the key"),
        pytest.param(
            "outer:\n  by_name:\n    x: {minutes: 4}\n",
            [("outer.by_name.x.minutes", 3, 18)],
            id="a value out of range, at the value",
        ),
        pytest.param("outer:\n  names:\n  - a\n  - 7\n", [("outer.names.1", 4, 5)], id="an item of a list"),
        pytest.param("outer: [a]\n", [("outer", 1, 1)], id="a list for a mapping, at its key"),
        pytest.param(
            "outer:\n  by_name:\n    1: {}\n", [("outer.by_name.1.[key]", 3, 5)], id="a number for a name, at the name"
        ),
        pytest.param(
            "other:\n  kind: c\n", [("other.kind.literal['a','b']", 2, 9), ("other.kind.int", 2, 9)], id="a union"
        ),
        pytest.param("outer:\n  names: [both]\n  needed: {}\n", [("outer", 1, 1)], id="two keys that do not fit"),
        pytest.param(
            "base: &b {minutes: 1}\nother:\n  <<: *b\n", [("", 1, 1)], id="a section that nobody reads comes first"
        ),
        pytest.param(
            "outer:\n  by_name:\n    a: &b\n      minutes: 1\n    c:\n      <<: *b\n",
            [("outer.by_name.a.minutes", 4, 16), ("outer.by_name.c.minutes", 4, 16)],
            id="what was merged, where it is written",
        ),
        pytest.param(
            "other:\n  minutes: x\nouter:\n  names: 1\n  odd: 1\n",
            [("other.minutes", 2, 12), ("outer.names", 4, 10), ("outer.odd", 5, 3)],
            id="all faults of all sections at once, in the order of the document",
        ),
    ],
)
def test_each_fault_names_its_key_line_and_column(text: str, found: list[Any]) -> None:
    assert faults_of(text) == found


def test_a_fault_is_told_in_our_own_sentence() -> None:
    with pytest.raises(BadDocument) as refusal:
        Configuration.from_text("outer:\n  names: [both]\n  needed: {}\n", "new", MODELS).check(MODELS)
    assert refusal.value.message == "new, line 1, column 1: outer: names and needed do not go together."
    assert refusal.value.faults[0].section == "outer"


def test_every_key_that_stands_twice_is_named_at_once() -> None:
    with pytest.raises(BadDocument) as refusal:
        read("a: 1\nb: {c: 1, c: 2}\na: 2\n", "new")
    assert [(fault.line, fault.message) for fault in refusal.value.faults] == [
        (2, "the key 'c' stands twice"),
        (3, "the key 'a' stands twice"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: " + "x" * TEXT_LIMIT, f"larger than {TEXT_LIMIT} bytes", id="a large text"),
        pytest.param("a: " + "ä" * (TEXT_LIMIT // 2), f"larger than {TEXT_LIMIT} bytes", id="bytes count, not letters"),
        pytest.param("a: " + "[" * (DEPTH_LIMIT + 1) + "]" * (DEPTH_LIMIT + 1), "nested deeper than", id="a deep one"),
        pytest.param("a: " + "[" * 20_000, "nested deeper than", id="one too deep to be read at all"),
        pytest.param("a: &a [*a]", "line 1, column 4: an alias stands inside of what it repeats", id="an endless one"),
        pytest.param("a: &a {b: {c: *a}}", "an alias stands inside of what it repeats", id="an endless mapping"),
        pytest.param("a: 1\n---\nb: 2\n", "line 2, column 1: but found another document", id="two documents"),
    ],
)
def test_a_document_made_to_hurt_is_refused_before_anything_is_built_from_it(text: str, message: str) -> None:
    with pytest.raises(Misconfigured, match=message):
        read(text, "new")


@pytest.mark.parametrize("pair", ["[{0}, {0}]", "{{x: {0}, y: {0}}}", "{{<<: [{0}, {0}]}}"])
def test_a_few_lines_of_aliases_that_stand_for_billions_of_values_are_refused(pair: str) -> None:
    lines = ["a0: &a0 {k: v}", *(f"a{n}: &a{n} " + pair.format(f"*a{n - 1}") for n in range(1, 45))]
    with pytest.raises(Misconfigured, match=r"holds more than 200000 values"):
        read("\n".join(lines), "new")


def test_a_chain_of_aliases_counts_as_deep_as_what_it_builds() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, DEPTH_LIMIT + 2))]
    with pytest.raises(Misconfigured, match="nested deeper than"):
        read("\n".join(lines), "new")


def test_what_is_repeated_by_an_alias_is_read_as_if_it_stood_there() -> None:
    assert read("a: &a [1]\nb: *a\n", "new").data == {"a": [1], "b": [1]}


def test_a_fault_without_a_place_names_the_source_alone() -> None:
    assert Fault(message="is empty").words("new") == "new: is empty"


class TestLinesOfASection:
    @pytest.mark.parametrize(
        ("text", "lines"),
        [
            pytest.param("a:\n  b: 1\nc: 1\n", (0, 2), id="up to the next"),
            pytest.param("c: 1\na:\n  b: 1\n", (1, 3), id="up to the end"),
            pytest.param("c: 1\na:\n  b: 1", (1, 3), id="up to an end without a line's end"),
            pytest.param("a:\n  b: 1\n\n# about c\nc: 1\n", (0, 2), id="without the words about the next"),
            pytest.param("a:\n  b: 1\n  # about b\n\nc: 1\n", (0, 3), id="with its own words"),
            pytest.param("a: {b: 1}\nc: 1\n", (0, 1), id="on one line"),
            pytest.param("a: |\n  x\n  y\nc: 1\n", (0, 3), id="a long text"),
            pytest.param("a:\nc: 1\n", (0, 1), id="empty"),
            pytest.param("c: 1\n", None, id="absent"),
            pytest.param("{a: 1, c: 1}\n", None, id="not on lines of its own"),
        ],
    )
    def test_they_are_found(self, text: str, lines: tuple[int, int] | None) -> None:
        assert read(text, "new").lines_of("a") == lines


_LEAF = st.one_of(st.integers(), st.text(st.characters(categories=["L", "N"]), max_size=8), st.booleans(), st.none())
_TREE = st.dictionaries(
    st.sampled_from(["outer", "other", "deployment", "x", "1"]),
    st.recursive(
        _LEAF,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=12,
    ),
    min_size=1,
)


@given(_TREE)
def test_whatever_is_written_either_passes_or_names_a_line_that_exists(tree: dict[str, Any]) -> None:
    import yaml

    text = yaml.safe_dump(tree, allow_unicode=True)
    last = len(text.splitlines())
    for _, line, column in faults_of(text):
        assert line is not None
        assert 1 <= line <= last
        assert column is not None
        assert column >= 1
