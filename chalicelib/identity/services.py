"""Identity's part of the composition root: `bootstrap` makes one of these and hands it what lies below."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SecretTexts, SigningKeys
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.deployment import Deployment
    from chalicelib.core.hooks import Identity, SignInRequest
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.identity.challenges import Challenges
    from chalicelib.identity.directory.services import DirectoryServices
    from chalicelib.identity.models import SessionsConfig, SiteConfig
    from chalicelib.identity.permissions import Permissions
    from chalicelib.identity.sessions import SessionService
    from chalicelib.identity.sign_in import SignIn
    from chalicelib.identity.store import PeopleStore, SessionStore
    from chalicelib.plugins.calls import Calls


class IdentityServices:
    def __init__(  # noqa: PLR0913 keywords, each what identity stands on
        self,
        *,
        settings: Settings,
        clock: Clock,
        configuration: "Configuration",
        signing_keys: "SigningKeys",
        audit: "AuditLog",
        aws: "Sessions",
        hooks: Callable[[], "Calls"],
        account_of: Callable[[str], str | None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._configuration = configuration
        self._signing_keys = signing_keys
        self._audit = audit
        self._aws = aws
        self._hooks = hooks
        self._account_of = account_of

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
    def directory(self) -> "DirectoryServices":
        from chalicelib.identity.directory.models import DirectoryConfig
        from chalicelib.identity.directory.services import DirectoryServices

        return DirectoryServices(
            config=self._configuration.section("directory", DirectoryConfig),
            table_prefix=self._settings.table_prefix,
            clock=self._clock,
            aws=self._aws,
            audit=self._audit,
            secrets=lambda: self.secrets,
            sessions=lambda: self.sessions,
            hooks=self._hooks,
        )

    @property
    def people(self) -> "PeopleStore":
        return self.directory.people

    @cached_property
    def sessions(self) -> "SessionService":
        from chalicelib.identity.sessions import SessionService

        return SessionService(
            store=self.session_store,
            people=self.people,
            keys=self._signing_keys,
            audit=self._audit,
            config=self.config,
            public_url=self._settings.public_url,
            clock=self._clock,
        )

    @cached_property
    def secrets(self) -> "SecretTexts":
        from chalicelib.aws.secrets import SecretTexts

        return SecretTexts(self._aws, self._clock)

    def _sign_in_secret(self, name: str) -> str:
        """Raises Misconfigured for a secret outside the one place of which the API's role may read."""
        from chalicelib.core.errors import Misconfigured

        place = f"{self._settings.table_prefix}sign-in-"
        if not name.startswith(place):
            raise Misconfigured(f"The secret {name} must be called {place}..., or the API's role can't read it.")
        return self.secrets.text(name)

    @cached_property
    def sign_in(self) -> "SignIn":
        from chalicelib.identity.groups import GroupHooks
        from chalicelib.identity.methods.base import Surroundings
        from chalicelib.identity.methods.registry import FullDeployment, used_methods
        from chalicelib.identity.sign_in import SignIn
        from chalicelib.identity.sign_in_store import SignInStore

        deployment = self._configuration.section("deployment", FullDeployment)
        store = SignInStore(self._clock)
        surroundings = Surroundings(
            self._settings.public_url, self._clock, self._sign_in_secret, store.use_once, self._identify
        )
        return SignIn(
            methods=used_methods(deployment, surroundings),
            store=store,
            sessions=self.sessions,
            people=self.people,
            groups_of=GroupHooks(self._hooks),
            public_url=self._settings.public_url,
            clock=self._clock,
        )

    def _identify(self, request: "SignInRequest") -> "Identity | None":
        from chalicelib.core.hooks import Identity

        said = self._hooks().first("identify", Identity, request=request)
        return said.answer if said else None

    @cached_property
    def permissions(self) -> "Permissions":
        from chalicelib.accounts.store import AccountStore
        from chalicelib.identity.permissions import Permissions
        from chalicelib.identity.rules import Rulebook
        from chalicelib.identity.scopes import GroupsConfig, VisibilityConfig

        book = Rulebook(
            groups=self._configuration.section("groups", GroupsConfig),
            administrators=self._deployment.administrators,
            visibility=self._configuration.section("visibility", VisibilityConfig),
        )
        return Permissions(
            book=book, people=self.people, accounts=AccountStore(), clock=self._clock, account_of=self._account_of
        )

    @cached_property
    def challenges(self) -> "Challenges":
        from chalicelib.identity.challenge_store import ChallengeStore
        from chalicelib.identity.challenges import Challenges

        return Challenges(
            store=ChallengeStore(self._clock),
            session_store=self.session_store,
            sessions=self.sessions,
            audit=self._audit,
            config=self.config,
            clock=self._clock,
        )

    @cached_property
    def site(self) -> "SiteConfig":
        from chalicelib.identity.models import SiteConfig

        return self._configuration.section("site", SiteConfig)
