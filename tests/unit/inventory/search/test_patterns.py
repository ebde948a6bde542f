"""An expression finds the same values by either engine, and what is skipped could not fit."""

from collections.abc import Iterator

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.inventory.search import schema
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.patterns import parsed

_PIECES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        ".",
        "^",
        "$",
        "*",
        "+",
        "?",
        "{2}",
        "[^a]",
        "[ab]",
        "[^]b]",
        "|",
        "(",
        ")",
        r"\s",
        r"\W",
        r"\D",
        r"\d",
        r"\.",
        r"\A",
        r"\Z",
        r"\b",
        r"\-",
        "-",
        r"[\s-]",
        "abc",
        "(?i)",
        ".*",
        ".*?",
        "c?",
        r"\S",
    ]
)
_SOURCES = st.lists(_PIECES, max_size=6).map("".join)
_VALUES = st.lists(st.text(alphabet="abc-. 1", max_size=8), max_size=8)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[schema.Connection]:
    path = tmp_path_factory.mktemp("engine") / "none.sqlite"
    build(path, (), ())
    with schema.closing(schema.connect(path)) as connection:
        yield connection


def fits(engine: schema.Connection, linear: str, value: str) -> bool:
    ((found,),) = engine.execute("SELECT regexp(regex(?), ?)", (linear, value)).fetchall()
    return bool(found)


@given(source=_SOURCES, values=_VALUES)
def test_the_linear_engine_finds_the_values_that_have_a_line_which_fits(
    engine: schema.Connection, source: str, values: list[str]
) -> None:
    pattern = parsed(source)
    if pattern is None or pattern.linear is None:
        return
    plain = regex.compile(source, regex.IGNORECASE | regex.MULTILINE)
    assert all(bool(plain.search(value)) == bool(pattern.single.search(value)) for value in values)
    wanted = any(pattern.single.search(value) for value in values)
    assert fits(engine, pattern.linear, "\n".join(values)) == (wanted if values else bool(pattern.single.search("")))
    if pattern.fits_everything:
        assert all(pattern.single.search(value) for value in values)


@pytest.mark.parametrize(
    "source",
    [
        "(?=a)b",
        "(?<!a)b",
        r"(a)\1",
        "a++",
        "a*+b",
        "a{2}+",
        "(?>a)b",
        "[a--b]",
        "[[:alpha:]]",
        r"\mword",
        "a{",
        "(?x)a b",
        r"[\s-]",
        "(a{20}){20}",
        r"\x41",
        "a{,3}",
        "a{9999}",
    ],
)
def test_what_the_engines_do_not_certainly_read_alike_is_tried_value_by_value(source: str) -> None:
    pattern = parsed(source)
    assert pattern is None or pattern.linear is None


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"a\:b\/c\_", "a:b/c_"),
        ("led.*ORT$", "ledger-export"),
        (r"^\w+-\d{3}\Z", "queue-123"),
        ("[]a]b", "]b"),
        ("(?:x|y){2,}?z", "xyz"),
        ("(?i)Ledger|none", "my-ledger"),
        ("[^/]+$", "x"),
    ],
)
def test_what_people_write_is_done_by_the_linear_engine(engine: schema.Connection, source: str, value: str) -> None:
    pattern = parsed(source)
    assert pattern is not None
    assert pattern.linear is not None
    assert fits(engine, pattern.linear, value)


@given(_SOURCES, _VALUES)
def test_every_match_has_the_letters_that_it_must_have(source: str, values: list[str]) -> None:
    pattern = parsed(source)
    if pattern is None:
        return
    for value in values:
        if pattern.single.search(value):
            assert all(letters.casefold() in value.casefold() for letters in pattern.letters)


def test_plain_letters_are_no_expression() -> None:
    pattern = parsed("ledger-export")
    assert pattern is not None
    assert pattern.text == "ledger-export"


@pytest.mark.parametrize("source", [".*ledger.*", "^.*ledger.*$", ".*?ledger.*?", "(?i).*ledger"])
def test_what_fits_anything_at_the_ends_is_left_out(source: str) -> None:
    pattern = parsed(source)
    assert pattern is not None
    assert pattern.text == "ledger"


@pytest.mark.parametrize("source", [r"ledger\.*", ".*+ledger", ".*", ".*|x", "x|.*"])
def test_what_only_looks_so_stays(source: str) -> None:
    pattern = parsed(source)
    assert pattern is None or pattern.text is None


def test_letters_of_an_expression_say_where_not_to_look() -> None:
    pattern = parsed("^role/led.*export[0-9]x?yz")
    assert pattern is not None
    assert pattern.letters == ("role/led", "export")


def test_what_is_no_expression_is_none() -> None:
    assert parsed("(") is None


def test_only_what_fits_the_empty_text_anywhere_fits_everything() -> None:
    found = [parsed(source) for source in (".*", "a*", "^$", "a", r"\b")]
    assert [bool(one and one.fits_everything) for one in found] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_flags_are_those_of_the_wire() -> None:
    pattern = parsed("L.DGER")
    assert pattern is not None
    assert pattern.single.flags & regex.IGNORECASE
