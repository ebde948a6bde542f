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
