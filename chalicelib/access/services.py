"""Access's part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    import pluggy

    from chalicelib.access.authorization import AuthorizationConfig
    from chalicelib.access.choose_role import ChooseRole
    from chalicelib.access.console_sign_in import ConsoleSignIn
    from chalicelib.access.eligibility import EligibleRoles
    from chalicelib.access.explain_access import ExplainAccess
    from chalicelib.access.grants import Grants, RoleReader
    from chalicelib.access.issue_credentials import CredentialBroker
    from chalicelib.access.messages import RecomputeMessage
    from chalicelib.access.models import ConsoleConfig, CredentialsConfig
    from chalicelib.access.plugin_claims import PluginClaims
    from chalicelib.access.prepare_session import PrepareSession
    from chalicelib.access.rules import Rulebook
    from chalicelib.access.store import AccessStore
    from chalicelib.access.tell_rights import TellRights
    from chalicelib.access.update_map import UpdateMap
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.decisions import Decision, Permission
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.hooks import MetricSample
    from chalicelib.core.principals import Caller
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.directory.people import PeopleStore


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What access asks of others; when it does, for most functions that need access never do."""

    may: "Callable[[Caller, Permission], Decision]"
    people: "Callable[[], PeopleStore]"
    known_role: "RoleReader"
    recompute: "Callable[[RecomputeMessage], None]"


class AccessServices:
    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        aws: "Sessions",
        audit: "AuditLog",
        plugins: "pluggy.PluginManager",
        elsewhere: Elsewhere,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._audit = audit
        self._plugins = plugins
        self._elsewhere = elsewhere

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def authorization_config(self) -> "AuthorizationConfig":
        from chalicelib.access.authorization import AuthorizationConfig

        return self._configuration.section("authorization", AuthorizationConfig)

    @cached_property
    def credentials_config(self) -> "CredentialsConfig":
        from chalicelib.access.models import CredentialsConfig

        return self._configuration.section("credentials", CredentialsConfig)

    @cached_property
    def console_config(self) -> "ConsoleConfig":
        from chalicelib.access.models import ConsoleConfig

        return self._configuration.section("console", ConsoleConfig)

    @cached_property
    def store(self) -> "AccessStore":
        from chalicelib.access.store import AccessStore

        return AccessStore(self._clock)

    @cached_property
    def update_map(self) -> "UpdateMap":
        from chalicelib.access.update_map import UpdateMap

        return UpdateMap(
            store=self.store,
            names=self._elsewhere.people(),
            recompute=self._elsewhere.recompute,
            exists=lambda arn: self._elsewhere.known_role(arn) is not None,
            clock=self._clock,
        )

    @cached_property
    def rulebook(self) -> "Rulebook":
        from chalicelib.access.rules import Rulebook

        return Rulebook(
            hub=self._deployment.hub,
            spoke=self._deployment.spoke,
            authorization=self.authorization_config,
            credentials=self.credentials_config,
            version=self._configuration.version,
        )

    def newest_version(self) -> int:
        """Of the configuration that is in force by now, which this process may not have seen yet."""
        from chalicelib.dynamic_config.store import ConfigStore

        current = ConfigStore().current()
        return current.number if current else 0

    @cached_property
    def tell_rights(self) -> "TellRights":
        from chalicelib.access.tell_rights import TellRights
        from chalicelib.aws.queues import FifoQueue

        return TellRights(FifoQueue(self._aws, self._settings.authorization_queue_url))

    @cached_property
    def plugin_claims(self) -> "PluginClaims":
        from chalicelib.access.plugin_claims import PluginClaims
        from chalicelib.plugins.calls import Calls

        return PluginClaims(Calls(self._plugins))

    @cached_property
    def grants(self) -> "Grants":
        from chalicelib.access.grants import Grants

        return Grants(
            rights=self.tell_rights,
            roles=self._elsewhere.known_role,
            book=self.rulebook,
            newest=self.newest_version,
            clock=self._clock,
        )

    @cached_property
    def explain(self) -> "ExplainAccess":
        from chalicelib.access.explain_access import ExplainAccess

        return ExplainAccess(store=self.store, people=self._elsewhere.people(), book=self.rulebook, clock=self._clock)

    @cached_property
    def eligible_roles(self) -> "EligibleRoles":
        from chalicelib.access.eligibility import EligibleRoles

        return EligibleRoles(
            store=self.store,
            aws=self._aws,
            book=self.rulebook,
            said=self.plugin_claims.of,
            clock=self._clock,
        )

    @cached_property
    def choose_role(self) -> "ChooseRole":
        from chalicelib.access.choose_role import ChooseRole
        from chalicelib.accounts.store import AccountStore

        def environments() -> dict[str, str | None]:
            return {account: record.account.environment for account, record in AccountStore().all().items()}

        return ChooseRole(
            roles=self.eligible_roles, environments=environments, config=self.credentials_config, clock=self._clock
        )

    @cached_property
    def prepare_session(self) -> "PrepareSession":
        from chalicelib.access.prepare_session import PrepareSession

        return PrepareSession(
            choose=self.choose_role,
            plugins=self._plugins,
            may=self._elsewhere.may,
            deployment=self._deployment,
            config=self.credentials_config,
            clock=self._clock,
        )

    def _measure(self, sample: "MetricSample") -> None:
        from chalicelib.plugins.calls import Calls

        Calls(self._plugins).tolerant("metric", sample=sample)

    @cached_property
    def broker(self) -> "CredentialBroker":
        from chalicelib.access.issue_credentials import CredentialBroker
        from chalicelib.access.measured_audit import MeasuredAudit
        from chalicelib.identity.store import SessionStore

        return CredentialBroker(
            roles=self.eligible_roles,
            prepare=self.prepare_session,
            aws=self._aws,
            audit=MeasuredAudit(self._audit, self._measure),
            throttle=SessionStore(self._clock),
            attempts_per_minute=self.credentials_config.attempts_per_minute,
            clock=self._clock,
        )

    @cached_property
    def console(self) -> "ConsoleSignIn":
        from chalicelib.access.console_sign_in import ConsoleSignIn
        from chalicelib.aws.federation import FederationEndpoint

        return ConsoleSignIn(
            broker=self.broker,
            federation=FederationEndpoint(),
            deployment=self._deployment,
            config=self.console_config,
        )
