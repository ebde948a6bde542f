"""Each minute: the jobs of plugins that are due, each by itself. One that fails is its own affair."""

from collections.abc import Callable, Mapping

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.core.hooks import JobContext, PluginJob
from chalicelib.db.jobs import Claim, Jobs
from chalicelib.observability import logger
from chalicelib.plugins.job_report import JobsReport

FUNCTION_TIMEOUT = 300
"""Seconds that Lambda gives the function; a test compares it with the packaged configuration."""
LEASE_SECONDS = FUNCTION_TIMEOUT + 60
LAST_START = FUNCTION_TIMEOUT // 2
"""No job begins later than this many seconds into the round: the next minute's round takes it."""


class RunPluginJobs:
    def __init__(self, *, jobs: Callable[[], Mapping[str, PluginJob]], records: Jobs, clock: Clock) -> None:
        self._jobs = jobs
        self._records = records
        self._clock = clock

    def run(self) -> JobsReport:
        """Raises Misconfigured for plugins whose jobs can't run at all, and Upstream when no record can be kept."""
        began = self._clock.now()
        succeeded, failed, left = list[str](), list[str](), list[str]()
        for name, job in self._jobs().items():
            if self._clock.now() - began > LAST_START:
                left.append(name)
                continue
            claim = self._records.claim(name, every=job.every_minutes * 60, lease=LEASE_SECONDS)
            if claim is not None:
                (succeeded if self._ran(job, claim) else failed).append(name)
        return JobsReport(succeeded=tuple(succeeded), failed=tuple(failed), left=tuple(left))

    def _ran(self, job: PluginJob, claim: Claim) -> bool:
        try:
            with self._records.recorded(claim.name):
                job.run(JobContext(now=self._clock.now(), last_success=claim.last_success))
        except AppError as error:
            logger.error("a plugin's job failed", extra={"job": claim.name, "cause": error.message[:500]})
            return False
        except Exception:  # noqa: BLE001 somebody else's code may raise anything: it is recorded, and others run
            logger.exception("a plugin's job failed", extra={"job": claim.name})
            return False
        finally:
            self._records.release(claim)
        return True
