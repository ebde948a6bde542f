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

    from chalicelib.access.services import AccessServices
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SigningKeys
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.db.jobs import Jobs
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.services import IdentityServices
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
    def identity(self) -> "IdentityServices":
        from chalicelib.identity.services import IdentityServices

        return IdentityServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            signing_keys=self.signing_keys,
        )

    @cached_property
    def access(self) -> "AccessServices":
        from chalicelib.access.services import AccessServices

        return AccessServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            audit=self.audit,
            plugins=self.plugins,
        )

    @cached_property
    def inventory(self) -> "InventoryServices":
        from chalicelib.inventory.services import InventoryServices

        return InventoryServices(
            settings=self.settings,
            clock=self.clock,
            configuration=self.configuration,
            aws=self.aws,
            access_store=self.access.store,
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
            permissions=self.identity.permissions,
            audit=self.audit,
        )


@functools.cache
def container() -> Container:
    """The process's one container. A crash forgets it; `container.cache_clear()` is that crash for a test."""
    return Container()
