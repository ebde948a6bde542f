"""Last step of taking back what has come to its end."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.requests.step_results import Finished
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class RequestId(Frozen):
    request_id: str


@tasks.step
def finish_revoke(payload: RequestId) -> Finished:
    """Records and tells what was taken back."""
    return bootstrap.container().requests.steps.finish_revoke.finish(payload.request_id)
