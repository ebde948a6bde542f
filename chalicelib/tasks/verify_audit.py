"""Every hour: the audit log is compared with its seals."""

from chalicelib import bootstrap
from chalicelib.audit.reports import RegularReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "HOURS")
def verify_audit(_: Tick) -> RegularReport:
    """Names what was altered, is missing or was cut off; an alarm hears the count."""
    return bootstrap.container().auditing.verify_regularly.run()
