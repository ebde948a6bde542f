"""What changed in AWS is read again, at once: the one resource, its rights, and what search tells of it.

An event says only where to look. What is there is read when the event arrives, so the last look is right in whatever order events come.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.inventory.events.batches import Batches, Message
from chalicelib.inventory.events.look_again import LookAgain
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.subjects import Subject, concerns_accounts, subjects
from chalicelib.observability import MetricUnit, metrics


@dataclass
class _Looks:
    """Which subjects a batch is about: the messages that name each, and who caused the last change of it."""

    messages: dict[Subject, list[str]] = field(default_factory=dict)
    who: dict[Subject, str] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)

    def add(self, key: str, event: TrailEvent, found: Iterable[Subject]) -> None:
        for subject in found:
            self.messages.setdefault(subject, []).append(key)
            self.who[subject] = event.identity.source_identity or event.identity.arn


class FollowChanges:
    def __init__(
        self,
        *,
        batches: Batches,
        look_again: LookAgain,
        accounts_changed: Callable[[], object],
        partition: str,
        clock: Clock,
    ) -> None:
        self._batches = batches
        self._look_again = look_again
        self._accounts_changed = accounts_changed
        self._partition = partition
        self._clock = clock

    def take(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Ids of the messages that must come again. Raises Throttled or Upstream when all must."""
        return self._batches.take(messages, self._look)

    def _look(self, events: Mapping[str, TrailEvent]) -> Mapping[str, AppError]:
        looks = _Looks()
        for key, event in sorted(events.items(), key=lambda item: item[1].time):
            looks.add(key, event, subjects(event, self._partition))
            if concerns_accounts(event):
                looks.accounts.append(key)
        failed = self._told_accounts(looks.accounts)
        for subject, keys in looks.messages.items():
            try:
                self._look_again.run(subject, looks.who[subject])
            except AppError as error:
                failed.update(dict.fromkeys(keys, error))
        self._measure(event for key, event in events.items() if key not in failed)
        return failed

    def _told_accounts(self, keys: list[str]) -> dict[str, AppError]:
        if not keys:
            return {}
        try:
            self._accounts_changed()
        except AppError as error:
            return dict.fromkeys(keys, error)
        return {}

    def _measure(self, events: Iterable[TrailEvent]) -> None:
        """How long after the change it was known here: what people wait for."""
        now = self._clock.now()
        lags = [max(now - event.time, 0) for event in events]
        if lags:
            metrics.add_metric(name="EventsFollowed", unit=MetricUnit.Count, value=len(lags))
            metrics.add_metric(name="EventLag", unit=MetricUnit.Seconds, value=max(lags))
