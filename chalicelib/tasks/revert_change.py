"""Takes one applied change back: at its end, or because another change of its request failed."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.requests.step_results import ChangeOutcome
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class ChangeId(Frozen):
    request_id: str
    change_id: str


@tasks.step
def revert_change(payload: ChangeId) -> ChangeOutcome:
    """Takes back one change whose end has come; of any other change, nothing."""
    return bootstrap.container().requests.steps.revert.revert(payload.request_id, payload.change_id)
