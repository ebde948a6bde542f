import pytest

from chalicelib.core.errors import Forbidden, Upstream
from chalicelib.core.principals import PrincipalKind
from chalicelib.identity.directory.models import SIGN_IN
from chalicelib.identity.directory.names import SETTLES
from tests.support.clock import FrozenClock
from tests.support.directory import DirectoryWorld, world

pytestmark = pytest.mark.usefixtures("own_tables")


@pytest.fixture
def user() -> str:
    return "ada@example.com"


@pytest.fixture
def group() -> str:
    return "engineers"


class TestABareName:
    @pytest.fixture
    def here(self, clock: FrozenClock) -> DirectoryWorld:
        return world(clock, "hr", "idp")

    def test_that_nobody_knows_is_known_as_nothing(self, here: DirectoryWorld, group: str) -> None:
        (kinds,) = here.people.knows([group.upper()]).values()
        assert (kinds.user, kinds.group, kinds.ambiguous) == (False, False, False)

    def test_is_known_from_sign_ins(self, here: DirectoryWorld, user: str, group: str) -> None:
        here.sign_in(user, group)
        kinds = here.people.knows([user, group])
        assert (kinds[user].user, kinds[user].group) == (True, False)
        assert (kinds[group].user, kinds[group].group) == (False, True)
        assert here.told == []

    def test_that_a_group_takes_from_a_user_is_told_and_listed_and_refuses_the_sign_in_for_a_minute(
        self, here: DirectoryWorld, user: str
    ) -> None:
        here.sign_in(user)
        with pytest.raises(Forbidden, match="both a user's and a group's") as refusal:
            here.sign_in("mallory@example.com", user)
        assert refusal.value.reason == "ambiguous_name"
        assert (here.told, here.live("mallory@example.com")) == ([frozenset({user})], [])
        assert here.people.knows([user])[user].ambiguous
        here.clock.advance(SETTLES - 1)
        with pytest.raises(Forbidden):
            here.sign_in(user)
        here.clock.advance(1)
        here.sign_in(user)
        here.sign_in("mallory@example.com", user)

    def test_that_is_a_persons_own_and_their_groups_at_once_is_refused_too(
        self, here: DirectoryWorld, user: str
    ) -> None:
        with pytest.raises(Forbidden):
            here.sign_in(user, user)
        assert here.told == [frozenset({user})]

    def test_is_told_with_all_the_others_that_one_sign_in_makes_ambiguous(self, here: DirectoryWorld) -> None:
        for name in ("ada@example.com", "bo@example.com"):
            here.sign_in(name)
        with pytest.raises(Forbidden):
            here.sign_in("mallory@example.com", "ada@example.com", "bo@example.com")
        assert frozenset().union(*here.told) == {"ada@example.com", "bo@example.com"}

    def test_is_told_again_by_the_next_run_when_nobody_heard_it(self, here: DirectoryWorld, user: str) -> None:
        here.sign_in(user)

        def deaf(_: frozenset[str]) -> None:
            raise Upstream("the queue is down")

        here.telling = deaf
        with pytest.raises(Upstream):
            here.sign_in("mallory@example.com", user)
        assert here.live("mallory@example.com") == []
        here.telling = lambda _: None
        here.run()
        assert here.told == [frozenset({user})]
        here.run()
        assert here.told == [frozenset({user})]

    def test_that_stops_being_ambiguous_is_told_and_no_longer_listed(self, here: DirectoryWorld, user: str) -> None:
        here.sources["hr"].people = {user: ()}
        here.sources["idp"].people = {f"x{user}": (user,)}
        assert here.run().ambiguous_names == 1
        assert here.told == [frozenset({user})]
        here.sources["idp"].people = {f"x{user}": ("renamed",)}
        here.run()  # all its groups are gone: held
        assert here.run().ambiguous_names == 0
        assert here.told == [frozenset({user})] * 2
        assert not here.people.knows([user])[user].ambiguous

    def test_of_a_source_that_is_no_longer_configured_is_forgotten_with_it(
        self, here: DirectoryWorld, clock: FrozenClock, user: str
    ) -> None:
        here.sources["hr"].people = {user: ()}
        here.sources["idp"].people = {f"x{user}": (user,)}
        here.run()
        later = world(clock, "hr")
        later.sources["hr"].people = {user: ()}
        assert later.run().ambiguous_names == 0
        assert later.told == [frozenset({user})]

    def test_is_forgotten_by_the_one_source_that_drops_it(self, here: DirectoryWorld, user: str) -> None:
        names = here.people.names
        names.add(user, PrincipalKind.USER, "hr")
        names.add(user, PrincipalKind.USER, SIGN_IN)
        names.drop(user, PrincipalKind.USER, "hr")
        assert names.knows([user])[user].users == {SIGN_IN}
