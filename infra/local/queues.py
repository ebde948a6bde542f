"""Lambda's event source mapping for SQS: takes batches from a queue, hands them to the declared function, deletes what succeeded."""

from collections.abc import Mapping, Sequence
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.declared import QueueSource
from infra.local.interpreter import Answer, Invoke

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_LONGEST_RECEIVE = 10
_PAUSE = 0.02
_AFTER_FAULT = 1.0
"""Seconds before a queue that could not be read is tried again."""


class QueuePoller:
    """One queue. Batches follow each other, so the order within every message group holds."""

    def __init__(self, source: QueueSource, sqs: "SQSClient", invoke: Invoke, *, region: str, wait: int = 1) -> None:
        """Each receive waits up to `wait` seconds for a message; so long can `stop` take."""
        self._source = source
        self._wait = wait
        self._sqs = sqs
        self._invoke = invoke
        self._region = region
        self._ended = Event()
        self._url = ""
        self._arn = ""
        self._thread = Thread(target=self._run, name=f"queue {source.queue_name}", daemon=True)

    def start(self) -> None:
        """Raises ClientError when the queue does not exist."""
        self._url = self._sqs.get_queue_url(QueueName=self._source.queue_name)["QueueUrl"]
        self._arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                if not self.deliver() and not self._wait:
                    self._ended.wait(_PAUSE)
            except (BotoCoreError, ClientError):
                self._ended.wait(_AFTER_FAULT)

    def deliver(self) -> int:
        """Receives one batch and hands it over; how many messages it had."""
        received = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(self._source.batch_size, _LONGEST_RECEIVE),
            WaitTimeSeconds=self._wait,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = received.get("Messages", [])
        if not messages:
            return 0
        records = [_record(message, self._arn, self._region) for message in messages]
        answer = self._invoke(self._source.function, {"Records": records})
        failed = failed_ids(answer, [record["messageId"] for record in records])
        for message in messages:
            if message["MessageId"] not in failed:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)


def failed_ids(answer: Answer, sent: Sequence[str]) -> frozenset[str]:
    """Which messages must come again: all after an error or a reply that names a message nobody sent, as in Lambda."""
    everything = frozenset(sent)
    if answer.failed:
        return everything
    if not isinstance(answer.payload, Mapping):
        return frozenset()
    failures = answer.payload.get("batchItemFailures") or []
    try:
        named = frozenset(str(failure["itemIdentifier"]) for failure in failures)
    except (TypeError, KeyError):
        return everything
    return named if named.issubset(everything) else everything


def _record(message: "MessageTypeDef", arn: str, region: str) -> dict[str, Any]:
    attributes: Mapping[str, Any] = message.get("MessageAttributes", {})
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(value) for name, value in attributes.items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": region,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "stringValue": value.get("StringValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
