"""Each minute: what was done about requests becomes part of the digest that lists of requests begin with."""

from chalicelib import bootstrap
from chalicelib.requests.catalog.publish import DigestReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "MINUTES")
def publish_requests(_: Tick) -> DigestReport:
    """Brings the digest forward when anything changed, and reads the table whole once a day."""
    return bootstrap.container().requests.catalog.publish.run()
