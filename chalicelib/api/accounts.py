"""Accounts and how fresh each of them is."""

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class WireAccount(Frozen):
    """`last_success` is when the last complete listing began, in epoch seconds; `last_error` is None once it succeeded again."""

    account_id: str
    name: str
    environment: str | None
    owner: str | None
    ou_path: str | None
    status: str
    last_success: int | None
    last_error: str | None
    last_error_at: int | None


class AccountList(Frozen):
    accounts: tuple[WireAccount, ...]


@api.endpoint(
    "GET", "/api/v2/accounts", access=Access.SESSION, rule="Everybody who is signed in, the accounts that they see."
)
def list_accounts(caller: Caller) -> AccountList:
    """Every account that was ever found and that the caller sees, by id, with the state of its last refresh."""
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    return AccountList(
        accounts=tuple(
            WireAccount(
                account_id=health.account.account_id,
                name=health.account.name,
                environment=health.account.environment,
                owner=health.account.owner,
                ou_path=health.account.ou_path,
                status=health.account.status,
                last_success=health.state.succeeded_at if health.state else None,
                last_error=health.state.error if health.state else None,
                last_error_at=health.state.failed_at if health.state and health.state.error else None,
            )
            for health in container.inventory.tell_refreshes.accounts()
            if view.account(health.account).allowed
        )
    )
