"""The notifications' part of the composition root."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SecretTexts
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.hooks import RequestNotice
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.known_people import Members
    from chalicelib.notifications.audience import Audience
    from chalicelib.notifications.inbox import Inbox
    from chalicelib.notifications.models import EmailConfig, NotificationsConfig, SlackConfig
    from chalicelib.notifications.people_store import PreferenceStore
    from chalicelib.notifications.rules import Known
    from chalicelib.notifications.send import Channel, Sender
    from chalicelib.notifications.slack.linking import Linking
    from chalicelib.notifications.slack.models import Workspace
    from chalicelib.notifications.slack.store import LinkStore
    from chalicelib.notifications.store import NoteStore
    from chalicelib.plugins.calls import Calls


class NotificationServices:
    def __init__(  # noqa: PLR0913 keywords, each what channels stand on
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Callable[[], Sessions]",
        secrets: "Callable[[], SecretTexts]",
        audit: "Callable[[], AuditLog]",
        knows: "Callable[[Iterable[str]], Mapping[str, Known]]",
        hooks: "Callable[[], Calls]",
    ) -> None:
        """`knows` tells as what folded names are known."""
        self._settings = settings
        self._clock = clock
        self._aws = aws
        self._secrets = secrets
        self._audit = audit
        self._configuration = configuration
        self.knows = knows
        self._hooks = hooks

    @cached_property
    def config(self) -> "NotificationsConfig":
        from chalicelib.notifications.models import NotificationsConfig

        return self._configuration.section("notifications", NotificationsConfig)

    @cached_property
    def store(self) -> "NoteStore":
        from chalicelib.notifications.store import NoteStore

        return NoteStore(self._clock)

    @cached_property
    def inbox(self) -> "Inbox":
        from chalicelib.notifications.inbox import Inbox

        return Inbox(self.store, self._clock)

    @cached_property
    def sender(self) -> "Sender":
        from chalicelib.notifications.send import Sender

        return Sender(self._channels())

    def _channels(self) -> "Iterable[Channel]":
        """Those that are used, in the order in which they tell."""
        from chalicelib.notifications.channels.inbox import InboxChannel
        from chalicelib.notifications.channels.plugins import PluginsChannel

        def tell_plugins(notice: "RequestNotice") -> None:
            self._hooks().tolerant("notify", notice=notice)

        yield PluginsChannel(tell_plugins)
        yield InboxChannel(self.store)
        if self.config.slack is not None:
            yield self._slack(self.config.slack)
        if self.config.email is not None:
            yield self._email(self.config.email)

    def _slack(self, config: "SlackConfig") -> "Channel":
        from chalicelib.notifications.channels.slack import SlackChannel
        from chalicelib.notifications.slack.store import PostStore

        return SlackChannel(
            config=config,
            workspace=self.workspace,
            secret=self.slack_secret,
            links=self.links,
            posts=PostStore(self._clock),
            audience=self._audience,
        )

    def _email(self, config: "EmailConfig") -> "Channel":
        from chalicelib.aws.mail import Mailer
        from chalicelib.notifications.channels.email import EmailChannel
        from chalicelib.notifications.people_store import MailedStore

        return EmailChannel(
            config=config,
            mailer=Mailer(self._aws(), config.sender, config.region or ""),
            audience=self._audience,
            mailed=MailedStore(self._clock),
            preferences_url=f"{self._settings.public_url}/preferences",
        )

    @cached_property
    def _audience(self) -> "Audience":
        from chalicelib.notifications.audience import Audience

        return Audience(members=_members, preferences=self.preferences)

    @cached_property
    def preferences(self) -> "PreferenceStore":
        from chalicelib.notifications.people_store import PreferenceStore

        return PreferenceStore()

    @cached_property
    def links(self) -> "LinkStore":
        from chalicelib.notifications.slack.store import LinkStore

        return LinkStore(self._clock)

    @cached_property
    def linking(self) -> "Linking":
        from chalicelib.notifications.slack.linking import Linking

        return Linking(
            config=self.config.slack,
            store=self.links,
            audit=self._audit(),
            public_url=self._settings.public_url,
            clock=self._clock,
        )

    @cached_property
    def workspace(self) -> "Workspace":
        from chalicelib.notifications.slack.api import SlackApi

        return SlackApi(self._settings.slack_api_url, lambda: self._slack_text("token"), self._clock)

    def slack_secret(self) -> str:
        """What Slack signs with, and what seals our buttons. Raises Misconfigured or Upstream."""
        return self._slack_text("signing-secret")

    def _slack_text(self, name: str) -> str:
        return self._secrets().text(f"{self._settings.table_prefix}slack-{name}")


def _members(groups: "Iterable[str]") -> "Members":
    from chalicelib.identity.directory.store import DirectoryStore
    from chalicelib.identity.known_people import KnownPeople

    return KnownPeople(DirectoryStore()).members(groups)
