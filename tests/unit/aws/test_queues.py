import json
from typing import Any

import pytest

from chalicelib.aws.queues import FifoMessage, FifoQueue
from chalicelib.aws.sessions import Sessions
from chalicelib.core.errors import AppError
from chalicelib.settings import load
from tests.support.aws import REGION, refusing, round_trips
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("own_tables")


@pytest.fixture
def sessions() -> Sessions:
    return Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)


@pytest.fixture
def queue(sessions: Sessions) -> FifoQueue:
    return FifoQueue(sessions, load().authorization_queue_url)


def received(sessions: Sessions) -> list[Any]:
    found: list[Any] = []
    url = load().authorization_queue_url
    while (
        batch := sessions.client("sqs")
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["All"])
        .get("Messages")
    ):
        for message in batch:
            found.append(message)
            sessions.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def test_messages_go_out_ten_at_a_time_and_in_order(queue: FifoQueue, sessions: Sessions) -> None:
    with round_trips() as calls:
        queue.send(FifoMessage("user:ada@example.com", json.dumps({"n": number})) for number in range(25))
    assert calls == ["sqs.SendMessageBatch"] * 3
    assert [json.loads(message["Body"])["n"] for message in received(sessions)] == list(range(25))


def test_a_call_never_grows_over_what_sqs_takes(queue: FifoQueue, sessions: Sessions) -> None:
    with round_trips() as calls:
        queue.send(FifoMessage("g", f"{number}" + "x" * 100_000) for number in range(5))
    assert len(calls) == 3
    assert len(received(sessions)) == 5


def test_a_group_may_be_any_text_and_stays_one_group(queue: FifoQueue, sessions: Sessions) -> None:
    queue.send([FifoMessage("group:\u00e9 / x", "1"), FifoMessage("group:\u00e9 / x", "2"), FifoMessage("user:y", "3")])
    groups = [message["Attributes"]["MessageGroupId"] for message in received(sessions)]
    assert len(set(groups)) == 2


def test_what_is_sent_twice_arrives_once(queue: FifoQueue, sessions: Sessions) -> None:
    for _ in range(2):
        queue.send([FifoMessage("g", "the same")])
    assert len(received(sessions)) == 1


def test_nothing_to_send_asks_nobody(queue: FifoQueue) -> None:
    with round_trips() as calls:
        queue.send([])
    assert calls == []


def test_a_queue_that_refuses_is_an_error(queue: FifoQueue) -> None:
    with refusing("sqs.SendMessageBatch", "AccessDenied", 403), pytest.raises(AppError):
        queue.send([FifoMessage("g", "x")])
