"""Accounts, whether we get into them, and how fresh what is known of them is."""

from typing import Literal

from chalicelib import bootstrap
from chalicelib.accounts.facts import SpokeHealth
from chalicelib.accounts.models import AccountId, AccountStatus
from chalicelib.api.authenticator import new_api
from chalicelib.core.errors import NotFound
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.inventory.account_models import AccountTold, Freshness, ScopeHealth, Standing
from chalicelib.inventory.resources import iam_role
from chalicelib.wire.authentication import Access

api = new_api(__name__)

_DAY = 86_400
_TROUBLES = 5
"""Places in trouble that the list names for each account; the account's own page names all."""


class WireSpoke(Frozen):
    """Whether the spoke's reading role can be taken: `unknown` before the first visit. `checked_at` in epoch seconds."""

    health: SpokeHealth | Literal["unknown"]
    reason: str | None
    checked_at: int | None


class WireAccount(Frozen):
    """`last_success` is when the last complete listing of roles began, in epoch seconds; `last_error` is None once it succeeded again.

    `scopes` counts types of resources by region, `fresh` those that were listed in time; `troubles` names the worst of the others.
    """

    account_id: str
    name: str
    aliases: tuple[str, ...]
    environment: str | None
    owner: str | None
    ou_path: str | None
    organization_id: str | None
    status: AccountStatus
    standing: Standing
    spoke: WireSpoke
    last_success: int | None
    last_error: str | None
    last_error_at: int | None
    scopes: int
    fresh: int
    troubles: tuple[ScopeHealth, ...]


class AccountList(Frozen):
    accounts: tuple[WireAccount, ...]


class AccountPage(Frozen):
    """`regions` are those that the account has enabled, None while nobody could read them. Of an account that is not active,
    `rows_kept_until` is when the inventory forgets its resources.
    """

    account: WireAccount
    parent_id: str | None
    source: str
    tags: dict[str, str]
    regions: tuple[str, ...] | None
    inactive_since: int | None
    rows_kept_until: int | None
    scopes: tuple[ScopeHealth, ...]


@api.endpoint(
    "GET", "/api/v2/accounts", access=Access.SESSION, rule="Everybody who is signed in, the accounts that they see."
)
def list_accounts(caller: Caller) -> AccountList:
    """Every account that was ever found and that the caller sees, by id, with how fresh what is known of it is."""
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    told = container.inventory.tell_accounts.all()
    return AccountList(accounts=tuple(_wire(one) for one in told if view.account(one.record.account).allowed))


@api.endpoint(
    "GET",
    "/api/v2/accounts/{account_id}",
    access=Access.SESSION,
    rule="Everybody who is signed in, the accounts that they see.",
)
def get_account(account_id: AccountId, caller: Caller) -> AccountPage:
    """One account, with each type of resource in each region: when it was last listed, and why not since."""
    container = bootstrap.container()
    told = container.inventory.tell_accounts.one(account_id)
    if told is None or not container.identity.permissions.view(caller).account(told.record.account).allowed:
        raise NotFound(
            f"The account {account_id} is not known. GET /api/v2/accounts lists those that are.",
            reason="unknown_account",
        )
    account, since = told.record.account, told.record.inactive_since
    kept = container.inventory.account_services.config.keep_rows_days * _DAY
    return AccountPage(
        account=_wire(told),
        parent_id=account.parent_id,
        source=account.source,
        tags=dict(sorted(account.tags.items())),
        regions=told.facts.regions if told.facts and told.facts.regions_known else None,
        inactive_since=since,
        rows_kept_until=None if since is None or told.record.rows_removed else since + kept,
        scopes=told.scopes,
    )


def _wire(told: AccountTold) -> WireAccount:
    account, facts = told.record.account, told.facts
    troubled = told.troubled
    roles = next((scope for scope in told.scopes if scope.kind == iam_role.TYPE), None)
    failing = (
        roles is not None and roles.failed_at is not None and roles.freshness in {Freshness.NEVER, Freshness.FAILING}
    )
    return WireAccount(
        account_id=account.account_id,
        name=account.name,
        aliases=facts.aliases if facts else (),
        environment=account.environment,
        owner=account.owner,
        ou_path=account.ou_path,
        organization_id=account.organization_id,
        status=account.status,
        standing=told.standing,
        spoke=WireSpoke(
            health=facts.spoke if facts else "unknown",
            reason=facts.reason if facts else None,
            checked_at=facts.checked_at if facts else None,
        ),
        last_success=roles.succeeded_at if roles else None,
        last_error=roles.reason if roles and failing else None,
        last_error_at=roles.failed_at if roles and failing else None,
        scopes=len(told.scopes),
        fresh=len(told.scopes) - len(troubled),
        troubles=troubled[:_TROUBLES],
    )
