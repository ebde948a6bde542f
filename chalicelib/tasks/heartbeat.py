"""Each minute: how long ago every task and every type of resource last succeeded, for the alarms."""

from chalicelib import bootstrap
from chalicelib.operations.models import HeartbeatReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "MINUTES")
def heartbeat(_: Tick) -> HeartbeatReport:
    """Measures what never ran too: it is waited for from the first heartbeat on."""
    return bootstrap.container().operations.heartbeat.run()
