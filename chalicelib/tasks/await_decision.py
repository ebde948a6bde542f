"""Second step of a request's workflow: it waits until somebody has decided."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class Waiting(Frozen):
    """`token` wakes the execution that waits."""

    request_id: str
    execution: str
    token: str


class Noted(Frozen):
    request_id: str


@tasks.step
def await_decision(payload: Waiting) -> Noted:
    """Keeps the token with the request, or uses it at once."""
    bootstrap.container().requests.steps.await_decision.wait(payload.request_id, payload.execution, payload.token)
    return Noted(request_id=payload.request_id)
