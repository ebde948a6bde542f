import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.core.errors import Upstream
from chalicelib.identity.directory.listing import (
    SHOWN_MEMBERS,
    Listing,
    difference,
    listing_of,
    verdict,
    without_losses,
)
from chalicelib.identity.directory.models import DirectoryConfig
from tests.support.clock import START

CONFIG = DirectoryConfig(sources=("hr",))
People = dict[str, tuple[bool, frozenset[str]]]


def group(name: str, *members: str, **more: object) -> DirectoryGroup:
    return DirectoryGroup.model_validate({"name": name, "members": members, **more})


def listing(people: People, at: int = START) -> Listing:
    users = [DirectoryUser(name=name, suspended=suspended) for name, (suspended, _) in people.items()]
    names = {name for _, groups in people.values() for name in groups}
    groups = [group(name, *(user for user, (_, inside) in people.items() if name in inside)) for name in names]
    return listing_of("hr", users, groups, at)


def crowd(number: int, *groups: str, suspended: bool = False) -> People:
    return {f"u{one}": (suspended, frozenset(groups)) for one in range(number)}


class TestAListing:
    def test_gives_people_their_groups_also_through_groups_inside_groups_in_a_circle(self) -> None:
        users = [DirectoryUser(name="Ada"), DirectoryUser(name="bo")]
        groups = [
            group("all", groups=["eng", "gone"]),
            group("eng", "ada", groups=["core"]),
            group("core", "BO", groups=["all"]),
        ]
        found = listing_of("hr", users, groups, START)
        assert found.people["ada"].groups == {"all", "eng", "core"}
        assert found.people["bo"].groups == {"all", "eng", "core"}
        assert found.groups["all"].members == {"ada", "bo"}

    def test_takes_a_member_that_is_no_user_for_nobody(self) -> None:
        found = listing_of(
            "hr", [DirectoryUser(name="ada")], [group("eng", "ada", "stranger@elsewhere.example")], START
        )
        assert found.groups["eng"].members == {"ada"}
        assert set(found.people) == {"ada"}

    def test_is_refused_when_two_share_a_name(self) -> None:
        with pytest.raises(Upstream, match="two users called ada"):
            listing_of("hr", [DirectoryUser(name="ada"), DirectoryUser(name="ADA")], [], START)
        with pytest.raises(Upstream, match="two groups called eng"):
            listing_of("hr", [], [group("eng"), group("Eng")], START)

    def test_of_a_very_large_group_keeps_the_first_members_and_the_number(self) -> None:
        users = [DirectoryUser(name=f"u{number:06d}") for number in range(SHOWN_MEMBERS + 5)]
        found = listing_of("hr", users, [group("all", *(user.name for user in users))], START)
        assert (len(found.groups["all"].members), found.groups["all"].size) == (SHOWN_MEMBERS, SHOWN_MEMBERS + 5)
        assert all(person.groups == {"all"} for person in found.people.values())


def test_a_later_look_at_the_same_is_no_news() -> None:
    assert difference(listing(crowd(3, "a")), listing(crowd(3, "a"), at=START + 900)).empty


def test_news_are_those_who_changed_and_those_who_are_gone() -> None:
    before = listing({"ada": (False, frozenset("ab")), "bo": (False, frozenset("a")), "cy": (False, frozenset())})
    news = difference(
        before, listing({"ada": (False, frozenset("a")), "cy": (False, frozenset()), "di": (True, frozenset())})
    )
    assert [one.user for one in news.people] == ["ada", "di"]
    assert (news.gone_people, news.gone_groups) == (frozenset({"bo"}), frozenset({"b"}))
    assert [one.group for one in news.groups] == ["a"]


