"""What is typed fits exactly, at the beginning, at the beginning of a word, or anywhere."""

import pytest

from chalicelib.core.ranking import EXACT, PREFIX, SUBSTRING, WORD, rank


@pytest.mark.parametrize(
    ("typed", "values", "found"),
    [
        ("Export", ["export"], EXACT),
        ("exp", ["Export"], PREFIX),
        ("exp", ["team/export"], WORD),
        ("exp", ["my export"], WORD),
        ("exp", ["reexport"], SUBSTRING),
        ("exp", ["reexport", "export"], PREFIX),
        ("none", ["export"], None),
        ("x", [], None),
        (" ", ["export"], PREFIX),
    ],
)
def test_the_best_of_all_values_counts(typed: str, values: list[str], found: int | None) -> None:
    assert rank(typed, values) == found
