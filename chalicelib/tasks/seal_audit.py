"""Every five minutes: the audit log is sealed, so that nothing can be taken from it unseen."""

from chalicelib import bootstrap
from chalicelib.audit.reports import SealReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(5, "MINUTES")
def seal_audit(_: Tick) -> SealReport:
    """Writes where every chain ends, chained to the last seal, under Object Lock."""
    return bootstrap.container().auditing.seal.run()
