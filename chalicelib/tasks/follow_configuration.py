"""Each minute: what must follow a save of the configuration and was not done yet is done."""

from chalicelib import bootstrap
from chalicelib.dynamic_config.models import FollowUpReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)

LIFE = 330
"""Seconds; longer than the function's timeout."""


@tasks.every(1, "MINUTES")
def follow_configuration(_: Tick) -> FollowUpReport:
    """Carries on where a crash or a failure left a save."""
    return bootstrap.container().dynamic_config.follow_up.run(LIFE)
