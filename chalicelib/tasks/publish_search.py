"""Every five minutes: what changed becomes part of the file that is searched."""

from chalicelib import bootstrap
from chalicelib.inventory.search.models import SearchReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(5, "MINUTES")
def publish_search(_: Tick) -> SearchReport:
    """Builds the next file when anything changed, once a day from the rows themselves."""
    return bootstrap.container().inventory.publish_search.run()
