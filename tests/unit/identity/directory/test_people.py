import pytest

from chalicelib.core.errors import Forbidden
from chalicelib.core.ids import ulid
from chalicelib.identity.directory.models import DirectoryConfig
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.directory.store import DirectoryStore
from tests.support.aws import round_trips
from tests.support.clock import START, FrozenClock
from tests.support.directory import record, world

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def user() -> str:
    return f"{ulid().lower()}@example.com"


class TestASignIn:
    def test_is_remembered_with_method_and_time_and_folded_names(self, clock: FrozenClock, user: str) -> None:
        people = PeopleStore(clock)
        people.saw(user.upper(), frozenset({"Admins"}), "okta")
        person = people.find(user.title())
        assert person is not None
        assert (person.user, person.groups, person.source, person.observed_at) == (
            user,
            frozenset({"admins"}),
            "okta",
            START,
        )

    def test_that_is_older_than_what_was_seen_changes_nothing(self, clock: FrozenClock, user: str) -> None:
        people = PeopleStore(clock)
        people.saw(user, frozenset({"new"}), "okta")
        clock.advance(-5)
        people.saw(user, frozenset({"old"}), "okta")
        person = people.find(user)
        assert person is not None
        assert person.groups == {"new"}

    def test_whose_groups_are_no_word_of_its_own_is_not_remembered(self, clock: FrozenClock, user: str) -> None:
        people = PeopleStore(clock)
        person = people.saw(user, frozenset({"from the directory"}), "okta", note_groups=False)
        assert person.groups == {"from the directory"}
        assert people.find(user) is None

    def test_never_ends_a_suspension(self, clock: FrozenClock, user: str) -> None:
        people = PeopleStore(clock, DirectoryConfig(sources=("hr",)))
        DirectoryStore().say(record("hr", user, suspended=True))
        clock.advance(5)
        assert people.saw(user, frozenset(), "okta").suspended
        person = people.find(user)
        assert person is not None
        assert person.suspended

    def test_gets_the_groups_that_the_directory_says(self, clock: FrozenClock, user: str) -> None:
        here = world(clock)
        here.sources["hr"].people = {user: ("from-hr",)}
        here.run()
        here.sign_in(user, "from-okta")
        assert [session.groups for session in here.live(user)] == [{"from-hr"}]

    def test_costs_a_handful_of_round_trips(self, clock: FrozenClock, user: str) -> None:
        people = PeopleStore(clock, DirectoryConfig(sources=("hr",)))
        people.saw(user, frozenset({"a", "b"}), "okta")
        with round_trips() as calls:
            people.saw(user, frozenset({"a", "b"}), "okta")
        assert calls == ["dynamodb.BatchGetItem", "dynamodb.TransactWriteItems", "dynamodb.BatchGetItem"]
        with round_trips() as calls:
            people.find(user)
        assert calls == ["dynamodb.BatchGetItem"]

    def test_of_somebody_unknown_is_refused_where_only_known_people_may_come_in(
        self, clock: FrozenClock, user: str
    ) -> None:
        here = world(clock, unknown_people="refuse")
        here.sources["hr"].people = {user: ()}
        here.run()
        here.sign_in(user)
        with pytest.raises(Forbidden, match="not in the directory") as refusal:
            here.sign_in(f"not-{user}")
        assert refusal.value.reason == "unknown_person"
        assert here.people.find(f"not-{user}") is None


class TestAnOlderWord:
    def test_of_a_source_never_replaces_a_newer_one(self, clock: FrozenClock, user: str) -> None:
        store = DirectoryStore()
        assert store.say(record("hr", user, suspended=True, observed_at=START + 5))
        assert not store.say(record("hr", user, observed_at=START + 4))
        assert store.said(user, ["hr"]).records["hr"].suspended

    def test_leaves_no_receipt_and_takes_none_away(self, clock: FrozenClock, user: str) -> None:
        store = DirectoryStore()
        store.receipt(record("older", user, "new", observed_at=START + 5))
        store.receipt(record("older", user, "old", observed_at=START + 4))
        store.receipt(record("older", user, removed=True, observed_at=START + 4))
        kept = store.listed_person("older", user)
        assert kept is not None
        assert kept.groups == {"new"}
