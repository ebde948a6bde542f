"""The inventory's and the accounts' part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.access.rules import RoleRights
    from chalicelib.access.services import AccessServices
    from chalicelib.accounts.list_accounts import ListAccounts
    from chalicelib.accounts.services import AccountServices
    from chalicelib.accounts.store import AccountStore
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.objects import Objects
    from chalicelib.aws.queues import FifoQueue
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.roles import AuthorizedRole
    from chalicelib.db.scopes import Scopes
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.inventory.denies.services import DenyServices
    from chalicelib.inventory.events.services import EventServices
    from chalicelib.inventory.judge import Judge
    from chalicelib.inventory.list_roles import ListRoles
    from chalicelib.inventory.look_after_accounts import LookAfterAccounts
    from chalicelib.inventory.models import InventoryConfig
    from chalicelib.inventory.pages.services import PageServices
    from chalicelib.inventory.recompute_rights import RecomputeRights
    from chalicelib.inventory.refresh.services import RefreshServices
    from chalicelib.inventory.search.actions import CompleteActions
    from chalicelib.inventory.search.news_store import NewsStore
    from chalicelib.inventory.search.publish import PublishSearch
    from chalicelib.inventory.search.search_resources import SearchResources
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.inventory.tell_accounts import TellAccounts
    from chalicelib.notifications.services import NotificationServices
    from chalicelib.plugins.calls import Calls


class InventoryServices:
    def __init__(  # noqa: PLR0913 keywords, each what the inventory stands on
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        access: "AccessServices",
        audit: "AuditLog",
        hooks: "Calls",
        notifications: "NotificationServices",
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._access = access
        self._audit = audit
        self._hooks = hooks
        self._notifications = notifications

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
    def _queue(self) -> "FifoQueue":
        from chalicelib.aws.queues import FifoQueue

        return FifoQueue(self._aws, self._settings.authorization_queue_url)

    @cached_property
    def account_services(self) -> "AccountServices":
        from chalicelib.accounts.services import AccountServices

        return AccountServices(
            settings=self._settings,
            clock=self._clock,
            configuration=self._configuration,
            aws=self._aws,
            hooks=self._hooks,
        )

    @cached_property
    def tell_accounts(self) -> "TellAccounts":
        from chalicelib.inventory.tell_accounts import TellAccounts

        return TellAccounts(
            accounts=self.account_services.store,
            facts=self.account_services.facts,
            scopes=self._scopes,
            kinds=lambda: self.refresh.kinds,
            regions=self._deployment.regions,
            clock=self._clock,
        )

    @cached_property
    def look_after_accounts(self) -> "LookAfterAccounts":
        from chalicelib.inventory.look_after_accounts import LookAfterAccounts
        from chalicelib.inventory.purge_accounts import PurgeAccounts
        from chalicelib.inventory.registry import resource_types

        purge = PurgeAccounts(
            accounts=self.accounts,
            resources=self.resources,
            news=self._news,
            kinds=resource_types,
            keep_days=self.account_services.config.keep_rows_days,
            clock=self._clock,
        )
        return LookAfterAccounts(
            listing=self.list_accounts,
            start=lambda: self.refresh.start,
            policies=self.account_services.sync_policies,
            purge=purge,
        )

    @property
    def list_accounts(self) -> "ListAccounts":
        return self.account_services.list_accounts

    @cached_property
    def refresh(self) -> "RefreshServices":
        from chalicelib.inventory.refresh.services import Below, RefreshServices

        below = Below(
            accounts=self.account_services,
            resources=self.resources,
            scopes=self._scopes,
            news=self._news,
            queue=lambda: self._queue,
            rights=lambda: self._access.tell_rights,
            judge=lambda: self._judge,
            history=lambda: self.pages.history,
        )
        return RefreshServices(
            settings=self._settings,
            clock=self._clock,
            aws=self._aws,
            audit=self._audit,
            deployment=self._deployment,
            config=self._config,
            below=below,
        )

    @cached_property
    def events(self) -> "EventServices":
        from chalicelib.inventory.events.services import EventServices

        return EventServices(
            clock=self._clock,
            deployment=self._deployment,
            accounts=self.accounts,
            resources=self.resources,
            refresh=lambda: self.refresh,
            accounts_changed=self.account_services.tell_changed,
            take_deny=lambda event: self.denies.take_deny.take(event),  # noqa: PLW0108 made when it is needed
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
    def pages(self) -> "PageServices":
        from chalicelib.inventory.pages.services import Below, PageServices

        return PageServices(
            clock=self._clock,
            deployment=self._deployment,
            config=self._config,
            access=self._access,
            hooks=self._hooks,
            below=Below(
                objects=self._objects,
                accounts=self.accounts,
                resources=self.resources,
                scopes=self._scopes,
                refresh=lambda: self.refresh,
            ),
        )

    @cached_property
    def denies(self) -> "DenyServices":
        from chalicelib.inventory.denies.services import DenyServices

        return DenyServices(
            clock=self._clock,
            configuration=self._configuration,
            aws=self._aws,
            accounts=self.accounts,
            resources=self.resources,
            news=self._news,
            notifications=self._notifications,
        )

    @cached_property
    def search(self) -> "SearchResources":
        from chalicelib.access.models import CredentialsConfig
        from chalicelib.inventory.search.current import CurrentIndex
        from chalicelib.inventory.search.search_resources import SearchResources

        return SearchResources(
            CurrentIndex(news=self._news, objects=self._objects, accounts=self.accounts, clock=self._clock),
            self._configuration.section("credentials", CredentialsConfig).applications,
            self._deployment.regions,
        )

    @cached_property
    def complete_actions(self) -> "CompleteActions":
        from chalicelib.inventory.search.actions import CompleteActions, known_actions

        return CompleteActions(known_actions)

    @cached_property
    def publish_search(self) -> "PublishSearch":
        from chalicelib.inventory.search.publish import PublishSearch
        from chalicelib.inventory.search.source import InventoryRows

        rows = InventoryRows(accounts=self.accounts, resources=self.resources, errors=self.denies.store.totals)
        return PublishSearch(
            news=self._news, objects=self._objects, rows=rows.all, accounts=rows.accounts, clock=self._clock
        )

    @cached_property
    def list_roles(self) -> "ListRoles":
        from chalicelib.inventory.list_roles import ListRoles

        return ListRoles(accounts=self.accounts, resources=self.resources, clock=self._clock)
