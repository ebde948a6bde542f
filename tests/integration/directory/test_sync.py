"""Runs of the sync over tables, sessions and the audit log; the sources say what the test wants."""

import pytest

from chalicelib.accounts.store import AccountStore
from chalicelib.audit.models import Outcome
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import Forbidden, Upstream
from chalicelib.identity.directory.models import SourceState
from chalicelib.identity.directory.rules import LASTS
from chalicelib.identity.permissions import Permissions
from chalicelib.identity.rules import Rulebook
from chalicelib.identity.scopes import GroupsConfig
from tests.support.clock import START, FrozenClock
from tests.support.directory import DirectoryWorld, FakeSource, world

pytestmark = pytest.mark.usefixtures("own_tables")

ADA, BO, CY = "ada@example.com", "bo@example.com", "cy@example.com"


@pytest.fixture
def here(clock: FrozenClock) -> DirectoryWorld:
    found = world(clock)
    found.sources["hr"].people = {ADA: ("admins", "eng"), BO: ("eng",), CY: ()}
    return found


@pytest.fixture
def hr(here: DirectoryWorld) -> FakeSource:
    return here.sources["hr"]


def crowd(number: int) -> dict[str, tuple[str, ...]]:
    return {f"u{one}@example.com": ("all",) for one in range(number)}


class TestAFirstRun:
    def test_knows_everybody_and_their_groups(self, here: DirectoryWorld) -> None:
        (report,) = here.run().sources
        assert (report.people, report.groups, report.changed_people) == (3, 2, 3)
        person = here.person(ADA)
        assert (person.groups, person.source, person.known) == (frozenset({"admins", "eng"}), "hr", True)
        assert person.observed_at == here.clock.now()

    def test_takes_from_live_sessions_what_the_source_does_not_say(self, here: DirectoryWorld) -> None:
        here.sign_in(BO, "eng", "admins")
        here.run()
        assert [session.groups for session in here.live(BO)] == [{"eng"}]

    def test_is_recorded_with_counts_and_the_state_of_the_source(self, here: DirectoryWorld) -> None:
        here.run()
        (entry,) = here.entries("directory:hr")
        assert (entry.action, entry.person, entry.outcome) == ("directory.sync", "system:sync_directory", Outcome.DONE)
        assert (entry.details["people"], entry.details["changed_people"]) == (3, 3)
        assert here.store.state("hr") == SourceState(source="hr", succeeded_at=START + 1, people=3, groups=2)


class TestALaterRun:
    @pytest.fixture(autouse=True)
    def synced(self, own_tables: None, here: DirectoryWorld) -> None:
        here.run()

    def test_that_finds_nothing_new_writes_only_its_own_time(self, here: DirectoryWorld) -> None:
        before = here.store.listing("hr")
        here.run()
        assert here.store.listing("hr") == before
        assert len(here.entries("directory:hr")) == 1
        assert here.store.state("hr").succeeded_at == START + 2
        assert here.person(ADA).observed_at == START + 2

    def test_narrows_the_sessions_of_who_lost_a_group_and_leaves_those_of_others(
        self, here: DirectoryWorld, hr: FakeSource
    ) -> None:
        for user in (ADA, BO):
            here.sign_in(user)
        hr.people[ADA] = ("eng",)
        hr.empty_groups = {"admins"}
        here.run()
        assert [session.groups for session in here.live(ADA)] == [{"eng"}]
        assert [session.groups for session in here.live(BO)] == [{"eng"}]

    def test_does_not_add_to_sessions(self, here: DirectoryWorld, hr: FakeSource) -> None:
        here.sign_in(BO)
        hr.people[BO] = ("eng", "admins")
        here.run()
        assert [session.groups for session in here.live(BO)] == [{"eng"}]
        assert here.person(BO).groups == {"eng", "admins"}

    def test_ends_the_sessions_of_who_is_suspended_and_lets_them_begin_none(
        self, here: DirectoryWorld, hr: FakeSource
    ) -> None:
        here.sign_in(ADA)
        here.sign_in(BO)
        hr.suspended = {ADA}
        here.run()
        assert (here.live(ADA), len(here.live(BO))) == ([], 1)
        with pytest.raises(Forbidden) as refusal:
            here.sign_in(ADA, "admins")
        assert refusal.value.reason == "suspended"
        actions = [(entry.action, entry.reason) for entry in here.entries(f"user:{ADA}")]
        assert ("directory.suspend", "suspended") in actions

    def test_lets_somebody_back_in_when_the_suspension_is_lifted(self, here: DirectoryWorld, hr: FakeSource) -> None:
        hr.suspended = {ADA}
        here.run()
        hr.suspended = set()
        here.run()
        here.sign_in(ADA)
        assert "directory.restore" in [entry.action for entry in here.entries(f"user:{ADA}")]

    def test_suspends_who_is_gone_and_forgets_the_name(self, here: DirectoryWorld, hr: FakeSource) -> None:
        here.sign_in(CY)
        del hr.people[CY]
        (report,) = here.run().sources
        assert report.removed_people == 1
        assert here.live(CY) == []
        person = here.person(CY)
        assert (person.suspended, person.removed) == (True, True)
        assert here.store.listed_person("hr", CY) is None
        assert here.people.knows([CY])[CY].users == {"sign_in"}
        hr.people[CY] = ("eng",)
        here.run()
        here.sign_in(CY)

    def test_forgets_a_group_that_is_gone(self, here: DirectoryWorld, hr: FakeSource) -> None:
        hr.people[ADA] = ("eng",)
        (report,) = here.run().sources
        assert report.removed_groups == 1
        assert set(here.store.listing("hr").groups) == {"eng"}
        assert not here.people.knows(["admins"])["admins"].group


