"""What a function of `tasks/` declares about itself, and when it counts as late."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

_UNITS: Mapping[str, int] = {"MINUTE": 60, "HOUR": 3600, "DAY": 86_400}
_ROUNDS = 3
_GRACE = 600


class TaskKind(StrEnum):
    SCHEDULE = "schedule"
    """EventBridge calls it at a rate."""
    QUEUE = "queue"
    """It takes what arrives in a queue, whenever that is."""
    STEP = "step"
    """A step of a workflow: the workflow decides when."""
    PLUGIN = "plugin"
    """A job of a plugin, run by the schedule of `plugin_jobs`."""


@dataclass(frozen=True, slots=True)
class DeclaredTask:
    """`every` is in seconds and None for what has no schedule; `queue` is the queue's name without the deployment's prefix."""

    name: str
    kind: TaskKind
    purpose: str
    every: int | None = None
    queue: str = ""


def seconds(value: int, unit: str) -> int:
    """Of a rate, in EventBridge's words. Raises KeyError for another unit."""
    return value * _UNITS[unit.upper().removesuffix("S")]


def late_after(every: int) -> int:
    """Seconds without a success after which somebody must look: three rounds, and ten minutes for the slowest function to end."""
    return _ROUNDS * every + _GRACE