class TestASuspiciousAnswer:
    @pytest.mark.parametrize(
        ("known", "gone", "believed"),
        [
            pytest.param(100, 20, True, id="a fifth"),
            pytest.param(100, 21, False, id="more than a fifth"),
            pytest.param(30, 10, True, id="a third, but few"),
            pytest.param(30, 11, False, id="a third, and more than few"),
            pytest.param(3, 2, True, id="nearly all of a handful"),
            pytest.param(3, 3, False, id="all"),
            pytest.param(0, 0, True, id="nobody of nobody"),
        ],
    )
    def test_is_one_in_which_much_is_missing(self, known: int, gone: int, *, believed: bool) -> None:
        before, found = crowd(known), crowd(known)
        for number in range(gone):
            del found[f"u{number}"]
        assert verdict(listing(before), listing(found), "", CONFIG).believed is believed

    @pytest.mark.parametrize(("lost", "believed"), [(20, True), (21, False)])
    def test_counts_memberships_and_lifted_suspensions_too(self, lost: int, *, believed: bool) -> None:
        kept = {f"u{number}": (False, frozenset("a")) for number in range(100)}
        after = kept | {f"u{number}": (False, frozenset[str]()) for number in range(lost)}
        assert verdict(listing(kept), listing(after), "", CONFIG).believed is believed
        out = crowd(100, suspended=True)
        back = out | {f"u{number}": (False, frozenset[str]()) for number in range(lost)}
        assert verdict(listing(out), listing(back), "", CONFIG).believed is believed

    def test_counts_groups_too(self) -> None:
        before = {"ada": (False, frozenset(f"g{number}" for number in range(40)))}
        after = {"ada": (False, frozenset(f"g{number}" for number in range(11, 40)))}
        found = verdict(listing(before), listing(after), "", CONFIG)
        assert not found.believed
        assert "11 of 40 groups" in found.reason

    def test_says_what_is_missing_and_is_believed_when_the_next_one_misses_the_same(self) -> None:
        before, found = listing(crowd(30)), listing(crowd(10))
        first = verdict(before, found, "", CONFIG)
        assert (first.believed, "20 of 30 people vanished" in first.reason) == (False, True)
        assert verdict(before, found, first.held, CONFIG).believed
        other = verdict(before, listing(crowd(9)), first.held, CONFIG)
        assert (other.believed, other.held == first.held) == (False, False)

    def test_may_be_configured(self) -> None:
        strict = DirectoryConfig(sources=("hr",), shrink_percent=0, shrink_least=0)
        assert not verdict(listing(crowd(9)), listing(crowd(8)), "", strict).believed


NAMES = st.sampled_from([f"u{number}" for number in range(14)])
GROUPS = st.frozensets(st.sampled_from("abcd"))
ANSWERS = st.dictionaries(NAMES, st.tuples(st.booleans(), GROUPS))
LIMITS = st.builds(
    DirectoryConfig, shrink_percent=st.integers(0, 100), shrink_least=st.integers(0, 6), sources=st.just(("hr",))
)


def facts(held: Listing) -> set[tuple[str, ...]]:
    """What somebody could lose."""
    memberships = {(name, "in", inside) for name, one in held.people.items() for inside in one.groups}
    return memberships | {("known", name) for name in held.people} | {("group", name) for name in held.groups}


def suspended(held: Listing) -> set[str]:
    return {name for name, one in held.people.items() if one.suspended}


@given(before=ANSWERS, found=ANSWERS)
def test_what_is_not_believed_takes_nothing_away_and_still_suspends_and_grants(before: People, found: People) -> None:
    was, says = listing(before), listing(found)
    kept = without_losses(was, says)
    assert facts(kept) == facts(was) | facts(says)
    assert suspended(kept) == suspended(was) | suspended(says)


@given(answers=st.lists(ANSWERS, min_size=1, max_size=8), limits=LIMITS)
def test_nothing_is_lost_at_once_beyond_the_limits_and_all_is_as_said_at_the_second_same_word(
    answers: list[People], limits: DirectoryConfig
) -> None:
    state, held = Listing(), ""
    for answer in answers:
        says = listing(answer)
        for again in (False, True):
            judged = verdict(state, says, held, limits)
            after = says if judged.believed else without_losses(state, says)
            lost_people = state.people.keys() - after.people.keys()
            if not again and lost_people and held == "":
                few = len(lost_people) <= limits.shrink_least
                share = len(lost_people) * 100 <= limits.shrink_percent * len(state.people)
                assert few or share
                assert len(lost_people) < len(state.people)
            assert suspended(says) <= suspended(after)
            state, held = after, judged.held
        assert facts(state) == facts(says)
        assert (suspended(state), held) == (suspended(says), "")