class TestAPersonWhomTwoSourcesKnow:
    @pytest.fixture
    def both(self, clock: FrozenClock) -> DirectoryWorld:
        here = world(clock, "hr", "idp")
        here.sources["hr"].people = {ADA: ("h",), BO: ("h",)}
        here.sources["idp"].people = {ADA: ("i",), BO: ("i",)}
        here.run()
        return here

    def test_keeps_their_session_when_one_drops_them(self, both: DirectoryWorld) -> None:
        both.sign_in(ADA)
        assert [session.groups for session in both.live(ADA)] == [{"h", "i"}]
        del both.sources["hr"].people[ADA]
        both.run()
        assert [session.groups for session in both.live(ADA)] == [{"i"}]

    def test_is_out_when_one_suspends_them(self, both: DirectoryWorld) -> None:
        both.sign_in(ADA)
        both.sources["idp"].suspended = {ADA}
        both.run()
        assert both.live(ADA) == []

    def test_a_failing_source_keeps_no_other_from_being_heard(self, both: DirectoryWorld) -> None:
        both.sources["hr"].users_before_failure = 0
        both.sources["idp"].suspended = {ADA}
        with pytest.raises(Upstream, match="hr: it broke off"):
            both.run()
        assert both.person(ADA).suspended
        assert both.store.state("idp").succeeded_at == both.clock.now()
        state = both.store.state("hr")
        assert (state.succeeded_at, state.failed_at, state.error) == (START + 1, both.clock.now(), "it broke off")


class TestAnAnswerThatBreaksOff:
    @pytest.mark.parametrize(("users", "groups"), [(0, None), (2, None), (3, None), (None, 0)])
    def test_takes_nothing_away_and_leaves_the_time_of_the_last_whole_one(
        self, here: DirectoryWorld, hr: FakeSource, users: int | None, groups: int | None
    ) -> None:
        here.run()
        here.sign_in(ADA)
        before = here.store.listing("hr")
        hr.people = {BO: ("eng",), CY: (), "di@example.com": ()}
        hr.users_before_failure, hr.groups_before_failure = users, groups
        with pytest.raises(Upstream, match="hr: it broke off"):
            here.run()
        assert here.store.listing("hr") == before
        assert [session.groups for session in here.live(ADA)] == [{"admins", "eng"}]
        assert here.store.state("hr").succeeded_at == START + 1
        (failed, *_) = [entry for entry in here.entries("directory:hr") if entry.outcome is Outcome.FAILED]
        assert failed.reason == "it broke off"

    @pytest.mark.parametrize(("users", "groups"), [(1, None), (None, 0)])
    def test_still_suspends_whom_it_had_named(
        self, here: DirectoryWorld, hr: FakeSource, users: int | None, groups: int | None
    ) -> None:
        here.run()
        here.sign_in(ADA)
        hr.suspended, hr.users_before_failure, hr.groups_before_failure = {ADA}, users, groups
        with pytest.raises(Upstream):
            here.run()
        assert (here.live(ADA), here.person(ADA).suspended) == ([], True)
        assert here.store.listing("hr").people[ADA].groups == {"admins", "eng"}


