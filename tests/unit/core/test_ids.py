from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.ids import ulid

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOMENTS = st.integers(0, 2**48 - 1)


@given(MOMENTS, MOMENTS)
def test_ids_sort_by_the_time_they_were_made(one: int, other: int) -> None:
    if one != other:
        assert (ulid(one) < ulid(other)) == (one < other)


@given(MOMENTS)
def test_an_id_is_26_characters_that_nobody_misreads(moment: int) -> None:
    made = ulid(moment)
    assert len(made) == 26
    assert set(made) <= set(CROCKFORD)


def test_ids_of_one_moment_differ() -> None:
    assert len({ulid(1_700_000_000_000) for _ in range(1000)}) == 1000


def test_an_id_made_now_begins_with_the_time_of_now() -> None:
    made = ulid()
    assert ulid(1_700_000_000_000) < made < ulid(2**48 - 1)
    moment = 0
    for letter in made[:10]:
        moment = moment * 32 + CROCKFORD.index(letter)
    assert 1_700_000_000_000 < moment < 4_000_000_000_000
