"""An expression over joined values finds the rows that it finds value by value."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.inventory.search.patterns import parsed
from chalicelib.inventory.search.scan import Deadline, Joined

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
        "c?",
        r"\S",
    ]
)
_SOURCES = st.lists(_PIECES, max_size=6).map("".join)
_VALUES = st.lists(st.text(alphabet="abc-. 1", max_size=8), max_size=8)


@given(_SOURCES, _VALUES)
def test_joined_values_give_the_rows_that_fit_one_by_one(source: str, values: list[str]) -> None:
    pattern = parsed(source)
    if pattern is None:
        return
    wanted = [number for number, value in enumerate(values) if pattern.single.search(value)]
    found = list(Joined(enumerate(values)).matching(pattern, "arn", Deadline(30)))
    assert found == wanted
    if pattern.fits_everything:
        assert len(wanted) == len(values)


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
