"""Each minute: everything that is overdue is done."""

from chalicelib import bootstrap
from chalicelib.requests.step_results import DueReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "MINUTES")
def due(_: Tick) -> DueReport:
    """Brings forward requests whose start, wake, work or end is overdue."""
    return bootstrap.container().requests.steps.due.run()
