"""What is held after something was heard."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.rights import CONFIGURATION, ROLE, GrantChange, HeldRole, Terms, Word
from chalicelib.access.words import MEMORY, forgotten, gone, heard, new_terms, news_of, said_of_role
from tests.support.builders import role_arn
from tests.support.clock import START
from tests.support.rights import claim

APP = role_arn("app")
BY_TAG, BY_MAP, BY_GRANT = claim("tag x"), claim("configuration"), claim("grant r1")
TERMS = Terms(source_identity=True)


def visit(*claims: object, at: int = START, version: int = 1, terms: Terms = TERMS) -> GrantChange:
    return said_of_role(APP, claims, terms, at=at, version=version)  # type: ignore[arg-type]


def grant_word(*claims: object, at: int = START, source: str = "grant r1") -> GrantChange:
    return GrantChange(role_arn=APP, words={source: Word(claims, at)})  # type: ignore[arg-type]


def after(*changes: GrantChange) -> HeldRole:
    held: HeldRole | None = None
    for change in changes:
        held = heard(held, change)
    assert held is not None
    return held


def sources(held: HeldRole) -> list[str]:
    return [one.source for one in held.claims]


def test_a_visit_speaks_for_the_role_and_for_the_configuration() -> None:
    held = after(visit(BY_TAG, BY_MAP, at=7, version=3))
    assert held.words == {ROLE: Word((BY_TAG,), 7, 3), CONFIGURATION: Word((BY_MAP,), 3)}
    assert (held.terms, held.terms_at) == (TERMS, 7)
    assert held.stands


def test_what_the_next_visit_does_not_say_again_ends() -> None:
    held = after(visit(BY_TAG, BY_MAP, at=7, version=3), visit(at=8, version=4))
    assert held.words == {ROLE: Word((), 8, 4), CONFIGURATION: Word((), 4)}
    assert not held.stands


@pytest.mark.parametrize(("at", "kept"), [(6, [BY_TAG.source]), (7, []), (8, [])])
def test_an_older_word_never_replaces_a_newer_one_and_of_one_moment_the_last_counts(at: int, kept: list[str]) -> None:
    assert sources(after(visit(BY_TAG, at=7), visit(at=at))) == kept


@pytest.mark.parametrize(("version", "kept"), [(2, [BY_MAP.source]), (3, []), (4, [])])
def test_the_mapping_goes_by_the_configurations_version(version: int, kept: list[str]) -> None:
    """However late the older process looks at the role."""
    assert sources(after(visit(BY_MAP, at=7, version=3), visit(at=99, version=version))) == kept


def test_a_late_word_does_not_bring_back_what_has_ended() -> None:
    assert sources(after(visit(at=9), visit(BY_TAG, at=8))) == []


def test_of_one_look_the_judgement_by_the_newer_configuration_counts() -> None:
    by_new, by_old = visit(BY_TAG, at=7, version=4), visit(at=7, version=3, terms=Terms())
    assert sources(after(by_new, by_old)) == sources(after(by_old, by_new)) == [BY_TAG.source]
    assert after(by_new, by_old).terms == after(by_old, by_new).terms == TERMS
    assert after(visit(at=7, version=9), visit(BY_TAG, at=8, version=1)).claims == (BY_TAG,)
    newer = new_terms(APP, Terms(withheld="because"), at=7, version=4)
    assert after(newer, visit(BY_TAG, at=7, version=3)).terms == Terms(withheld="because")


def test_grants_of_one_second_count_in_their_order() -> None:
    put = GrantChange(role_arn=APP, words={"grant r1": Word((BY_GRANT,), 7, 1)})
    drop = GrantChange(role_arn=APP, words={"grant r1": Word((), 7, 2)})
    assert sources(after(put, drop)) == sources(after(drop, put)) == sources(after(put, drop, put)) == []


def test_channels_do_not_touch_each_other() -> None:
    held = after(visit(BY_TAG, at=7), grant_word(BY_GRANT, at=1), grant_word(claim("grant r2"), source="grant r2"))
    assert sources(held) == ["grant r1", "grant r2", "tag x"]
    assert sources(heard(held, visit(at=9))) == ["grant r1", "grant r2"]
    assert sources(heard(held, grant_word(at=2))) == ["grant r2", "tag x"]


def test_terms_are_as_of_the_last_look() -> None:
    newer = Terms(session_tags=True)
    assert after(visit(BY_TAG, at=7), new_terms(APP, newer, at=8, version=1)).terms == newer
    assert after(visit(BY_TAG, at=7), new_terms(APP, newer, at=7, version=1)).terms == newer
    assert after(visit(BY_TAG, at=7), new_terms(APP, newer, at=6, version=9)).terms == TERMS
    assert after(visit(BY_TAG, at=7), grant_word(BY_GRANT, at=99)).terms == TERMS


class TestARoleThatIsGone:
    def test_takes_along_everything_but_what_the_configuration_says_of_its_name(self) -> None:
        held = after(visit(BY_TAG, BY_MAP, at=7, version=3), grant_word(BY_GRANT, at=8), gone(APP, 9))
        assert not held.stands
        assert (held.terms, held.terms_at) == (None, 9)
        assert {channel: (word.claims, word.at) for channel, word in held.words.items()} == {
            ROLE: ((), 9),
            CONFIGURATION: ((BY_MAP,), 3),
            "grant r1": ((), 9),
        }

    def test_comes_back_without_its_grants(self) -> None:
        held = after(visit(BY_TAG, at=7), grant_word(BY_GRANT, at=8), gone(APP, 9), visit(BY_TAG, at=10))
        assert sources(held) == ["tag x"]
        assert held.stands

    def test_is_not_brought_back_by_what_was_seen_before(self) -> None:
        assert not after(gone(APP, 9), visit(BY_TAG, BY_MAP, at=8)).stands
        assert not after(gone(APP, 9), new_terms(APP, TERMS, at=8, version=1), grant_word(BY_GRANT, at=8)).stands

    def test_does_not_end_what_was_granted_after_it_came_back(self) -> None:
        again = GrantChange(role_arn=APP, words={"grant r1": Word((BY_GRANT,), 11)}, terms=TERMS, terms_at=10)
        assert sources(after(gone(APP, 9), again)) == ["grant r1"]
        assert sources(after(again, gone(APP, 9))) == ["grant r1"]

    def test_ends_the_grants_of_its_last_second_too(self) -> None:
        put = GrantChange(role_arn=APP, words={"grant r1": Word((BY_GRANT,), 9, 1_800_000_000)})
        assert sources(after(visit(BY_TAG, at=7), put, gone(APP, 9))) == []

    def test_of_one_moment_the_end_counts(self) -> None:
        assert not after(visit(BY_TAG, at=9), gone(APP, 9)).stands
        assert not after(gone(APP, 9), visit(BY_TAG, at=9)).stands
        assert after(gone(APP, 9), visit(BY_TAG, at=10)).stands


def test_news_are_what_changes_and_the_last_of_several_words_counts() -> None:
    before = {APP: after(visit(BY_TAG, at=7))}
    assert news_of(before, [visit(BY_TAG, at=7)]) == {}
    assert news_of(before, [visit(at=6)]) == {}
    assert news_of(before, [visit(at=8), visit(BY_TAG, at=9)]) == {APP: after(visit(BY_TAG, at=9))}
    third = grant_word(BY_GRANT)
    assert sources(news_of({}, [visit(BY_TAG, at=7), third])[APP]) == ["grant r1", "tag x"]
    other = visit(BY_TAG).model_copy(update={"role_arn": role_arn("b")})
    assert news_of(before, [visit(at=8), other]).keys() == {APP, role_arn("b")}


CHANGES = st.one_of(
    st.builds(
        lambda tag, mapped, at, version: visit(
            *([BY_TAG] if tag else []), *([BY_MAP] if mapped else []), at=at, version=version
        ),
        st.booleans(),
        st.booleans(),
        st.integers(1, 40),
        st.integers(1, 40),
    ),
    st.builds(lambda at: gone(APP, at), st.integers(1, 40)),
)


def moments(change: GrantChange) -> set[tuple[str, int | None]]:
    """Those that must not meet: a visit and an end at one moment, two versions that are one."""
    version = change.words[CONFIGURATION].at if CONFIGURATION in change.words else None
    return {("look", change.terms_at), ("version", version)} - {("version", None)}


@given(st.lists(CHANGES, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_the_order_in_which_visits_are_heard_does_not_matter(
    changes: Sequence[GrantChange], order: random.Random
) -> None:
    apart: list[GrantChange] = []
    taken: set[tuple[str, int | None]] = set()
    for change in changes:
        if not moments(change) & taken:
            taken |= moments(change)
            apart.append(change)
    shuffled = list(apart)
    order.shuffle(shuffled)
    one, other = after(*apart), after(*shuffled)
    assert (one.terms, one.terms_at, one.stands, one.claims) == (
        other.terms,
        other.terms_at,
        other.stands,
        other.claims,
    )


class TestForgetting:
    def test_a_right_is_never_forgotten(self) -> None:
        held = after(visit(BY_TAG, at=1))
        assert forgotten(held, 1 + 10 * MEMORY) is held

    @pytest.mark.parametrize(("now", "kept"), [(7 + MEMORY - 1, True), (7 + MEMORY, False)])
    def test_what_has_ended_is_remembered_for_as_long_as_queues_do(self, now: int, kept: bool) -> None:
        assert (forgotten(after(visit(at=7)), now) is not None) is kept
        assert (forgotten(after(gone(APP, 7)), now) is not None) is kept
        assert (forgotten(after(grant_word(at=7)), now) is not None) is kept

    @pytest.mark.parametrize(("now", "kept"), [(9 + MEMORY - 1, True), (9 + MEMORY, False)])
    def test_a_claim_that_has_ended_is_dropped_when_it_is_not_remembered_any_more(self, now: int, kept: bool) -> None:
        ended = claim("grant r1", not_after=9)
        held = after(visit(BY_TAG, at=7), grant_word(ended, at=1))
        left = forgotten(held, now)
        assert left is not None
        assert sources(left) == (["grant r1", "tag x"] if kept else ["tag x"])

    def test_a_right_that_was_nothing_but_an_ended_claim_goes_with_it(self) -> None:
        held = after(new_terms(APP, TERMS, at=1, version=1), grant_word(claim("grant r1", not_after=9), at=1))
        assert held.stands
        assert forgotten(held, 9 + MEMORY) is None
        assert forgotten(held, 8 + MEMORY) is held

    def test_the_mapping_of_a_role_that_is_gone_is_forgotten_with_it(self) -> None:
        held = after(visit(BY_MAP, at=7, version=START), gone(APP, 9))
        assert forgotten(held, 9 + MEMORY) is None
        assert forgotten(held, 8 + MEMORY) is held
