"""Telling the authorisation queue who gains and who loses a right."""

from collections.abc import Iterable

from chalicelib.aws.queues import FifoMessage, FifoQueue
from chalicelib.inventory.rules import Changes, messages


class TellRights:
    def __init__(self, queue: FifoQueue) -> None:
        self._queue = queue

    def tell(self, changed: Iterable[tuple[str, Changes]], observed_at: int) -> int:
        """The number of messages: one per identity and forty roles. Raises Throttled or Upstream unless all were taken."""
        told = [
            FifoMessage(group=message.identity, body=message.model_dump_json())
            for message in messages(changed, observed_at)
        ]
        self._queue.send(told)
        return len(told)
