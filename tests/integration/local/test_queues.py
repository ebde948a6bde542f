import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from infra.local.cloud import until
from infra.local.declared import QueueSource
from infra.local.functions import FunctionHosts
from infra.local.interpreter import Answer
from infra.local.queues import QueuePoller, failed_ids
from tests.integration.local.conftest import HUB, REGION, Clients

_NUMBERS = count()


class Queue:
    """A FIFO queue of this test, whose messages come again at once and go to the dead-letter queue after two receives."""

    def __init__(self, sqs: Any, hosts: FunctionHosts) -> None:
        self.name = f"sample{next(_NUMBERS)}.fifo"
        dead_name = f"dead-{self.name}"
        fifo = {"FifoQueue": "true"}
        self._sqs = sqs
        self._dead_url = sqs.create_queue(QueueName=dead_name, Attributes=fifo)["QueueUrl"]
        redrive = {"deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{HUB}:{dead_name}", "maxReceiveCount": 2}
        attributes = {**fifo, "VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
        self._url = sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]
        self._hosts = hosts
        self.events: list[Any] = []
        self.poller = QueuePoller(QueueSource("consume", self.name, 5), sqs, self._invoke, region=REGION, wait=0)

    def _invoke(self, function: str, event: Any) -> Answer:
        self.events.append(event)
        return self._hosts.invoke(function, event)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            group, _, text = body.partition("/")
            self._sqs.send_message(
                QueueUrl=self._url, MessageBody=text, MessageGroupId=group, MessageDeduplicationId=str(next(_NUMBERS))
            )

    def seen(self) -> list[str]:
        return [record["body"] for event in self.events for record in event["Records"]]

    def counts(self) -> tuple[int, int]:
        """Messages that are left, and dead ones."""
        urls = (self._url, self._dead_url)
        name = "ApproximateNumberOfMessages"
        left, dead = (
            self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name] for url in urls
        )
        return int(left), int(dead)


@pytest.fixture
def queue(clients: Clients, hosts: FunctionHosts) -> Iterator[Queue]:
    queue = Queue(clients("sqs"), hosts)
    yield queue
    queue.poller.stop()


def test_messages_arrive_in_the_order_of_their_group_and_are_deleted(queue: Queue) -> None:
    queue.send(*[f"a/{number}" for number in range(12)])
    queue.poller.start()
    until(lambda: True if len(queue.seen()) >= 12 else None, 30, "messages are missing")
    assert queue.seen() == [str(number) for number in range(12)]
    until(lambda: True if queue.counts() == (0, 0) else None, 30, "messages are left")
    assert max(len(event["Records"]) for event in queue.events) <= 5


def test_a_record_is_what_lambda_sends(queue: Queue) -> None:
    queue.send("ada/hello")
    queue.poller.start()
    until(lambda: queue.events or None, 30, "nothing came")
    (record,) = queue.events[0]["Records"]
    assert record["eventSourceARN"] == f"arn:aws:sqs:{REGION}:{HUB}:{queue.name}"
    assert (record["eventSource"], record["awsRegion"], record["body"]) == ("aws:sqs", REGION, "hello")
    assert (record["attributes"]["MessageGroupId"], record["attributes"]["ApproximateReceiveCount"]) == ("ada", "1")
    assert record["messageId"]
    assert record["receiptHandle"]


def test_only_the_messages_that_failed_come_again_and_end_in_the_dead_letter_queue(queue: Queue) -> None:
    queue.send("a/one", "b/bad", "c/three")
    queue.poller.start()
    until(lambda: True if queue.counts() == (0, 1) else None, 30, "the bad message is not dead")
    assert sorted(queue.seen()) == ["bad", "bad", "one", "three"]


def test_when_the_function_fails_every_message_of_the_batch_comes_again(queue: Queue) -> None:
    queue.send("a/one", "b/explode")
    queue.poller.start()
    until(lambda: True if queue.counts() == (0, 2) else None, 30, "the batch is not dead")
    assert sorted(queue.seen()) == ["explode", "explode", "one", "one"]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (Answer(None), set()),
        (Answer({}), set()),
        (Answer({"batchItemFailures": []}), set()),
        (Answer({"batchItemFailures": [{"itemIdentifier": "1"}]}), {"1"}),
        (Answer({"batchItemFailures": [{"itemIdentifier": "7"}]}), {"1", "2"}),
        (Answer({"batchItemFailures": [{"itemIdentifier": ""}]}), {"1", "2"}),
        (Answer({"batchItemFailures": [{}]}), {"1", "2"}),
        (Answer({"batchItemFailures": ["1"]}), {"1", "2"}),
        (Answer({"errorType": "Conflict"}, failed=True), {"1", "2"}),
    ],
)
def test_which_messages_an_answer_leaves(answer: Answer, failed: set[str]) -> None:
    assert failed_ids(answer, ["1", "2"]) == failed


def test_a_queue_that_does_not_exist_stops_the_start(clients: Clients) -> None:
    sqs = clients("sqs")
    poller = QueuePoller(QueueSource("consume", "nothing.fifo", 5), sqs, lambda *_: Answer(None), region=REGION)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        poller.start()
