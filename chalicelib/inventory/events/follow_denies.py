"""Calls that AWS refused, each handed to whoever counts them."""

from collections.abc import Callable, Iterable

from chalicelib.core.errors import AppError
from chalicelib.inventory.events.batches import Message, told_again
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.parse import parse


class FollowDenies:
    def __init__(self, take: Callable[[TrailEvent], object]) -> None:
        """`take` may be told an event twice."""
        self._take = take

    def take(self, messages: Iterable[Message]) -> tuple[str, ...]:
        """Ids of the messages that must come again."""
        failed: list[str] = []
        for message in messages:
            try:
                self._take(parse(message.body))
            except AppError as error:
                told_again(message.message_id, error)
                failed.append(message.message_id)
        return tuple(failed)
