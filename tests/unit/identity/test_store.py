import pytest

from chalicelib.core.errors import Conflict, LimitExceeded
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import Session
from chalicelib.identity.store import PeopleStore, SessionStore
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


def session(session_id: str) -> Session:
    return Session(
        session_id=session_id,
        user="ada@example.com",
        groups=frozenset({"a", "b"}),
        kind=SessionKind.WEB,
        method="test",
        address="198.51.100.7",
        created_at=START,
        renewed_at=START,
        expires_at=START + 60,
        ends_at=START + 600,
    )


def test_a_session_comes_back_as_it_was(clock: FrozenClock) -> None:
    store = SessionStore(clock)
    store.add(session("01A"))
    assert store.find("01A") == session("01A")


def test_a_session_is_never_written_over(clock: FrozenClock) -> None:
    SessionStore(clock).add(session("01B"))
    with pytest.raises(Conflict):
        SessionStore(clock).add(session("01B"))


def test_a_session_that_nobody_began_is_not_found(clock: FrozenClock) -> None:
    assert SessionStore(clock).find("01NONE") is None


class TestAThrottle:
    def test_lets_through_as_many_as_it_is_told_and_then_nobody_until_the_window_ends(self, clock: FrozenClock) -> None:
        store = SessionStore(clock)
        clock.advance(-clock.now() % 60)
        for _ in range(3):
            store.count_attempt("window", limit=3, window=60)
        clock.advance(50)
        with pytest.raises(LimitExceeded, match="in 10 seconds"):
            store.count_attempt("window", limit=3, window=60)
        clock.advance(10)
        store.count_attempt("window", limit=3, window=60)

    def test_counts_each_name_for_itself(self, clock: FrozenClock) -> None:
        store = SessionStore(clock)
        store.count_attempt("one", limit=1, window=60)
        store.count_attempt("two", limit=1, window=60)
        with pytest.raises(LimitExceeded):
            store.count_attempt("one", limit=1, window=60)


class TestPeople:
    def test_what_was_seen_later_stands_and_an_older_word_is_no_reason_to_refuse_a_sign_in(
        self, clock: FrozenClock
    ) -> None:
        people = PeopleStore(clock)
        people.saw("ada@example.com", frozenset({"new"}), "saml")
        clock.advance(-5)
        people.saw("ada@example.com", frozenset({"old"}), "directory")
        person = people.find("ada@example.com")
        assert person is not None
        assert (person.groups, person.observed_at) == (frozenset({"new"}), START)

    def test_of_two_words_in_one_second_the_second_stands(self, clock: FrozenClock) -> None:
        people = PeopleStore(clock)
        people.saw("grace@example.com", frozenset({"first"}), "saml")
        people.saw("grace@example.com", frozenset({"second"}), "saml")
        person = people.find("grace@example.com")
        assert person is not None
        assert person.groups == {"second"}
