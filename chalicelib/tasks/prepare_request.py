"""First step of a request's workflow."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.requests.step_results import Plan
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class RequestId(Frozen):
    request_id: str


@tasks.step
def prepare_request(payload: RequestId) -> Plan:
    """Says where the workflow goes on."""
    return bootstrap.container().requests.steps.prepare.prepare(payload.request_id)
