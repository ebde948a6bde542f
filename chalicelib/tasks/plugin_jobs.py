"""Each minute: jobs of plugins that are due."""

from chalicelib import bootstrap
from chalicelib.plugins.job_report import JobsReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "MINUTES")
def plugin_jobs(_: Tick) -> JobsReport:
    """Runs what plugins have registered and is due, each job with its own last success."""
    return bootstrap.container().plugin_jobs.run()
