"""The composition root: one lazy property per service. The only place that wires things together.

Heavy libraries are imported by the property that needs them: importing this module costs nothing at a cold start.
"""

import functools
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock, SystemClock
from chalicelib.settings import Settings, load

if TYPE_CHECKING:
    import pluggy

    from chalicelib.access.console_sign_in import ConsoleSignIn
    from chalicelib.access.eligibility import EligibleRoles
    from chalicelib.access.issue_credentials import CredentialBroker
    from chalicelib.access.models import AuthorizationConfig, ConsoleConfig, CredentialsConfig
    from chalicelib.access.store import AccessStore
    from chalicelib.access.update_map import UpdateMap
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SigningKeys
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.jobs import Jobs
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.challenges import Challenges
    from chalicelib.identity.models import SessionsConfig, SiteConfig
    from chalicelib.identity.permissions import Permissions
    from chalicelib.identity.sessions import SessionService
    from chalicelib.identity.store import PeopleStore, SessionStore
    from chalicelib.inventory.services import InventoryServices
    from chalicelib.requests.services import RequestServices


SECTIONS = (
    "accounts",
    "authorization",
    "console",
    "credentials",
    "deployment",
    "groups",
    "inventory",
    "requests",
    "sessions",
    "site",
)
"""The sections of the configuration document; any other is a misspelling."""


class Container:
    """Everything that a process of the product may need, each made at its first use."""

    def __init__(self, settings: Settings | None = None, clock: Clock | None = None) -> None:
        self.settings = settings or load()
        self.clock: Clock = clock or SystemClock()

    @cached_property
    def configuration(self) -> "Configuration":
        from chalicelib.dynamic_config.document import Configuration

        return Configuration.from_file(self.settings.config_file, SECTIONS)

    @cached_property
    def deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self.configuration.section("deployment", Deployment)

    @cached_property
    def authorization_config(self) -> "AuthorizationConfig":
        from chalicelib.access.models import AuthorizationConfig

        return self.configuration.section("authorization", AuthorizationConfig)

    @cached_property
    def credentials_config(self) -> "CredentialsConfig":
        from chalicelib.access.models import CredentialsConfig

        return self.configuration.section("credentials", CredentialsConfig)

    @cached_property
    def console_config(self) -> "ConsoleConfig":
        from chalicelib.access.models import ConsoleConfig

        return self.configuration.section("console", ConsoleConfig)

    @cached_property
    def sessions_config(self) -> "SessionsConfig":
        from chalicelib.identity.models import SessionsConfig

        return self.configuration.section("sessions", SessionsConfig)

    @cached_property
    def plugins(self) -> "pluggy.PluginManager":
        from chalicelib.plugins.manager import load_plugins

        return load_plugins(self.settings.plugins)

    @cached_property
    def aws(self) -> "Sessions":
        from chalicelib.aws.sessions import Sessions

        return Sessions(
            clock=self.clock,
            region=self.settings.region,
            endpoint_url=self.settings.aws_endpoint_url,
            states_endpoint_url=self.settings.states_endpoint_url,
        )

    @cached_property
    def jobs(self) -> "Jobs":
        from chalicelib.db.jobs import Jobs

        return Jobs(self.clock)

    @cached_property
    def audit(self) -> "AuditLog":
        from chalicelib.audit.store import AuditLog

        return AuditLog(self.clock)

    @cached_property
    def signing_keys(self) -> "SigningKeys":
        from chalicelib.aws.secrets import SigningKeys

        return SigningKeys(self.aws, self.settings.session_secret, self.clock)

    @cached_property
    def session_store(self) -> "SessionStore":
        from chalicelib.identity.store import SessionStore

        return SessionStore(self.clock)

    @cached_property
    def people(self) -> "PeopleStore":
        from chalicelib.identity.store import PeopleStore

        return PeopleStore(self.clock)

    @cached_property
    def sessions(self) -> "SessionService":
        from chalicelib.identity.sessions import SessionService

        return SessionService(
            store=self.session_store,
            people=self.people,
            keys=self.signing_keys.all,
            config=self.sessions_config,
            public_url=self.settings.public_url,
            clock=self.clock,
        )

    @cached_property
    def permissions(self) -> "Permissions":
        from chalicelib.identity.models import GroupsConfig
        from chalicelib.identity.permissions import Permissions

        return Permissions(
            groups=self.configuration.section("groups", GroupsConfig),
            administrators=self.deployment.administrators,
            people=self.people,
            clock=self.clock,
        )

    @cached_property
    def access_store(self) -> "AccessStore":
        from chalicelib.access.store import AccessStore

        return AccessStore(self.clock)

    @cached_property
    def update_map(self) -> "UpdateMap":
        from chalicelib.access.update_map import UpdateMap

        return UpdateMap(store=self.access_store, clock=self.clock)

    @cached_property
    def inventory(self) -> "InventoryServices":
        from chalicelib.inventory.services import InventoryServices

        return InventoryServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            access_store=self.access_store,
            audit=self.audit,
        )

    @cached_property
    def requests(self) -> "RequestServices":
        from chalicelib.requests.models import RequestsConfig
        from chalicelib.requests.services import RequestServices

        return RequestServices(
            settings=self.settings,
            clock=self.clock,
            config=self.configuration.section("requests", RequestsConfig),
            deployment=self.deployment,
            aws=self.aws,
            permissions=self.permissions,
            audit=self.audit,
        )

    @cached_property
    def eligible_roles(self) -> "EligibleRoles":
        from chalicelib.access.eligibility import EligibleRoles

        return EligibleRoles(
            store=self.access_store,
            aws=self.aws,
            deployment=self.deployment,
            config=self.authorization_config,
            clock=self.clock,
        )

    @cached_property
    def broker(self) -> "CredentialBroker":
        from chalicelib.access.issue_credentials import CredentialBroker

        return CredentialBroker(
            roles=self.eligible_roles,
            aws=self.aws,
            audit=self.audit,
            plugins=self.plugins,
            deployment=self.deployment,
            config=self.credentials_config,
            clock=self.clock,
        )

    @cached_property
    def console(self) -> "ConsoleSignIn":
        from chalicelib.access.console_sign_in import ConsoleSignIn
        from chalicelib.aws.federation import FederationEndpoint

        return ConsoleSignIn(
            broker=self.broker,
            federation=FederationEndpoint(),
            deployment=self.deployment,
            config=self.console_config,
        )

    @cached_property
    def challenges(self) -> "Challenges":
        from chalicelib.identity.challenges import Challenges

        return Challenges(
            store=self.session_store, sessions=self.sessions, config=self.sessions_config, clock=self.clock
        )

    @cached_property
    def site(self) -> "SiteConfig":
        from chalicelib.identity.models import SiteConfig

        return self.configuration.section("site", SiteConfig)


@functools.cache
def container() -> Container:
    """The process's one container. A crash forgets it; `container.cache_clear()` is that crash for a test."""
    return Container()