class TestASuspiciouslySmallAnswer:
    @pytest.fixture(autouse=True)
    def synced(self, own_tables: None, here: DirectoryWorld, hr: FakeSource) -> None:
        hr.people = crowd(40)
        here.run()

    def test_takes_nothing_away_until_the_next_misses_the_same(self, here: DirectoryWorld, hr: FakeSource) -> None:
        here.sign_in("u39@example.com")
        hr.people = crowd(20)
        (report,) = here.run().sources
        assert "20 of 40 people" in str(report.warning)
        assert (report.people, report.removed_people, len(here.live("u39@example.com"))) == (40, 0, 1)
        assert here.store.state("hr").warning == report.warning
        (report,) = here.run().sources
        assert (report.people, report.removed_people, report.warning) == (20, 20, None)
        assert here.live("u39@example.com") == []
        assert here.store.state("hr").held == ""

    def test_waits_on_when_the_next_misses_others(self, here: DirectoryWorld, hr: FakeSource) -> None:
        for left in (20, 19, 18):
            hr.people = crowd(left)
            (report,) = here.run().sources
            assert report.warning is not None
        (report,) = here.run().sources
        assert (report.warning, report.people) == (None, 18)

    def test_that_was_a_mistake_is_forgotten_by_the_next_whole_one(self, here: DirectoryWorld, hr: FakeSource) -> None:
        hr.people = crowd(3)
        here.run()
        hr.people = crowd(40)
        (report,) = here.run().sources
        assert (report.warning, report.people, here.store.state("hr").held) == (None, 40, "")

    def test_still_suspends_and_still_knows_newcomers(self, here: DirectoryWorld, hr: FakeSource) -> None:
        here.sign_in("u1@example.com")
        hr.people, hr.suspended = crowd(5) | {"new@example.com": ("all",)}, {"u1@example.com"}
        (report,) = here.run().sources
        assert report.warning is not None
        assert here.live("u1@example.com") == []
        assert here.person("new@example.com").groups == {"all"}
        assert here.person("u30@example.com").groups == {"all"}

    def test_keeps_what_is_held_over_a_run_that_fails(self, here: DirectoryWorld, hr: FakeSource) -> None:
        hr.people = crowd(20)
        here.run()
        hr.users_before_failure = 3
        with pytest.raises(Upstream):
            here.run()
        hr.users_before_failure = None
        (report,) = here.run().sources
        assert report.removed_people == 20


def test_a_source_that_comes_back_after_a_day_is_heard_about_everybody(here: DirectoryWorld, hr: FakeSource) -> None:
    here.run()
    hr.users_before_failure = 0
    here.clock.advance(LASTS)
    with pytest.raises(Upstream):
        here.run()
    here.sign_in(BO, "eng", "admins")
    assert [session.groups for session in here.live(BO)] == [{"eng", "admins"}]
    hr.users_before_failure = None
    here.run()
    assert [session.groups for session in here.live(BO)] == [{"eng"}]


def test_somebody_who_is_away_decides_by_the_directory_for_a_day_and_not_at_all_when_suspended(
    here: DirectoryWorld, hr: FakeSource
) -> None:
    book = Rulebook(groups=GroupsConfig(can_audit=("group:admins", f"user:{CY}")), administrators=())
    permissions = Permissions(book=book, people=here.people, accounts=AccountStore(), clock=here.clock)
    here.run()
    assert permissions.of_absent(ADA, Permission.AUDIT).allowed
    hr.suspended = {CY}
    here.run()
    assert permissions.of_absent(CY, Permission.AUDIT).rule == "suspended"
    here.clock.advance(LASTS + 1)
    assert permissions.of_absent(ADA, Permission.AUDIT).rule == "stale_groups"


def test_a_person_of_whom_something_cannot_be_carried_out_holds_up_nobody_else(
    here: DirectoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.run()
    for user in (ADA, BO):
        here.sign_in(user)
    real = here.sessions.end_all

    def failing(user: str, *, keep: str | None = None, by: str = "") -> int:
        if user == ADA:
            raise Upstream("the sessions can't be reached")
        return real(user, keep=keep, by=by)

    here.sources["hr"].suspended = {ADA, BO}
    with monkeypatch.context() as patch:
        patch.setattr(here.sessions, "end_all", failing)
        with pytest.raises(Upstream, match="1 of 2 changes were not carried out"):
            here.run()
    assert (len(here.live(ADA)), here.live(BO)) == (1, [])
    here.run()
    assert here.live(ADA) == []


def test_with_several_at_a_time_the_outcome_is_the_same(clock: FrozenClock) -> None:
    here = world(clock)
    here.sources["hr"].people = crowd(60)
    here.restart()
    here.sync._workers = 8
    here.run()
    here.sources["hr"].suspended = {f"u{number}@example.com" for number in range(30)}
    (report,) = here.run().sources
    assert (report.suspended, report.changed_people) == (30, 30)
    assert all(here.person(f"u{number}@example.com").suspended == (number < 30) for number in range(60))
