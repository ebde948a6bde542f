"""The process ends, or a call fails, at each call to AWS of a run in turn; whatever happened, the next run makes it whole."""

import pytest

from chalicelib.core.errors import AppError, Forbidden
from chalicelib.core.ids import ulid
from tests.support.calls import Crash
from tests.support.clock import FrozenClock
from tests.support.directory import DirectoryWorld, FakeSource, world
from tests.support.faults import Boundary, Fault, guarded

pytestmark = pytest.mark.usefixtures("tables")

POINTS = 60
"""More than a run has calls; at a point that is never reached nothing goes wrong."""
KINDS = [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.ERROR, Fault.LOST_ANSWER]


class Story:
    """Ada is suspended, Bo loses a group and gains one, Cy is gone, Di is new; a group comes, and one goes."""

    def __init__(self, clock: FrozenClock) -> None:
        tag = ulid().lower()
        self.ada, self.bo, self.cy, self.di = (f"{name}-{tag}@example.com" for name in ("ada", "bo", "cy", "di"))
        self.source = f"hr_{tag}"
        self.here: DirectoryWorld = world(clock, self.source)
        self.hr: FakeSource = self.here.sources[self.source]
        self.hr.people = {self.ada: ("admins", "eng"), self.bo: ("admins", "eng"), self.cy: ("eng", "old")}
        self.here.run()
        for user in (self.ada, self.bo, self.cy):
            self.here.sign_in(user)
        self.hr.people = {self.ada: ("admins", "eng"), self.bo: ("eng", "new"), self.di: ("eng",)}
        self.hr.suspended = {self.ada}

    def assert_whole(self) -> None:
        here = self.here
        assert (here.live(self.ada), here.live(self.cy)) == ([], [])
        assert [session.groups for session in here.live(self.bo)] == [{"eng"}]
        for gone in (self.ada, self.cy):
            with pytest.raises(Forbidden):
                here.sign_in(gone)
        listing = here.store.listing(self.source)
        said = {name: frozenset(groups) for name, groups in self.hr.people.items()}
        assert {name: one.groups for name, one in listing.people.items()} == said
        assert {name: one.members for name, one in listing.groups.items()} == {
            "admins": {self.ada},
            "eng": {self.ada, self.bo, self.di},
            "new": {self.bo},
        }
        assert here.person(self.di).groups == {"eng"}
        kinds = here.people.knows([self.cy, "new", "old"])
        assert kinds[self.cy].users == {"sign_in"}
        assert kinds["new"].groups == {self.source}
        assert not kinds["old"].groups


@pytest.fixture
def story(clock: FrozenClock) -> Story:
    return Story(clock)


def test_the_run_without_a_fault_ends_whole_within_the_points(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    boundary = Boundary()
    with guarded(monkeypatch, boundary):
        story.here.run()
    assert 40 < len(boundary.crossed) < POINTS
    story.assert_whole()


@pytest.mark.parametrize("fault", KINDS)
@pytest.mark.parametrize("point", range(1, POINTS, 8))
def test_a_run_that_was_interrupted_is_made_whole_by_the_next(
    story: Story, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault
) -> None:
    interrupted(story, monkeypatch, point, fault)


@pytest.mark.long
@pytest.mark.parametrize("fault", KINDS)
@pytest.mark.parametrize("point", range(1, POINTS))
def test_a_run_that_was_interrupted_anywhere_is_made_whole_by_the_next(
    story: Story, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault
) -> None:
    interrupted(story, monkeypatch, point, fault)


def interrupted(story: Story, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault) -> None:
    boundary = Boundary()
    boundary.arm(point, fault)
    with guarded(monkeypatch, boundary):
        try:
            story.here.run()
        except (Crash, AppError):
            assert boundary.struck
    story.here.restart()
    story.here.run()
    story.assert_whole()


def test_somebody_whose_suspension_was_written_but_whose_sessions_did_not_end_begins_no_other_and_loses_them_next(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, real = story.here, story.here.sessions.end_all

    def crash(user: str, *, keep: str | None = None, by: str = "") -> int:
        if user == story.ada:
            raise Crash
        return real(user, keep=keep, by=by)

    with monkeypatch.context() as patch:
        patch.setattr(here.sessions, "end_all", crash)
        with pytest.raises(Crash):
            here.run()
    assert here.person(story.ada).suspended
    assert len(here.live(story.ada)) == 1
    with pytest.raises(Forbidden):
        here.sign_in(story.ada)
    here.restart()
    here.run()
    assert here.live(story.ada) == []


class TestASessionThatIsBegunWhileTheDirectorySpeaks:
    """The word falls between the first look at the directory and the session's row."""

    @pytest.fixture(autouse=True)
    def meanwhile(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        real = story.here.people.saw

        def saw(user: str, groups: frozenset[str], source: str, *, note_groups: bool = True) -> object:
            found = real(user, groups, source, note_groups=note_groups)
            story.here.run()
            return found

        monkeypatch.setattr(story.here.people, "saw", saw)

    def test_does_not_stand_when_its_person_is_suspended(self, story: Story) -> None:
        with pytest.raises(Forbidden):
            story.here.sign_in(story.ada)
        assert story.here.live(story.ada) == []

    def test_does_not_keep_a_group_that_its_person_loses(self, story: Story) -> None:
        story.here.sign_in(story.bo)
        assert {session.groups for session in story.here.live(story.bo)} == {frozenset({"eng"})}
