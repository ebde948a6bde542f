"""First step of the refresh."""

from chalicelib import bootstrap
from chalicelib.accounts.models import AccountId
from chalicelib.core.model import Frozen
from chalicelib.inventory.refresh.models import RunAccounts, Wishes
from chalicelib.tasks.runtime import Tasks

tasks = Tasks(__name__)


class Wanted(Frozen):
    """`accounts` None means all, and so does `types`; `due_only` leaves out what was listed a short while ago."""

    run_id: str
    accounts: tuple[AccountId, ...] | None = None
    types: tuple[str, ...] | None = None
    due_only: bool = False


@tasks.step
def list_accounts(payload: Wanted) -> RunAccounts:
    return bootstrap.container().inventory.refresh.begin.run(
        payload.run_id, payload.accounts, Wishes(types=payload.types, due_only=payload.due_only)
    )
