"""The inventory's and the accounts' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.access.store import AccessStore
    from chalicelib.accounts.list_accounts import ListAccounts
    from chalicelib.accounts.store import AccountStore
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.queues import FifoQueue
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.scopes import Scopes
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.inventory.models import InventoryConfig
    from chalicelib.inventory.refresh.begin import BeginRefresh
    from chalicelib.inventory.refresh.finish import FinishRefresh
    from chalicelib.inventory.refresh.start import StartRefresh
    from chalicelib.inventory.refresh.store import RunStore
    from chalicelib.inventory.refresh.tell import TellRefreshes
    from chalicelib.inventory.show_role import ShowRole
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.inventory.sync_account import SyncAccount
    from chalicelib.inventory.sync_roles import SyncRoles


class InventoryServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        access_store: "AccessStore",
        audit: "AuditLog",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._access_store = access_store
        self._audit = audit

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def _config(self) -> "InventoryConfig":
        from chalicelib.inventory.models import InventoryConfig

        return self._configuration.section("inventory", InventoryConfig)

    @cached_property
    def accounts(self) -> "AccountStore":
        from chalicelib.accounts.store import AccountStore

        return AccountStore()

    @cached_property
    def resources(self) -> "ResourceStore":
        from chalicelib.inventory.store import ResourceStore

        return ResourceStore()

    @cached_property
    def _scopes(self) -> "Scopes":
        from chalicelib.db.scopes import Scopes

        return Scopes()

    @cached_property
    def _runs(self) -> "RunStore":
        from chalicelib.inventory.refresh.store import RunStore

        return RunStore(self._clock)

    @cached_property
    def _queue(self) -> "FifoQueue":
        from chalicelib.aws.queues import FifoQueue

        return FifoQueue(self._aws, self._settings.authorization_queue_url)

    @cached_property
    def list_accounts(self) -> "ListAccounts":
        from chalicelib.accounts.list_accounts import ListAccounts
        from chalicelib.accounts.models import AccountsConfig
        from chalicelib.accounts.sources.current_account import CurrentAccount
        from chalicelib.accounts.sources.organizations import OrganizationAccounts
        from chalicelib.accounts.sources.static import StaticAccounts
        from chalicelib.aws.organizations import Organization

        config = self._configuration.section("accounts", AccountsConfig)
        return ListAccounts(
            config=config,
            sources={
                "organizations": OrganizationAccounts(Organization(self._aws, config.organizations.role_arn)),
                "static": StaticAccounts(config.static),
                "current_account": CurrentAccount(self._deployment.hub.account_id),
            },
            store=self.accounts,
            scopes=self._scopes,
            clock=self._clock,
        )

    @cached_property
    def start_refresh(self) -> "StartRefresh":
        from chalicelib.aws.states import StateMachines
        from chalicelib.inventory.refresh.start import StartRefresh

        return StartRefresh(
            runs=self._runs,
            accounts=self.accounts,
            machines=StateMachines(self._aws),
            machine_arn=self._settings.refresh_state_machine_arn,
            audit=self._audit,
            clock=self._clock,
        )

    @cached_property
    def begin_refresh(self) -> "BeginRefresh":
        from chalicelib.inventory.refresh.begin import BeginRefresh

        return BeginRefresh(
            list_accounts=self.list_accounts, accounts=self.accounts, runs=self._runs, clock=self._clock
        )

    @cached_property
    def _sync_roles(self) -> "SyncRoles":
        from chalicelib.access.models import AuthorizationConfig, AuthorizedRole, RoleGrant
        from chalicelib.access.rules import grants_of_role
        from chalicelib.aws.iam_read import IamReader
        from chalicelib.inventory.listing import RoleListing
        from chalicelib.inventory.sync_roles import SyncRoles
        from chalicelib.inventory.tell_rights import TellRights

        rules = self._configuration.section("authorization", AuthorizationConfig)
        hub, spoke = self._deployment.hub, self._deployment.spoke

        def grants(role: AuthorizedRole) -> dict[str, RoleGrant]:
            return grants_of_role(role, rules, hub, spoke)

        return SyncRoles(
            listing=RoleListing(IamReader(self._aws, self._deployment)),
            store=self.resources,
            rights=TellRights(self._queue),
            scopes=self._scopes,
            grants=grants,
            config=self._config,
        )

    @cached_property
    def sync_account(self) -> "SyncAccount":
        from chalicelib.inventory.sync_account import SyncAccount

        return SyncAccount(
            roles=self._sync_roles, accounts=self.accounts, runs=self._runs, scopes=self._scopes, clock=self._clock
        )

    @cached_property
    def finish_refresh(self) -> "FinishRefresh":
        from chalicelib.inventory.refresh.finish import FinishRefresh

        return FinishRefresh(
            runs=self._runs,
            accounts=self.accounts,
            queue=self._queue,
            scopes=self._scopes,
            clock=self._clock,
        )

    @cached_property
    def tell_refreshes(self) -> "TellRefreshes":
        from chalicelib.inventory.refresh.tell import TellRefreshes

        return TellRefreshes(runs=self._runs, accounts=self.accounts, scopes=self._scopes, clock=self._clock)

    @cached_property
    def show_role(self) -> "ShowRole":
        from chalicelib.inventory.show_role import ShowRole

        return ShowRole(
            store=self.resources,
            accounts=self.accounts,
            access=self._access_store,
            deployment=self._deployment,
            config=self._config,
        )
