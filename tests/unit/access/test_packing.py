"""Roles as bytes."""

import gzip
import random
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access import packing
from chalicelib.access.packing import as_text, bucket_of, from_text, in_buckets, packed, split, unpacked
from chalicelib.access.rights import CONFIGURATION, ROLE, Claim, HeldRole, Kind, Terms, Word
from chalicelib.core.roles import Use
from tests.support.builders import grant, role_arn
from tests.support.clock import START
from tests.support.rights import claim, held_role

CLAIMS = st.builds(
    Claim,
    kind=st.sampled_from(Kind),
    name=st.text(max_size=8),
    use=st.sampled_from(Use),
    bare=st.booleans(),
    not_before=st.none() | st.integers(0, 9),
    not_after=st.none() | st.integers(0, 9),
)
WORDS = st.builds(Word, st.lists(CLAIMS, max_size=3).map(tuple), st.integers(0, 99), st.integers(0, 9))
TERMS = st.builds(Terms, source_identity=st.booleans(), withheld=st.sampled_from(["", "because"]))
HELD = st.builds(
    HeldRole,
    st.none() | TERMS,
    st.integers(0, 99),
    st.dictionaries(st.sampled_from([ROLE, CONFIGURATION, "grant x"]), WORDS, max_size=3),
    st.integers(0, 9),
)
ROLES = st.dictionaries(st.text(min_size=1, max_size=5), HELD, max_size=6)


@given(ROLES)
def test_what_was_packed_is_drawn_out_as_it_was(roles: dict[str, HeldRole]) -> None:
    assert unpacked(packed(roles)) == roles
    assert {arn: from_text(as_text(held)) for arn, held in roles.items()} == roles


def test_nothing_is_nothing() -> None:
    assert unpacked(None) == {}
    assert unpacked(b"") == {}


def test_the_same_roles_are_the_same_bytes_whatever_their_order() -> None:
    one, other = held_role(grant(role_arn("a"))), held_role(grant(role_arn("b"), cli_only=True))
    assert packed({"a": one, "b": other}) == packed({"b": other, "a": one})


def test_what_many_roles_share_stands_once() -> None:
    roles = {role_arn(f"r{number}"): held_role(grant(role_arn(f"r{number}"))) for number in range(50)}
    text = gzip.decompress(packed(roles)).decode()
    assert (text.count("consoleme-authorized"), text.count("source_identity")) == (1, 1)


@given(ROLES, st.integers(1, 4))
def test_each_role_is_in_the_bucket_where_it_is_looked_for(roles: dict[str, HeldRole], buckets: int) -> None:
    parts = split(roles, buckets)
    assert len(parts) == buckets
    for number, part in enumerate(parts):
        assert all(bucket_of(arn, buckets) == number for arn in part)
    assert {arn: held for part in parts for arn, held in part.items()} == roles


def stack_names(count: int) -> Iterator[str]:
    """Roles as CloudFormation names them, which is the worst for gzip."""
    ends = random.Random(1)  # noqa: S311 names, not secrets
    letters = string.ascii_uppercase + string.digits
    for number in range(count):
        end = "".join(ends.choices(letters, k=12))
        yield role_arn(f"team-{number % 40}-Role-{end}", f"{number % 500 * 7919:012d}")


def several(count: int) -> dict[str, HeldRole]:
    claims, terms = (claim(),), Terms(source_identity=True)
    return {
        arn: HeldRole(terms, START + number, {ROLE: Word(claims, START + number)})
        for number, arn in enumerate(stack_names(count))
    }


def test_two_thousand_roles_fit_into_the_head() -> None:
    assert len(packed(several(2000))) < packing.HEAD_LIMIT


def test_what_does_not_fit_into_one_item_is_spread_over_as_few_as_leave_room() -> None:
    many = several(30_000)
    packs = in_buckets(many, len(packed(many)))
    assert len(packs) == 2
    assert max(map(len, packs)) <= packing.PART_LIMIT
    assert {arn for pack in packs for arn in unpacked(pack)} == many.keys()


def test_buckets_that_turn_out_too_large_are_split_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "PART_LIMIT", 1000)
    many = several(200)
    packs = in_buckets(many, 1)
    assert len(packs) > 2
    assert max(map(len, packs)) <= 1000


def test_sixty_heads_and_the_freshness_of_a_thousand_accounts_fit_into_one_transaction() -> None:
    assert 60 * (packing.HEAD_LIMIT + 500) + 300_000 < 4 * 1024 * 1024
