"""Every minute: how long ago each task, and each type of resource, last succeeded, as metrics that alarms watch."""

from collections.abc import Callable

from chalicelib.core.clock import Clock
from chalicelib.core.hooks import MetricSample
from chalicelib.core.tasks import late_after
from chalicelib.observability import MetricUnit, gauge
from chalicelib.operations.models import HeartbeatReport, ScopeState
from chalicelib.operations.rules import seconds_since_success
from chalicelib.operations.tell import TellOperations


class Heartbeat:
    def __init__(self, *, tell: TellOperations, measure: Callable[[MetricSample], None], clock: Clock) -> None:
        """`measure` tells plugins, which may have metrics of their own."""
        self._tell = tell
        self._measure = measure
        self._clock = clock

    def run(self) -> HeartbeatReport:
        """Tasks are told before scopes are read: one that fails leaves the other's alarm alone. Raises Throttled or Upstream."""
        tasks, late = self._tasks()
        scopes = self._tell.scopes()
        summaries = self._tell.summaries(scopes)
        for summary in summaries:
            self._told("MaxStaleness", summary.max_staleness, MetricUnit.Seconds, type=summary.kind)
        stale = sum(scope.state is ScopeState.STALE for scope in scopes)
        unreached = {scope.account_id for scope in scopes if scope.state is ScopeState.UNREACHED}
        self._told("StaleScopes", stale, MetricUnit.Count)
        self._told("AccountsUnreached", len(unreached), MetricUnit.Count)
        return HeartbeatReport(
            tasks=tasks,
            late=late,
            scopes=len(scopes),
            stale=stale,
            unreached=len(unreached),
            max_staleness=max((summary.max_staleness for summary in summaries), default=0),
        )

    def _tasks(self) -> tuple[int, int]:
        """How many are watched, and how many of them are late."""
        now, late = self._clock.now(), 0
        watched = self._tell.watched()
        for name, (task, record) in watched.items():
            seconds = seconds_since_success(record, now)
            self._told("SecondsSinceLastSuccess", seconds, MetricUnit.Seconds, task=name)
            late += task.every is not None and seconds > late_after(task.every)
        return len(watched), late

    def _told(self, name: str, value: float, unit: MetricUnit, **dimensions: str) -> None:
        gauge(name, value, unit, **dimensions)
        self._measure(MetricSample(name, value, unit.value, dimensions))
