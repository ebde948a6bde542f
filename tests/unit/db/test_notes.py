import pytest

from chalicelib.core.model import Frozen
from chalicelib.db.notes import Notes

pytestmark = pytest.mark.usefixtures("tables")


class Place(Frozen):
    number: int


class Other(Frozen):
    text: str


def test_a_note_is_found_as_it_was_left_and_the_last_word_counts() -> None:
    notes = Notes()
    assert notes.find("place", Place) is None
    for number in (1, 2):
        notes.put("place", Place(number=number))
        assert notes.find("place", Place) == Place(number=number)


def test_a_note_of_another_version_of_the_product_is_none() -> None:
    Notes().put("other", Other(text="x"))
    assert Notes().find("other", Place) is None
