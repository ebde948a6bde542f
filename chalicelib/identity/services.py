"""Identity's part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.aws.secrets import SigningKeys
    from chalicelib.core.deployment import Deployment
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.challenges import Challenges
    from chalicelib.identity.models import SessionsConfig, SiteConfig
    from chalicelib.identity.permissions import Permissions
    from chalicelib.identity.sessions import SessionService
    from chalicelib.identity.store import PeopleStore, SessionStore


class IdentityServices:
    def __init__(
        self, *, settings: Settings, clock: Clock, configuration: "Configuration", signing_keys: "SigningKeys"
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._signing_keys = signing_keys

    @cached_property
    def _deployment(self) -> "Deployment":
        from chalicelib.core.deployment import Deployment

        return self._configuration.section("deployment", Deployment)

    @cached_property
    def config(self) -> "SessionsConfig":
        from chalicelib.identity.models import SessionsConfig

        return self._configuration.section("sessions", SessionsConfig)

    @cached_property
    def session_store(self) -> "SessionStore":
        from chalicelib.identity.store import SessionStore

        return SessionStore(self._clock)

    @cached_property
    def people(self) -> "PeopleStore":
        from chalicelib.identity.store import PeopleStore

        return PeopleStore(self._clock)

    @cached_property
    def sessions(self) -> "SessionService":
        from chalicelib.identity.sessions import SessionService

        return SessionService(
            store=self.session_store,
            people=self.people,
            keys=self._signing_keys.all,
            config=self.config,
            public_url=self._settings.public_url,
            clock=self._clock,
        )

    @cached_property
    def permissions(self) -> "Permissions":
        from chalicelib.identity.models import GroupsConfig
        from chalicelib.identity.permissions import Permissions

        return Permissions(
            groups=self._configuration.section("groups", GroupsConfig),
            administrators=self._deployment.administrators,
            people=self.people,
            clock=self._clock,
        )

    @cached_property
    def challenges(self) -> "Challenges":
        from chalicelib.identity.challenges import Challenges

        return Challenges(store=self.session_store, sessions=self.sessions, config=self.config, clock=self._clock)

    @cached_property
    def site(self) -> "SiteConfig":
        from chalicelib.identity.models import SiteConfig

        return self._configuration.section("site", SiteConfig)
