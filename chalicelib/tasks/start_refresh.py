"""Every hour: a refresh of all accounts."""

from chalicelib import bootstrap
from chalicelib.core.model import Frozen
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


class Started(Frozen):
    run_id: str


@tasks.every(1, "HOURS")
def start_refresh(tick: Tick) -> Started:  # noqa: ARG001 a schedule brings nothing
    """The run that is under way from now on; never a second one beside it."""
    return Started(run_id=bootstrap.container().inventory.refresh.start.all_accounts())
