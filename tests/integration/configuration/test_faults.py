"""Every call of a save goes wrong in turn. The old document or the new one is in force, and what must follow is done in the end."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.core.errors import AppError, PluginFailed
from chalicelib.dynamic_config.models import hash_of
from chalicelib.tasks import follow_configuration
from tests.support.aws import refusing
from tests.support.calls import Crash
from tests.support.configuration_world import EDITABLE, ConfigurationWorld, tick
from tests.support.faults import Boundary, Fault, guarded
from tests.support.request_world import empty

NEW = EDITABLE.replace("first", "new")
OLD = EDITABLE.replace("first", "old")
FAULTS = [fault for fault in Fault if fault is not Fault.EXECUTION_LOST]
CALLS = ["GetItem", "GetItem", "TransactWriteItems", "GetItem", "UpdateItem", "GetItem", "GetItem", "PutItem"]
"""What a save calls first; the rest belongs to what follows."""


@pytest.fixture
def boundary(world: ConfigurationWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Boundary]:
    """After the first version was saved and followed up."""
    world.save(OLD)
    world.follower.told.clear()
    found = Boundary()
    with guarded(monkeypatch, found):
        yield found


def attempt(world: ConfigurationWorld) -> bool:
    """Whether the person saw it succeed."""
    try:
        world.save(NEW, existing_sha256=hash_of(OLD), comment="new")
    except AppError:
        return False
    except Crash:
        world.crash()
        return False
    return True


def crossed(world: ConfigurationWorld, boundary: Boundary) -> list[str]:
    world.container()
    boundary.arm()
    assert attempt(world)
    return boundary.crossed


def test_a_save_calls_what_is_expected_here(world: ConfigurationWorld, boundary: Boundary) -> None:
    # The reading for who wants to save, and the save's own.
    calls = [call for call in crossed(world, boundary) if call != "Query"]
    assert calls[2 : 2 + len(CALLS)] == CALLS


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_call_of_a_save_goes_wrong(world: ConfigurationWorld, boundary: Boundary, fault: Fault) -> None:
    number = len(crossed(world, boundary))
    struck = 0
    for point in range(1, number + 1):
        with boundary.unguarded():
            begin_anew(world)
        boundary.arm(point, fault)
        seen = attempt(world)
        struck += boundary.struck
        with boundary.unguarded():
            check(world, seen=seen)
    assert struck == number


def begin_anew(world: ConfigurationWorld) -> None:
    empty("config", "audit")
    world.crash()
    world.save(OLD)
    world.follower.told.clear()
    world.container()


def check(world: ConfigurationWorld, *, seen: bool) -> None:
    store = world.container().dynamic_config.store
    current = store.current()
    assert current is not None
    assert store.newest_number() == current.number
    assert store.version(current.number).info.sha256 == current.sha256
    assert world.text in ({NEW} if seen else {OLD, NEW})
    saved = world.text == NEW
    world.clock.advance(60)
    world.follow()
    assert (store.current() or current).settled
    assert world.follower.told[-1:] == ([(1, 2)] if saved else [])
    # Recorded again where nobody can tell whether it was: the number of the version says that it is the same.
    assert set(world.actions()) == {("config.save", "done", 1)} | ({("config.save", "done", 2)} if saved else set())
    assert attempt(world)
    assert (world.text, store.newest_number()) == (NEW, 2)


class TestWhatFollows:
    def test_it_is_done_once_and_the_task_has_nothing_left(self, world: ConfigurationWorld) -> None:
        assert world.save(NEW).applied
        assert world.follower.told == [(0, 1)]
        report = world.follow()
        assert (report.version, report.done, report.busy) == (1, True, False)
        assert world.follower.told == [(0, 1)]

    def test_before_the_first_save_there_is_nothing_to_do(self, world: ConfigurationWorld) -> None:
        assert world.follow().done

    def test_a_plugin_that_fails_is_asked_again_and_the_save_stands(self, world: ConfigurationWorld) -> None:
        world.container()
        world.follower.failure = ValueError("no network")
        assert not world.save(NEW).applied
        assert world.text == NEW
        with pytest.raises(PluginFailed):
            world.follow()
        world.follower.failure = None
        assert world.follow().done
        assert world.follower.told == [(0, 1)]
        assert world.actions() == [("config.save", "done", 1)]

    def test_what_was_missed_is_told_as_one_change_from_what_was_last_done(self, world: ConfigurationWorld) -> None:
        world.save(OLD)
        world.follower.failure = ValueError("no network")
        world.save(NEW)
        world.save(EDITABLE)
        world.follower.failure = None
        world.follow()
        assert world.follower.told == [(0, 1), (1, 3)]
        assert world.actions() == [("config.save", "done", number) for number in (1, 2, 3)]

    def test_two_never_do_it_at_once_and_who_crashed_is_replaced(self, world: ConfigurationWorld) -> None:
        world.container()
        world.follower.failure = ValueError("no network")
        world.save(NEW)
        world.follower.failure = None
        store = world.container().dynamic_config.store
        assert store.begin_following("crashed", now=world.clock.now(), until=world.clock.now() + 330)
        assert world.follow().busy
        assert world.follower.told == []
        world.clock.advance(330)
        assert world.follow().done
        assert world.follower.told == [(0, 1)]

    def test_without_the_audit_log_nothing_follows(self, world: ConfigurationWorld) -> None:
        world.container()
        with refusing("dynamodb.PutItem", "InternalServerError", 500):
            assert not world.save(NEW).applied
        assert world.follower.told == []
        world.follow()
        assert world.follower.told == [(0, 1)]
        assert world.actions() == [("config.save", "done", 1)]

    def test_the_entry_names_hashes_and_sections_and_holds_no_text(self, world: ConfigurationWorld) -> None:
        world.save(NEW.replace("new", "very-secret-title"), comment="why not")
        (link,) = world.container().audit.of_target("configuration")
        assert link.entry.reason == "why not"
        assert link.entry.details["before"] == hash_of(EDITABLE)
        assert link.entry.details["sections"] == "site"
        assert "very-secret-title" not in link.model_dump_json()

    def test_the_task_runs_each_minute_and_notes_its_success(
        self, world: ConfigurationWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        process = world.process()
        monkeypatch.setattr(bootstrap, "container", process)
        world.follower.failure = ValueError("no network")
        world.save(NEW)
        world.follower.failure = None
        assert tick(follow_configuration.follow_configuration) == {"version": 1, "done": True, "busy": False}
        (record,) = [one for one in process().jobs.tasks() if one.name == "follow_configuration"]
        assert record.succeeded_at == world.clock.now()
