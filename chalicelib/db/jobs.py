"""Table `jobs`: when each task last began, succeeded and failed, and how runs of a refresh are going."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

_TASK = "TASK"


class JobRow(Table):
    suffix = "jobs"

    started_at = NumberAttribute(null=True)
    succeeded_at = NumberAttribute(null=True)
    failed_at = NumberAttribute(null=True)
    duration = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    leased_until = NumberAttribute(null=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run a job once. `last_success` is from before; all in epoch seconds."""

    name: str
    until: int
    last_success: int | None


class TaskRecord(Frozen):
    """Epoch seconds; None means never."""

    name: str
    started_at: int | None
    succeeded_at: int | None
    failed_at: int | None
    error: str | None


class Jobs:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @contextmanager
    def recorded(self, name: str) -> Iterator[None]:
        """Records begin, and then success or failure, of the task. A failure goes on upwards."""
        row, began = JobRow(_TASK, name), self._clock.now()
        with translated(f"the record of {name}"):
            row.update(actions=[JobRow.started_at.set(began)])
        try:
            yield
        except Exception as error:
            with translated(f"the record of {name}"):
                row.update(actions=[JobRow.failed_at.set(self._clock.now()), JobRow.error.set(str(error)[:1000])])
            raise
        now = self._clock.now()
        with translated(f"the record of {name}"):
            row.update(actions=[JobRow.succeeded_at.set(now), JobRow.duration.set(now - began), JobRow.error.remove()])

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
            )
            for row in rows
        )


def _whole(number: float | None) -> int | None:
    return None if number is None else int(number)
