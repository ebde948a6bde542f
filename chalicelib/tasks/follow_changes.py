"""What somebody changed in AWS is read again at once: consumer of the queue of CloudTrail's events."""

from chalicelib import bootstrap
from chalicelib.tasks.runtime import BatchResult, QueueBatch, Tasks

tasks = Tasks(__name__)


@tasks.queue("consoleme-trail-changes")
def follow_changes(batch: QueueBatch) -> BatchResult:
    return BatchResult(failed=bootstrap.container().inventory.events.follow_changes.take(batch.records))
