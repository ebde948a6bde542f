"""Refreshes on demand, and how they went. For administrators."""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.accounts.models import AccountId
from chalicelib.api.authenticator import new_api
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.inventory.refresh.models import OutcomeStatus, RunStatus
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class RefreshWish(Frozen):
    accounts: tuple[AccountId, ...] | None = Field(default=None, max_length=1000)
    """None: all of them."""
    types: tuple[str, ...] | None = Field(default=None, max_length=100)
    """Names of types of resources (`iam_role`, `s3_bucket`); None: all of them."""


class RefreshStarted(Frozen):
    run_id: str
    status: RunStatus


class WireOutcome(Frozen):
    """`scopes` are types in their regions that were listed whole; `failures` are the reasons of the others, by scope. While the status
    is `running` the counts tell how far it is.
    """

    status: OutcomeStatus
    scopes: int
    resources: int
    roles: int
    written: int
    removed: int
    warning: str | None
    error: str | None
    failures: dict[str, str]


class WireRun(Frozen):
    run_id: str
    status: RunStatus
    started_at: int
    finished_at: int | None
    warning: str | None
    error: str | None
    accounts: dict[str, WireOutcome]


class RunList(Frozen):
    runs: tuple[WireRun, ...]


@api.endpoint("POST", "/api/v2/refreshes", access=Access.SESSION, over=Permission.ADMIN)
def start_refresh(body: RefreshWish, caller: Caller) -> RefreshStarted:
    """Starts a refresh of the given types in the given accounts, or of all. One of all accounts that is under way is answered instead
    of a second.

    For administrators; those of a part of the estate name accounts of it.
    """
    container = bootstrap.container()
    permissions = container.identity.permissions
    permissions.of_caller_over_accounts(caller, Permission.ADMIN, body.accounts or ()).require()
    run_id = container.inventory.refresh.start.asked_for(caller, body.accounts, body.types)
    return RefreshStarted(run_id=run_id, status="running")


@api.endpoint("GET", "/api/v2/refreshes", access=Access.SESSION, permission=Permission.OPERATE)
def list_refreshes() -> RunList:
    """The last ten refreshes, newest first, with what came of each account."""
    return RunList(
        runs=tuple(
            WireRun(
                run_id=told.run.run_id,
                status=told.run.status,
                started_at=told.run.started_at,
                finished_at=told.run.finished_at,
                warning=told.run.warning,
                error=told.run.error,
                accounts={
                    account_id: WireOutcome.model_validate(outcome.model_dump(include=set(WireOutcome.model_fields)))
                    for account_id, outcome in told.outcomes.items()
                },
            )
            for told in bootstrap.container().inventory.refresh.tell.latest()
        )
    )
