"""A batch of a queue of events: each is parsed, left out when it was dealt with before, and comes again when it could not be."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from chalicelib.core.errors import AppError
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.parse import parse
from chalicelib.inventory.events.store import SeenEvents
from chalicelib.observability import logger

Handle = Callable[[Mapping[str, TrailEvent]], Mapping[str, AppError]]
"""Deals with events by their message ids; gives the reason of those that must come again."""


class Message(Protocol):
    @property
    def message_id(self) -> str: ...

    @property
    def body(self) -> str: ...


class Batches:
    def __init__(self, seen: SeenEvents) -> None:
        self._seen = seen

    def take(self, messages: Iterable[Message], handle: Handle) -> tuple[str, ...]:
        """Ids of the messages that must come again. What is no event at all comes again too, until the queue puts it aside for people.

        Raises Throttled or Upstream when nothing was done, and the whole batch must come again.
        """
        events, failed = _parsed(messages)
        seen = self._seen.among([event.event_id for event in events.values()])
        new = {key: event for key, event in _first_of_each(events).items() if event.event_id not in seen}
        failed |= handle(new) if new else {}
        done = [event.event_id for key, event in new.items() if key not in failed]
        if done:
            self._seen.note(done)
        for key, error in failed.items():
            told_again(key, error, events.get(key))
        unsettled = {events[key].event_id for key in failed if key in events}
        again = [key for key, event in events.items() if key not in failed and event.event_id in unsettled]
        return (*failed, *again)


def told_again(message_id: str, error: AppError, event: TrailEvent | None = None) -> None:
    """Says why, and nothing of what the event holds."""
    known = {"event": event.name, "event_id": event.event_id} if event else {}
    logger.warning("an event must come again", extra={"message_id": message_id, "cause": error.message, **known})


def _parsed(messages: Iterable[Message]) -> tuple[dict[str, TrailEvent], dict[str, AppError]]:
    events: dict[str, TrailEvent] = {}
    failed: dict[str, AppError] = {}
    for message in messages:
        try:
            events[message.message_id] = parse(message.body)
        except AppError as error:
            failed[message.message_id] = error
    return events, failed


def _first_of_each(events: Mapping[str, TrailEvent]) -> dict[str, TrailEvent]:
    """An event that came twice in one batch is one event."""
    first: dict[str, str] = {}
    for key, event in events.items():
        first.setdefault(event.event_id, key)
    return {key: events[key] for key in first.values()}
