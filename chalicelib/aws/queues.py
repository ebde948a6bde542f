"""Sending to a FIFO queue: order is kept within a group, and a message that is sent twice within five minutes arrives once."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import Throttled, Upstream

_BATCH = 10
_BATCH_BYTES = 240_000
"""SQS takes 262,144 in one call, envelope included."""


@dataclass(frozen=True, slots=True)
class FifoMessage:
    """`group` is any text: SQS takes only some letters, so a digest of it is sent."""

    group: str
    body: str

    @property
    def size(self) -> int:
        return len(self.body.encode())


class FifoQueue:
    def __init__(self, sessions: Sessions, url: str) -> None:
        self._sessions = sessions
        self._url = url

    def send(self, messages: Iterable[FifoMessage]) -> None:
        """In order. Raises Throttled or Upstream unless every message was taken: the caller then sends all of them again."""
        for batch in _batches(messages):
            with translated("to send to the queue"):
                answer = self._sessions.client("sqs").send_message_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(number),
                            "MessageBody": message.body,
                            "MessageGroupId": _digest(message.group),
                            "MessageDeduplicationId": _digest(message.body),
                        }
                        for number, message in enumerate(batch)
                    ],
                )
            if failed := answer.get("Failed"):
                reasons = ", ".join(sorted({entry["Code"] for entry in failed}))
                kind = Upstream if any(entry["SenderFault"] for entry in failed) else Throttled
                raise kind(f"The queue did not take {len(failed)} of {len(batch)} messages: {reasons}.")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _batches(messages: Iterable[FifoMessage]) -> Iterator[Sequence[FifoMessage]]:
    batch: list[FifoMessage] = []
    size = 0
    for message in messages:
        if batch and (len(batch) == _BATCH or size + message.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch
