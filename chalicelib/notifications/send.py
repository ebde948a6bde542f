"""A message goes to every channel, each once: whoever sends it again after a failure says which have it already."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.core.errors import AppError
from chalicelib.notifications.messages import Message
from chalicelib.observability import MetricUnit, logger, metrics


class Channel(Protocol):
    """One way to tell people. Modules of `channels/` make them."""

    @property
    def name(self) -> str:
        """Kept with what is still to be told, so it never changes."""

    def tell(self, message: Message) -> None:
        """May be asked again with the same message; nobody should hear it twice then. Raises AppError."""


@dataclass(frozen=True, slots=True)
class Sent:
    """`done` are the channels that have it, `failure` says why the others have not."""

    done: frozenset[str]
    failure: str | None = None

    @property
    def complete(self) -> bool:
        return self.failure is None


class Sender:
    def __init__(self, channels: Iterable[Channel]) -> None:
        self._channels = tuple(channels)

    def send(self, message: Message, done: Collection[str] = ()) -> Sent:
        """Raises nothing: a channel that fails keeps no other from telling."""
        told, failures = set(done), list[str]()
        for channel in self._channels:
            if channel.name in told:
                continue
            try:
                channel.tell(message)
            except AppError as error:
                failures.append(f"{channel.name}: {error.message}")
                _failed(channel.name, message, error)
            else:
                told.add(channel.name)
        return Sent(frozenset(told), "; ".join(failures)[:1000] or None)


def _failed(channel: str, message: Message, error: AppError) -> None:
    logger.warning(
        "not told", extra={"channel": channel, "request": message.card.request_id, "cause": error.message[:500]}
    )
    metrics.add_metric(name="TellingFailed", unit=MetricUnit.Count, value=1)
