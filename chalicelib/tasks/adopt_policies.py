"""Policies whose names say when they are to be deleted get that end."""

from chalicelib import bootstrap
from chalicelib.requests.step_results import AdoptReport
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(6, "HOURS")
def adopt_policies(_: Tick) -> AdoptReport:
    """Looks through the roles of the inventory; what it knows already is left alone."""
    return bootstrap.container().requests.adopt.run()
