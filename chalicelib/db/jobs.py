"""Table `jobs`: when each task last began, succeeded and failed, how long it took and what it counted."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from pydantic import Field
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.counts import packed, unpacked
from chalicelib.db.errors import translated

_TASK = "TASK"
_ERROR_LIMIT = 1000


class JobRow(Table):
    suffix = "jobs"

    started_at = NumberAttribute(null=True)
    succeeded_at = NumberAttribute(null=True)
    failed_at = NumberAttribute(null=True)
    duration = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    leased_until = NumberAttribute(null=True)
    counts = UnicodeAttribute(null=True)
    failures = NumberAttribute(null=True)
    known_at = NumberAttribute(null=True)


@dataclass(slots=True)
class Recording:
    """What a run says of itself, beside how it ended: numbers by name."""

    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job once. `last_success` is from before; all in epoch seconds."""

    name: str
    until: int
    last_success: int | None


class TaskRecord(Frozen):
    """Times in epoch seconds; None means never. `duration` in seconds and `counts` are of the last run that ended; `failures` are
    those since the last success. `known_at` is when the task was first waited for, while it has never run.
    """

    name: str
    started_at: int | None = None
    succeeded_at: int | None = None
    failed_at: int | None = None
    error: str | None = None
    duration: int | None = None
    counts: dict[str, int] = Field(default_factory=dict)
    failures: int = 0
    known_at: int | None = None


class Jobs:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @contextmanager
    def recorded(self, name: str) -> Iterator[Recording]:
        """Records begin, and then success or failure, of the task. A failure goes on upwards."""
        recording, began = Recording(), self._clock.now()
        self._note(name, JobRow.started_at.set(began))
        try:
            yield recording
        except Exception as error:
            self.failed(name, began, str(error))
            raise
        self.succeeded(name, began, recording.counts)

    def succeeded(self, name: str, began: int, counts: Mapping[str, int]) -> None:
        now = self._clock.now()
        self._note(
            name,
            JobRow.succeeded_at.set(now),
            JobRow.duration.set(now - began),
            JobRow.counts.set(packed(counts)),
            JobRow.error.remove(),
            JobRow.failures.remove(),
        )

    def failed(self, name: str, began: int, error: str) -> None:
        now = self._clock.now()
        self._note(
            name,
            JobRow.failed_at.set(now),
            JobRow.duration.set(now - began),
            JobRow.error.set(error[:_ERROR_LIMIT]),
            JobRow.failures.add(1),
        )

    def _note(self, name: str, *actions: Action) -> None:
        with translated(f"the record of {name}"):
            JobRow(_TASK, name).update(actions=list(actions))

    def awaited(self, names: Iterable[str]) -> dict[str, TaskRecord]:
        """The record of each, whether it ever ran or not; from now on one that never ran is waited for."""
        found, now = {record.name: record for record in self.tasks()}, self._clock.now()
        for name in set(names) - found.keys():
            with suppress(Conflict), translated(f"the record of {name}"):
                JobRow(_TASK, name).update(actions=[JobRow.known_at.set(now)], condition=JobRow.pk.does_not_exist())
            found[name] = TaskRecord(name=name, known_at=now)
        return {name: found[name] for name in names}

    def claim(self, name: str, *, every: int, lease: int) -> Claim | None:
        """The claim, if the job last began at least `every` seconds ago and nobody else holds it; one round trip.

        A process that dies keeps its claim for `lease` seconds.
        """
        row, now = JobRow(_TASK, name), self._clock.now()
        due = JobRow.started_at.does_not_exist() | (JobRow.started_at <= now - every)
        free = JobRow.leased_until.does_not_exist() | (JobRow.leased_until <= now)
        try:
            with translated(f"the claim of {name}"):
                row.update(
                    actions=[JobRow.started_at.set(now), JobRow.leased_until.set(now + lease)], condition=due & free
                )
        except Conflict:
            return None
        return Claim(name, now + lease, _whole(row.succeeded_at))

    def release(self, claim: Claim) -> None:
        """A claim that somebody else took over is left alone."""
        with suppress(Conflict), translated(f"the claim of {claim.name}"):
            JobRow(_TASK, claim.name).update(
                actions=[JobRow.leased_until.remove()], condition=JobRow.leased_until == claim.until
            )

    def make_due(self, name: str) -> None:
        """A job that asks for its claim gets it at once, unless somebody else holds it."""
        self._note(name, JobRow.started_at.remove())

    def tasks(self) -> tuple[TaskRecord, ...]:
        with translated("the records of tasks"):
            rows = list(JobRow.query(_TASK))
        return tuple(
            TaskRecord(
                name=row.sk,
                started_at=_whole(row.started_at),
                succeeded_at=_whole(row.succeeded_at),
                failed_at=_whole(row.failed_at),
                error=row.error,
                duration=_whole(row.duration),
                counts=unpacked(row.counts),
                failures=_whole(row.failures) or 0,
                known_at=_whole(row.known_at),
            )
            for row in rows
        )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
