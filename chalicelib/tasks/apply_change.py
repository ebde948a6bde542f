"""The step of a request's workflow that changes AWS: the only function that can."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.requests.step_results import ChangeOutcome
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class ChangeId(Frozen):
    request_id: str
    change_id: str


@tasks.step
def apply_change(payload: ChangeId) -> ChangeOutcome:
    """Applies one change of an approved request; of any other request, nothing."""
    return bootstrap.container().requests.steps.apply.apply(payload.request_id, payload.change_id)
