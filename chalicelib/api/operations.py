"""How the product itself is doing, for who looks after it: tasks, accounts, and running one now."""

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.accounts.models import AccountId
from chalicelib.api.authenticator import new_api
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller
from chalicelib.operations.models import KindSummary, QueueState, Scope, ScopePage, ScopeState, ToldTask
from chalicelib.operations.pages import page_of
from chalicelib.wire.authentication import Access

api = new_api(__name__)


class Operations(Frozen):
    """Epoch seconds. `kinds` count the scopes that the caller sees."""

    told_at: int
    tasks: tuple[ToldTask, ...]
    kinds: tuple[KindSummary, ...]
    queues: tuple[QueueState, ...]


class ScopeQuery(Frozen):
    kind: str = Field(default="", max_length=100)
    account: str = Field(default="", pattern=r"^(\d{12})?$")
    state: ScopeState | None = None
    after: str = Field(default="", max_length=200)
    limit: int = Field(default=100, ge=1, le=1000)


class TaskWish(Frozen):
    task: str = Field(min_length=1, max_length=200)


class TaskStarted(Frozen):
    """The record of the task says how it goes on."""

    task: str
    started_at: int


class AccountWish(Frozen):
    account_id: AccountId
    types: tuple[str, ...] | None = Field(default=None, max_length=100)
    """Names of types of resources; None: all of them."""


class AccountStarted(Frozen):
    """`GET /api/v2/refreshes` tells operators how the run goes, the account's scopes tell everybody who gets in here."""

    account_id: str
    run_id: str


@api.endpoint("GET", "/api/v2/operations", access=Access.SESSION, permission=Permission.OPERATE)
def get_operations(caller: Caller) -> Operations:
    """Every task, whether it ever ran or not, and every type of resource: when it last succeeded, and why not since."""
    operations = bootstrap.container().operations
    return Operations(
        told_at=bootstrap.container().clock.now(),
        tasks=tuple(operations.tell.tasks()),
        kinds=tuple(operations.tell.summaries(_seen(caller))),
        queues=tuple(operations.queues.all()),
    )


@api.endpoint("GET", "/api/v2/operations/scopes", access=Access.SESSION, permission=Permission.OPERATE)
def list_scopes(query: ScopeQuery, caller: Caller) -> ScopePage:
    """Accounts by types of resources, those that never succeeded too: the worst first, page by page."""
    wanted = [
        scope
        for scope in _seen(caller)
        if query.kind in {"", scope.kind}
        and query.account in {"", scope.account_id}
        and query.state in {None, scope.state}
    ]
    return page_of(wanted, query.after, query.limit)


@api.endpoint("POST", "/api/v2/operations/tasks", access=Access.SESSION, permission=Permission.OPERATE)
def run_task(body: TaskWish, caller: Caller) -> TaskStarted:
    """Runs a scheduled task, or a job of a plugin, now; one that is running is not run twice. The audit log says who asked."""
    container = bootstrap.container()
    container.operations.run_now.task(caller, body.task)
    return TaskStarted(task=body.task, started_at=container.clock.now())


@api.endpoint("POST", "/api/v2/operations/accounts", access=Access.SESSION, permission=Permission.OPERATE)
def refresh_account(body: AccountWish, caller: Caller) -> AccountStarted:
    """Refreshes one account now, or some types in it, whatever is due there."""
    container = bootstrap.container()
    view = container.identity.permissions.view(caller)
    run_id = container.operations.refresh_now.account(caller, body.account_id, body.types, view.account)
    return AccountStarted(account_id=body.account_id, run_id=run_id)


def _seen(caller: Caller) -> list[Scope]:
    container = bootstrap.container()
    scopes = container.operations.tell.scopes()
    seen = container.identity.permissions.view(caller).accounts({scope.account_id for scope in scopes})
    return [scope for scope in scopes if scope.account_id in seen]
