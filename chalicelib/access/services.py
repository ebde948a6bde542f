"""Access's part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    import pluggy

    from chalicelib.access.console_sign_in import ConsoleSignIn
    from chalicelib.access.eligibility import EligibleRoles
    from chalicelib.access.issue_credentials import CredentialBroker
    from chalicelib.access.models import AuthorizationConfig, ConsoleConfig, CredentialsConfig
    from chalicelib.access.store import AccessStore
    from chalicelib.access.update_map import UpdateMap
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.dynamic_config.document import Configuration


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
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._aws = aws
        self._audit = audit
        self._plugins = plugins

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def authorization_config(self) -> "AuthorizationConfig":
        from chalicelib.access.models import AuthorizationConfig

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

        return UpdateMap(store=self.store, clock=self._clock)

    @cached_property
    def eligible_roles(self) -> "EligibleRoles":
        from chalicelib.access.eligibility import EligibleRoles

        return EligibleRoles(
            store=self.store,
            aws=self._aws,
            deployment=self._deployment,
            config=self.authorization_config,
            clock=self._clock,
        )

    @cached_property
    def broker(self) -> "CredentialBroker":
        from chalicelib.access.issue_credentials import CredentialBroker

        return CredentialBroker(
            roles=self.eligible_roles,
            aws=self._aws,
            audit=self._audit,
            plugins=self._plugins,
            deployment=self._deployment,
            config=self.credentials_config,
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
