"""Every quarter of an hour: who there is, and who no longer is."""

from chalicelib import bootstrap
from chalicelib.identity.directory.models import SyncReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(15, "MINUTES")
def sync_directory(_: Tick) -> SyncReport:
    """Asks the directory's sources. Fails when one of them did, after all were asked."""
    return bootstrap.container().identity.directory.sync.run()
