"""Jobs of plugins: each runs when it is due, once, and its failure is its own affair."""

from collections.abc import Callable

import pytest

from chalicelib.core.errors import Upstream
from chalicelib.core.hooks import JobContext, PluginJob
from chalicelib.db.jobs import Jobs, TaskRecord
from chalicelib.plugins.job_report import JobsReport
from chalicelib.plugins.run_jobs import FUNCTION_TIMEOUT, LAST_START, LEASE_SECONDS, RunPluginJobs
from tests.contract.support.described import chalice_config
from tests.support.clock import START, FrozenClock

Run = Callable[[JobContext], None]


def rounds(clock: FrozenClock, jobs: dict[str, Run], every: int = 5) -> RunPluginJobs:
    found = {name: PluginJob(name, every, run) for name, run in jobs.items()}
    return RunPluginJobs(jobs=lambda: found, records=Jobs(clock), clock=clock)


def record(clock: FrozenClock, name: str) -> TaskRecord:
    return next(found for found in Jobs(clock).tasks() if found.name == name)


def test_the_function_has_the_time_that_a_lease_is_reckoned_with() -> None:
    assert chalice_config()["lambda_functions"]["plugin_jobs"]["lambda_timeout"] == FUNCTION_TIMEOUT
    assert LEASE_SECONDS > FUNCTION_TIMEOUT > LAST_START


@pytest.mark.usefixtures("tables")
class TestARound:
    def test_runs_what_is_due_and_tells_it_when_it_last_succeeded(self, clock: FrozenClock) -> None:
        seen: list[JobContext] = []
        running = rounds(clock, {"due": seen.append})
        assert running.run() == JobsReport(succeeded=("due",))
        clock.advance(299)
        assert running.run() == JobsReport()
        clock.advance(1)
        assert running.run() == JobsReport(succeeded=("due",))
        assert seen == [JobContext(START, None), JobContext(START + 300, START)]
        assert record(clock, "due").succeeded_at == START + 300

    def test_goes_on_after_a_job_that_fails_and_records_each_by_itself(self, clock: FrozenClock) -> None:
        ran: list[str] = []

        def broken(_: JobContext) -> None:
            raise KeyError("page 2")

        def refused(_: JobContext) -> None:
            raise Upstream("the other side is down")

        jobs: dict[str, Run] = {"broken": broken, "refused": refused, "fine": lambda _: ran.append("fine")}
        assert rounds(clock, jobs).run() == JobsReport(succeeded=("fine",), failed=("broken", "refused"))
        assert ran == ["fine"]
        assert (record(clock, "broken").error, record(clock, "broken").succeeded_at) == ("'page 2'", None)
        assert record(clock, "refused").error == "the other side is down"
        assert record(clock, "fine").error is None

    def test_comes_again_to_a_job_that_failed_when_it_is_due(self, clock: FrozenClock) -> None:
        tries: list[int] = []

        def fails_once(context: JobContext) -> None:
            tries.append(context.now)
            if len(tries) == 1:
                raise KeyError

        running = rounds(clock, {"again": fails_once})
        assert running.run().failed == ("again",)
        clock.advance(60)
        assert running.run() == JobsReport()
        clock.advance(240)
        assert running.run().succeeded == ("again",)

    def test_never_runs_a_job_beside_itself(self, clock: FrozenClock) -> None:
        inner: list[JobsReport] = []

        def slow(_: JobContext) -> None:
            clock.advance(200)
            inner.append(rounds(clock, {"slow": slow}, every=1).run())

        assert rounds(clock, {"slow": slow}, every=1).run().succeeded == ("slow",)
        assert inner == [JobsReport()]

    def test_takes_over_from_a_process_that_died_when_its_lease_has_run_out(self, clock: FrozenClock) -> None:
        assert Jobs(clock).claim("dead", every=60, lease=LEASE_SECONDS) is not None
        running = rounds(clock, {"dead": lambda _: None}, every=1)
        clock.advance(LEASE_SECONDS - 1)
        assert running.run() == JobsReport()
        clock.advance(1)
        assert running.run().succeeded == ("dead",)

    def test_leaves_what_it_has_no_time_for_to_the_next(self, clock: FrozenClock) -> None:
        jobs: dict[str, Run] = {"long": lambda _: clock.advance(LAST_START + 1), "waits": lambda _: None}
        running = rounds(clock, jobs, every=60)
        assert running.run() == JobsReport(succeeded=("long",), left=("waits",))
        assert running.run() == JobsReport(succeeded=("waits",))

    def test_begins_a_job_at_the_last_moment(self, clock: FrozenClock) -> None:
        jobs: dict[str, Run] = {"lasting": lambda _: clock.advance(LAST_START), "just": lambda _: None}
        assert rounds(clock, jobs, every=60).run().succeeded == ("lasting", "just")

    def test_does_not_give_back_what_somebody_else_has_taken_over(self, clock: FrozenClock) -> None:
        jobs = Jobs(clock)
        first = jobs.claim("mine", every=1, lease=10)
        clock.advance(10)
        second = jobs.claim("mine", every=1, lease=10)
        assert first is not None
        assert second is not None
        jobs.release(first)
        clock.advance(5)
        assert jobs.claim("mine", every=1, lease=10) is None
        jobs.release(second)
        assert jobs.claim("mine", every=1, lease=10) is not None
