"""The step of the refresh that visits one account. The only function that reads every account."""

from chalicelib import bootstrap
from chalicelib.accounts.models import AccountId
from chalicelib.core.model import Frozen
from chalicelib.inventory.refresh.models import StepResult
from chalicelib.tasks.runtime import Tasks, TimeLeft

tasks = Tasks(__name__)


class OneAccount(Frozen):
    run_id: str
    account_id: AccountId


@tasks.step
def sync_account(payload: OneAccount, time_left: TimeLeft) -> StepResult:
    """Only the id goes back, and whether there is more to do: a thousand results share one state of the workflow."""
    outcome = bootstrap.container().inventory.refresh.sync_account.run(payload.run_id, payload.account_id, time_left)
    return StepResult(account_id=outcome.account_id, more=outcome.status == "running")
