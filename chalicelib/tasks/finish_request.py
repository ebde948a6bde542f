"""Last step of a request's workflow."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.requests.step_results import Finished
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class RequestId(Frozen):
    request_id: str


@tasks.step
def finish_request(payload: RequestId) -> Finished:
    """Notes what became of the request."""
    return bootstrap.container().requests.steps.finish.finish(payload.request_id)
