"""Consumer of the authorisation queue: the one writer of the authorisation map."""

from chalicelib import bootstrap
from chalicelib.tasks.runtime import BatchResult, QueueBatch, Tasks

tasks = Tasks(__name__)


@tasks.queue("consoleme-authorizations.fifo")
def authorizations(batch: QueueBatch) -> BatchResult:
    return BatchResult(failed=bootstrap.container().access.update_map.take(batch.records))
