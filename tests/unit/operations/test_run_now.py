"""Running a task now: who asked is recorded before anything is started."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.errors import Conflict, InvalidInput, NotFound, Upstream
from chalicelib.core.tasks import DeclaredTask, TaskKind
from chalicelib.db.jobs import Jobs
from chalicelib.operations.run_now import RunNow
from tests.support.builders import caller
from tests.support.clock import START, FrozenClock

DECLARED = {
    task.name: task
    for task in (
        DeclaredTask("seal_audit", TaskKind.SCHEDULE, "It seals.", 300),
        DeclaredTask("apply_change", TaskKind.STEP, "It applies."),
        DeclaredTask("plugin/acme/tidy", TaskKind.PLUGIN, "It tidies.", 3600),
    )
}


@dataclass
class World:
    """What was done, in the order in which it was done."""

    clock: FrozenClock
    said: list[str] = field(default_factory=list)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    failing: bool = False

    def record(self, entry: AuditEntry) -> None:
        self.said.append(f"audit {entry.person} {entry.target} {entry.outcome}")

    def begin(self, name: str, event: Mapping[str, Any]) -> None:
        if self.failing:
            raise Upstream("Lambda did not answer.")
        self.said.append(f"started {name}")
        self.events.append(event)

    def run(self, name: str) -> None:
        jobs = Jobs(self.clock)
        running = RunNow(
            declared=lambda: DECLARED,
            jobs=jobs,
            functions=self,  # type: ignore[arg-type] # two methods of two classes
            audit=self,  # type: ignore[arg-type]
            clock=self.clock,
            region="us-east-1",
        )
        running.task(caller("ada@example.com"), name)


@pytest.fixture
def world(own_tables: None, clock: FrozenClock) -> World:
    return World(clock)


def test_a_task_is_started_as_its_schedule_would_and_who_asked_is_recorded_before(world: World) -> None:
    world.run("seal_audit")
    assert world.said == [f"audit user:ada@example.com task/seal_audit {Outcome.DONE}", "started seal_audit"]
    (event,) = world.events
    assert (event["detail-type"], event["time"]) == ("Scheduled Event", "2027-01-15T08:00:00Z")


def test_a_start_that_fails_is_recorded_too(world: World) -> None:
    world.failing = True
    with pytest.raises(Upstream, match="did not answer"):
        world.run("seal_audit")
    assert [line.rpartition(" ")[2] for line in world.said] == [Outcome.DONE, Outcome.FAILED]


def test_a_job_of_a_plugin_becomes_due_and_the_round_of_jobs_is_started(world: World) -> None:
    name, jobs = "plugin/acme/tidy", Jobs(world.clock)
    claim = jobs.claim(name, every=3600, lease=60)
    assert claim is not None
    with jobs.recorded(name):
        pass
    jobs.release(claim)
    assert jobs.claim(name, every=3600, lease=60) is None
    world.clock.advance(5)
    world.run(name)
    assert world.said[-1] == "started plugin_jobs"
    assert jobs.claim(name, every=3600, lease=60) is not None


def test_what_is_running_is_not_started_again(world: World) -> None:
    with Jobs(world.clock).recorded("seal_audit"), pytest.raises(Conflict, match="seal_audit is running since"):
        world.run("seal_audit")
    assert world.said == []


def test_steps_and_what_does_not_exist_are_refused_with_the_reason(world: World) -> None:
    with pytest.raises(InvalidInput, match="step of a workflow") as refusal:
        world.run("apply_change")
    assert refusal.value.reason == "not_on_demand"
    with pytest.raises(NotFound, match="no task of this name"):
        world.run("format_disk")
    assert world.said == []
    assert world.clock.now() == START
