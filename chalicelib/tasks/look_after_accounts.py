"""Every hour, and after an event of an organisation: accounts that came or left, service control policies, and what is over."""

from chalicelib import bootstrap
from chalicelib.inventory.account_models import LookedAfter
from chalicelib.tasks.runtime import Tasks, Tick

tasks = Tasks(__name__)


@tasks.every(1, "HOURS")
def look_after_accounts(_: Tick) -> LookedAfter:
    """Starts a visit to accounts that are new or not active any more, and does not wait for it."""
    return bootstrap.container().inventory.look_after_accounts.run()
