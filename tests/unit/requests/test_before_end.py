"""How long before an end people are told of it."""

import pytest

from chalicelib.requests.states import DueKind
from chalicelib.requests.telling.before_end import before_end, is_about_an_end, lead

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("lasts", "ahead"),
    [
        (300, None),
        (599, None),
        (600, 150),
        (HOUR, 900),
        (4 * HOUR, HOUR),
        (6 * DAY, HOUR),
        (7 * DAY, DAY),
        (400 * DAY, DAY),
    ],
)
def test_the_longer_it_lasts_the_earlier(lasts: int, ahead: int | None) -> None:
    assert lead(lasts) == ahead


def test_it_is_stored_for_its_moment_and_what_ends_at_once_has_none() -> None:
    (due,) = before_end("change", 10_000, 2_000)
    assert (due.kind, due.at) == (DueKind.REMIND, 8_000)
    assert is_about_an_end(due)
    assert before_end("change", 2_100, 2_000) == ()
