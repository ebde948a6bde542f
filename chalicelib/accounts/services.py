"""The accounts' part of the composition root: the inventory holds one of these."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.accounts.accounts_changed import AccountsChanged
    from chalicelib.accounts.facts_store import FactsStore
    from chalicelib.accounts.list_accounts import ListAccounts
    from chalicelib.accounts.models import AccountsConfig, OrganizationConfig
    from chalicelib.accounts.organizations_store import TreeStore
    from chalicelib.accounts.read_account import ReadAccount
    from chalicelib.accounts.show_policies import ShowPolicies
    from chalicelib.accounts.sources.organizations import OrganizationAccounts
    from chalicelib.accounts.store import AccountStore
    from chalicelib.accounts.sync_policies import SyncPolicies
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.scopes import Scopes
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.plugins.calls import Calls


class AccountServices:
    def __init__(
        self, *, settings: Settings, clock: Clock, configuration: "Configuration", aws: "Sessions", hooks: "Calls"
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._hooks = hooks

    @cached_property
    def config(self) -> "AccountsConfig":
        from chalicelib.accounts.models import AccountsConfig

        return self._configuration.section("accounts", AccountsConfig)

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def scopes(self) -> "Scopes":
        from chalicelib.db.scopes import Scopes

        return Scopes()

    @cached_property
    def store(self) -> "AccountStore":
        from chalicelib.accounts.store import AccountStore

        return AccountStore()

    @cached_property
    def facts(self) -> "FactsStore":
        from chalicelib.accounts.facts_store import FactsStore

        return FactsStore()

    @cached_property
    def read_account(self) -> "ReadAccount":
        from chalicelib.accounts.read_account import ReadAccount
        from chalicelib.aws.spoke_read import SpokeReader

        return ReadAccount(
            readers=SpokeReader(self._aws, self._deployment),
            store=self.facts,
            regions=self._deployment.regions,
            home=self._settings.region,
            clock=self._clock,
        )

    @cached_property
    def list_accounts(self) -> "ListAccounts":
        from chalicelib.accounts.list_accounts import ListAccounts
        from chalicelib.accounts.sources.current_account import CurrentAccount
        from chalicelib.accounts.sources.plugins import PluginAccounts
        from chalicelib.accounts.sources.static import StaticAccounts

        return ListAccounts(
            config=self.config,
            sources={
                "organizations": [self._organization_accounts(one) for one in self.config.organizations],
                "static": [StaticAccounts(self.config.static)],
                "plugins": [PluginAccounts(self._hooks)],
                "current_account": [CurrentAccount(self._deployment.hub.account_id)],
            },
            store=self.store,
            scopes=self.scopes,
            clock=self._clock,
        )

    @cached_property
    def trees(self) -> "TreeStore":
        from chalicelib.accounts.organizations_store import TreeStore

        return TreeStore()

    @cached_property
    def sync_policies(self) -> "SyncPolicies":
        from chalicelib.accounts.organizations_store import ScpStore
        from chalicelib.accounts.sync_policies import SyncPolicies
        from chalicelib.aws.organizations import Organization

        read = "organizations" in self.config.sources
        return SyncPolicies(
            organizations={
                one.source: Organization(self._aws, one.role_arn) for one in self.config.organizations if read
            },
            store=ScpStore,
            scopes=self.scopes,
            clock=self._clock,
        )

    @cached_property
    def accounts_changed(self) -> "AccountsChanged":
        from chalicelib.accounts.accounts_changed import AccountsChanged
        from chalicelib.aws.functions import Functions

        return AccountsChanged(
            functions=Functions(self._aws, self._settings.function_prefix),
            scopes=self.scopes,
            sources=[one.source for one in self.config.organizations if "organizations" in self.config.sources],
            region=self._settings.region,
            clock=self._clock,
        )

    def tell_changed(self) -> None:
        """For whoever hears of a change in an organisation."""
        self.accounts_changed.run()

    @cached_property
    def show_policies(self) -> "ShowPolicies":
        from chalicelib.accounts.organizations_store import ScpStore
        from chalicelib.accounts.show_policies import ShowPolicies

        return ShowPolicies(accounts=self.store, trees=self.trees, store=ScpStore, scopes=self.scopes)

    def _organization_accounts(self, config: "OrganizationConfig") -> "OrganizationAccounts":
        from chalicelib.accounts.sources.organizations import OrganizationAccounts
        from chalicelib.aws.organizations import Organization

        return OrganizationAccounts(
            Organization(self._aws, config.role_arn),
            name=config.source,
            tags=config.account_tags,
            keep=lambda tree: self.trees.put(tree, self._clock.now()),
        )
