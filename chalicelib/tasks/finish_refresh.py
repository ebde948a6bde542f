"""Last step of the refresh, whatever came before it."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.inventory.refresh.models import Failure, RunSummary, StepResult
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class Ended(Frozen):
    """`failure` when the workflow could not list or visit the accounts."""

    run_id: str
    results: tuple[StepResult, ...] = ()
    failure: Failure | None = None


@tasks.step
def finish_refresh(payload: Ended) -> RunSummary:
    return bootstrap.container().inventory.refresh.finish.run(payload.run_id, payload.results, payload.failure)
