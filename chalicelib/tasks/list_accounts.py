"""First step of the refresh."""

from chalicelib import bootstrap
from chalicelib.accounts.models import AccountId
from chalicelib.core.model import Frozen
from chalicelib.inventory.refresh.models import RunAccounts
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class Wanted(Frozen):
    """`accounts` None means all."""

    run_id: str
    accounts: tuple[AccountId, ...] | None = None


@tasks.step
def list_accounts(payload: Wanted) -> RunAccounts:
    return bootstrap.container().inventory.begin_refresh.run(payload.run_id, payload.accounts)
