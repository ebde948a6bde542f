"""The inventory's and the accounts' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.access.rules import RoleRights
    from chalicelib.access.services import AccessServices
    from chalicelib.accounts.list_accounts import ListAccounts
    from chalicelib.accounts.store import AccountStore
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.objects import Objects
    from chalicelib.aws.queues import FifoQueue
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.roles import AuthorizedRole
    from chalicelib.db.scopes import Scopes
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.inventory.judge import Judge
    from chalicelib.inventory.list_roles import ListRoles
    from chalicelib.inventory.models import InventoryConfig
    from chalicelib.inventory.recompute_rights import RecomputeRights
    from chalicelib.inventory.refresh.begin import BeginRefresh
    from chalicelib.inventory.refresh.finish import FinishRefresh
    from chalicelib.inventory.refresh.start import StartRefresh
    from chalicelib.inventory.refresh.store import RunStore
    from chalicelib.inventory.refresh.tell import TellRefreshes
    from chalicelib.inventory.search.news_store import NewsStore
    from chalicelib.inventory.search.publish import PublishSearch
    from chalicelib.inventory.search.search_resources import SearchResources
    from chalicelib.inventory.show_role import ShowRole
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.inventory.sync_account import SyncAccount
    from chalicelib.inventory.sync_roles import SyncRoles
    from chalicelib.plugins.calls import Calls


class InventoryServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        access: "AccessServices",
        audit: "AuditLog",
        hooks: "Calls",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._access = access
        self._audit = audit
        self._hooks = hooks

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
        from chalicelib.accounts.sources.plugins import PluginAccounts
        from chalicelib.accounts.sources.static import StaticAccounts
        from chalicelib.aws.organizations import Organization

        config = self._configuration.section("accounts", AccountsConfig)
        return ListAccounts(
            config=config,
            sources={
                "organizations": OrganizationAccounts(
                    Organization(self._aws, config.organizations.role_arn), tags=config.organizations.account_tags
                ),
                "static": StaticAccounts(config.static),
                "plugins": PluginAccounts(self._hooks),
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
        from chalicelib.aws.iam_read import IamReader
        from chalicelib.inventory.listing import RoleListing
        from chalicelib.inventory.sync_roles import SyncRoles

        return SyncRoles(
            listing=RoleListing(IamReader(self._aws, self._deployment)),
            store=self.resources,
            rights=self._access.tell_rights,
            scopes=self._scopes,
            judge=self._judge,
            news=self._news,
            config=self._config,
        )

    @cached_property
    def _judge(self) -> "Judge":
        from chalicelib.access.rules import rights_of_role
        from chalicelib.inventory.judge import Judge

        book, said = self._access.rulebook, self._access.plugin_claims.of

        def rights_of(role: "AuthorizedRole") -> "RoleRights":
            return rights_of_role(role, book, said(role))

        return Judge(
            rights_of=rights_of,
            holders=self._access.store.of_role,
            version=book.version,
            newest=self._access.newest_version,
        )

    @cached_property
    def recompute_rights(self) -> "RecomputeRights":
        from chalicelib.inventory.recompute_rights import RecomputeRights

        return RecomputeRights(
            store=self.resources,
            rights=self._access.tell_rights,
            judge=self._judge,
        )

    @cached_property
    def _news(self) -> "NewsStore":
        from chalicelib.inventory.search.news_store import NewsStore

        return NewsStore(self._clock)

    @cached_property
    def _objects(self) -> "Objects":
        from chalicelib.aws.objects import Objects

        return Objects(self._aws, self._settings.bucket)

    @cached_property
    def search(self) -> "SearchResources":
        from chalicelib.inventory.search.current import CurrentIndex
        from chalicelib.inventory.search.search_resources import SearchResources

        return SearchResources(
            CurrentIndex(news=self._news, objects=self._objects, accounts=self.accounts, clock=self._clock)
        )

    @cached_property
    def publish_search(self) -> "PublishSearch":
        from chalicelib.inventory.search.publish import PublishSearch
        from chalicelib.inventory.search.source import InventoryRows

        rows = InventoryRows(accounts=self.accounts, resources=self.resources)
        return PublishSearch(
            news=self._news, objects=self._objects, rows=rows.all, accounts=rows.accounts, clock=self._clock
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
    def list_roles(self) -> "ListRoles":
        from chalicelib.inventory.list_roles import ListRoles

        return ListRoles(accounts=self.accounts, resources=self.resources, clock=self._clock)

    @cached_property
    def show_role(self) -> "ShowRole":
        from chalicelib.access.models import CredentialsConfig
        from chalicelib.inventory.resource_notes import ResourceNotes
        from chalicelib.inventory.show_role import ShowRole

        return ShowRole(
            store=self.resources,
            accounts=self.accounts,
            explain=self._access.explain,
            notes=ResourceNotes(self._hooks),
            deployment=self._deployment,
            credentials=self._configuration.section("credentials", CredentialsConfig),
            config=self._config,
        )
