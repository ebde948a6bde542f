"""What is told of tasks and of scopes. Times are epoch seconds, spans are seconds, None means never."""

from enum import StrEnum

from chalicelib.core.model import Frozen
from chalicelib.core.tasks import TaskKind


class TaskState(StrEnum):
    LATE = "late"
    """No success for longer than it may take; also when it never ran at all."""
    FAILING = "failing"
    """The last run failed; the next one may mend it."""
    RUNNING = "running"
    NEVER = "never"
    """It has not run yet, and need not have."""
    OK = "ok"
    UNWATCHED = "unwatched"
    """A step of a workflow: the workflow tells how it went."""


class ScopeState(StrEnum):
    STALE = "stale"
    """No success for longer than two rounds."""
    FAILING = "failing"
    """The last look failed; what is shown is from the one before, and not too old."""
    UNREACHED = "unreached"
    """Nobody ever got into the account: its spoke role is missing or refuses us."""
    NEVER = "never"
    """Not looked at yet, and need not have been."""
    OK = "ok"


class ToldTask(Frozen):
    """`seconds_since_success` counts from when the task was first waited for as long as it never succeeded; None where nobody waits.

    `counts` are what the last run counted; `failures` those since the last success.
    """

    name: str
    kind: TaskKind
    purpose: str
    every: int | None
    late_after: int | None
    state: TaskState
    runs_on_demand: bool
    started_at: int | None
    succeeded_at: int | None
    failed_at: int | None
    duration: int | None
    seconds_since_success: int | None
    failures: int
    error: str | None
    counts: dict[str, int]


class QueueState(Frozen):
    """`waiting` messages nobody has taken yet, `dead` ones failed five times; all None with the reason when nobody can look."""

    task: str
    queue: str
    waiting: int | None
    under_way: int | None
    dead: int | None
    error: str | None


class Scope(Frozen):
    """What succeeds or fails as one: a type of resource in an account, or in one region of it. Both are empty for what is neither.

    `staleness` is the time since the last success began, or since the account is known. `held` says that something vanished and
    waits for a second look before it is believed.
    """

    kind: str
    scope_id: str
    account_id: str
    account_name: str
    region: str
    state: ScopeState
    every: int
    staleness: int
    succeeded_at: int | None
    failed_at: int | None
    duration: int | None
    failures: int
    error: str | None
    held: bool
    counts: dict[str, int]


class KindSummary(Frozen):
    """Scopes of one kind, counted by state; `max_staleness` is that of the oldest one that was ever reached."""

    kind: str
    every: int
    max_staleness: int
    scopes: int
    stale: int
    failing: int
    unreached: int
    never: int


class ScopePage(Frozen):
    """`next` is where the following page begins, None at the end; `total` counts what matches."""

    scopes: tuple[Scope, ...]
    total: int
    next: str | None


class HeartbeatReport(Frozen):
    """What the heartbeat measured, in numbers."""

    tasks: int
    late: int
    scopes: int
    stale: int
    unreached: int
    max_staleness: int
