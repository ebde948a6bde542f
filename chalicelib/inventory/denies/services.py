"""The denies' part of the composition root."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.accounts.store import AccountStore
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.inventory.denies.models import DeniesConfig
    from chalicelib.inventory.denies.store import DenyStore
    from chalicelib.inventory.denies.take_deny import TakeDeny
    from chalicelib.inventory.denies.tell_owner import TellOwner
    from chalicelib.inventory.denies.tell_search import TellSearch
    from chalicelib.inventory.search.news_store import NewsStore
    from chalicelib.inventory.store import ResourceStore
    from chalicelib.notifications.services import NotificationServices


class DenyServices:
    def __init__(
        self,
        *,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        accounts: "AccountStore",
        resources: "ResourceStore",
        news: "NewsStore",
        notifications: "NotificationServices",
    ) -> None:
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._accounts = accounts
        self._resources = resources
        self._news = news
        self._notifications = notifications

    @cached_property
    def config(self) -> "DeniesConfig":
        from chalicelib.inventory.denies.models import DeniesConfig

        return self._configuration.section("denies", DeniesConfig)

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def store(self) -> "DenyStore":
        from chalicelib.inventory.denies.store import DenyStore

        return DenyStore(self._clock, self.config.keep_days)

    @cached_property
    def _tell_search(self) -> "TellSearch":
        from chalicelib.inventory.denies.tell_search import TellSearch

        return TellSearch(store=self.store, resources=self._resources, tell=self._news.tell)

    @cached_property
    def _tell_owner(self) -> "TellOwner":
        from chalicelib.inventory.denies.tell_owner import TellOwner

        return TellOwner(
            post=self._notifications.store,
            owner_of=self._owner_of,
            knows=self._notifications.knows,
            config=self.config,
            keep_hours=self._notifications.config.keep_hours,
        )

    def _owner_of(self, arn: str) -> str | None:
        found = self._resources.look(arn)
        return found[1].owner if found else None

    @cached_property
    def take_deny(self) -> "TakeDeny":
        from chalicelib.aws.spoke_read import SpokeReader
        from chalicelib.inventory.denies.decode import DecodeMessage
        from chalicelib.inventory.denies.take_deny import TakeDeny

        return TakeDeny(
            store=self.store,
            decode=DecodeMessage(SpokeReader(self._aws, self._deployment)),
            knows_account=lambda account_id: self._accounts.find(account_id) is not None,
            tell_search=self._tell_search.tell,
            notify=self._tell_owner.tell,
            config=self.config,
            clock=self._clock,
        )
