import pytest

from chalicelib.core.errors import Conflict
from chalicelib.db.jobs import Jobs, TaskRecord
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


def record_of(jobs: Jobs, name: str) -> TaskRecord:
    return next(record for record in jobs.tasks() if record.name == name)


def test_a_task_that_succeeded_says_when(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    with jobs.recorded("good"):
        assert record_of(jobs, "good").succeeded_at is None
        clock.advance(7)
    record = record_of(jobs, "good")
    assert (record.started_at, record.succeeded_at, record.failed_at, record.error) == (START, START + 7, None, None)


def test_a_task_that_failed_says_why_and_the_failure_goes_on_upwards(clock: FrozenClock) -> None:
    jobs = Jobs(clock)

    def task() -> None:
        with jobs.recorded("bad"):
            clock.advance(3)
            raise Conflict("because" + "x" * 5000)

    with pytest.raises(Conflict, match="because"):
        task()
    record = record_of(jobs, "bad")
    assert (record.succeeded_at, record.failed_at) == (None, START + 3)
    assert record.error is not None
    assert (record.error[:7], len(record.error)) == ("because", 1000)


def test_a_success_forgets_the_last_error_and_not_that_it_happened(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    with pytest.raises(ZeroDivisionError), jobs.recorded("mended"):
        raise ZeroDivisionError
    clock.advance(60)
    with jobs.recorded("mended"):
        pass
    record = record_of(jobs, "mended")
    assert (record.succeeded_at, record.failed_at, record.error) == (START + 60, START, None)


def test_a_crash_leaves_a_begin_without_an_end(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    with pytest.raises(KeyboardInterrupt), jobs.recorded("crashed"):
        raise KeyboardInterrupt
    record = record_of(jobs, "crashed")
    assert (record.started_at, record.succeeded_at, record.failed_at) == (START, None, None)


def test_a_run_says_how_long_it_took_and_what_it_counted(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    with jobs.recorded("counting") as recording:
        clock.advance(4)
        recording.counts = {"rows": 12, "files": 1}
    record = record_of(jobs, "counting")
    assert (record.duration, record.counts, record.failures) == (4, {"files": 1, "rows": 12}, 0)


def test_failures_are_counted_until_a_success(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    for _ in range(3):
        with pytest.raises(Conflict), jobs.recorded("flaky"):
            raise Conflict("again")
    assert record_of(jobs, "flaky").failures == 3
    with jobs.recorded("flaky"):
        pass
    assert record_of(jobs, "flaky").failures == 0


def test_what_never_ran_is_waited_for_from_the_first_question_on(clock: FrozenClock) -> None:
    jobs = Jobs(clock)
    with jobs.recorded("ran"):
        pass
    first = jobs.awaited(["ran", "never_ran"])
    assert (first["never_ran"].known_at, first["ran"].known_at) == (START, None)
    clock.advance(600)
    again = jobs.awaited(["never_ran"])
    assert set(again) == {"never_ran"}
    assert (again["never_ran"].known_at, again["never_ran"].succeeded_at) == (START, None)
