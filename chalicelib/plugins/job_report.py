"""What came of a round of plugins' jobs; apart, so that the function that returns it loads nothing heavy."""

from chalicelib.core.model import Frozen


class JobsReport(Frozen):
    """Names of the jobs that ran well, that failed, and that wait for the next round because this one had taken long."""

    succeeded: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
