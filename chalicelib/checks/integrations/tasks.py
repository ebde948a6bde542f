"""The scheduled functions: whether each succeeded when it ran last."""

from collections.abc import Iterable

from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health
from chalicelib.db.jobs import TaskRecord

_FIX = "Look at the functions' logs."


def checks(parts: Parts) -> Iterable[Check]:
    return [Check("tasks", "Scheduled functions", lambda: _look(parts), _FIX)]


def _look(parts: Parts) -> Health:
    records, now = parts.jobs.tasks(), parts.clock.now()
    if not records:
        return Health.warning(
            "None has run yet.", "Wait for a minute; then look whether the rules of EventBridge are enabled."
        )
    broken = [record for record in records if _is_broken(record)]
    if not broken:
        return Health.ok(f"{len(records)} succeeded when they ran last.")
    told = [
        f"{record.name} ({ago(now - (record.failed_at or now))}): {record.error or 'no reason'}" for record in broken
    ]
    return Health.failed(f"{'; '.join(told)}", _FIX)


def _is_broken(record: TaskRecord) -> bool:
    """It failed, and has not succeeded since."""
    return record.failed_at is not None and record.failed_at > (record.succeeded_at or 0)
