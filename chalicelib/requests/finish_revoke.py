"""The last step of taking back: what has happened is recorded, and told."""

from chalicelib.observability import MetricUnit, metrics
from chalicelib.requests.states import State
from chalicelib.requests.step_results import Finished
from chalicelib.requests.steps import found
from chalicelib.requests.store import RequestStore
from chalicelib.requests.workflow import Workflow


class RevokeFinisher:
    def __init__(self, *, store: RequestStore, workflow: Workflow) -> None:
        self._store = store
        self._workflow = workflow

    def finish(self, request_id: str) -> Finished:
        """A request that is still at work is left to its own workflow. Raises NotFound."""
        head = found(self._store, request_id).head
        if head.state is State.ENDED and head.outbox:
            metrics.add_metric(name="RequestsEnded", unit=MetricUnit.Count, value=1)
        self._workflow.over(head)
        return Finished(request_id=request_id, state=head.state)
