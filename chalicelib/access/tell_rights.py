"""Telling the authorisation queue: who gains and who loses a right, which names mean two, which roles must be looked at again."""

from collections.abc import Iterable

from chalicelib.access.messages import MapMessage, NameMessage, by_identity
from chalicelib.access.rights import GrantChange
from chalicelib.aws.queues import FifoMessage, FifoQueue
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Principal


class TellRights:
    def __init__(self, queue: FifoQueue) -> None:
        self._queue = queue

    def tell(self, changed: Iterable[tuple[str, GrantChange]]) -> int:
        """From pairs of an identity and what is new of it; the number of messages. Raises Throttled or Upstream unless all were taken."""
        return self.send(by_identity(changed))

    def names_changed(self, names: Iterable[str]) -> int:
        """For whoever keeps the directory: these names have become both a user's and a group's, or ceased to be."""
        wanted = sorted({str(kind(name)) for name in names for kind in (Principal.user, Principal.group)})
        return self.send(NameMessage(identity=identity, sent=ulid()) for identity in wanted)

    def send(self, messages: Iterable[MapMessage]) -> int:
        told = [FifoMessage(group=message.group, body=message.model_dump_json()) for message in messages]
        self._queue.send(told)
        return len(told)
