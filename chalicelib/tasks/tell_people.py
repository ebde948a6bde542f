"""People are told what happens to requests, and what they press in Slack is done: consumer of the queue of both."""

from chalicelib import bootstrap
from chalicelib.tasks.runtime import BatchResult, QueueBatch, Tasks

tasks = Tasks(__name__)


@tasks.queue("consoleme-telling.fifo")
def tell_people(batch: QueueBatch) -> BatchResult:
    return BatchResult(failed=bootstrap.container().requests.telling.messages.take(batch.records))
