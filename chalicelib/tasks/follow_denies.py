"""Calls that AWS refused are counted and told: consumer of the queue of CloudTrail's refusals."""

from chalicelib import bootstrap
from chalicelib.tasks.runtime import BatchResult, QueueBatch, Tasks

tasks = Tasks(__name__)


@tasks.queue("consoleme-trail-denies")
def follow_denies(batch: QueueBatch) -> BatchResult:
    return BatchResult(failed=bootstrap.container().inventory.events.follow_denies.take(batch.records))
