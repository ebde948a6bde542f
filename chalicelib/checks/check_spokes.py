"""Whether the product gets into each account: takes the spoke's read role, of some accounts at a time."""

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.sessions import Sessions
from chalicelib.checks.base import Check
from chalicelib.checks.models import SpokePage
from chalicelib.checks.run_checks import run_all
from chalicelib.core.arn import role_arn
from chalicelib.core.deployment import Deployment
from chalicelib.core.health import Health

_SESSION_NAME = "consoleme-check"


class CheckSpokes:
    def __init__(self, *, accounts: AccountStore, aws: Sessions, deployment: Deployment) -> None:
        self._accounts = accounts
        self._aws = aws
        self._deployment = deployment

    def page(self, after: str, limit: int) -> SpokePage:
        """The accounts behind `after`, in the order of their ids. Credentials are asked for anew, and thrown away."""
        open_accounts = [
            record.account
            for _, record in sorted(self._accounts.all().items())
            if record.account.status is AccountStatus.ACTIVE
        ]
        behind = [account for account in open_accounts if account.account_id > after]
        some = behind[:limit]
        return SpokePage(
            checks=run_all([self._check(account) for account in some]),
            total=len(open_accounts),
            next=some[-1].account_id if len(behind) > limit else None,
        )

    def _check(self, account: Account) -> Check:
        hub, spoke = self._deployment.hub, self._deployment.spoke
        arn = role_arn(hub.partition, account.account_id, spoke.read_role)

        def run() -> Health:
            self._aws.assume(AssumeRole(arn, _SESSION_NAME, duration=900, external_id=spoke.external_id or ""))
            return Health.ok(f"{spoke.read_role} can be taken.")

        fix = (
            f"Create {arn}, and let it trust the roles {hub.api_role} and {hub.sync_role} of account {hub.account_id}"
            + (" with the external id of the configuration." if spoke.external_id else ".")
        )
        return Check(account.account_id, account.name or account.account_id, run, fix)
