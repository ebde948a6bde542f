"""The directory's part of identity's composition root."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.audit.store import AuditLog
    from chalicelib.aws.secrets import SecretTexts
    from chalicelib.aws.sessions import Sessions
    from chalicelib.core.directory import DirectorySource
    from chalicelib.identity.directory.carry_out import CarryOut, SessionEnder
    from chalicelib.identity.directory.list_directory import ListDirectory
    from chalicelib.identity.directory.models import DirectoryConfig
    from chalicelib.identity.directory.people import PeopleStore
    from chalicelib.identity.directory.scim.services import ScimServices
    from chalicelib.identity.directory.store import DirectoryStore
    from chalicelib.identity.directory.sync_directory import SyncDirectory
    from chalicelib.plugins.calls import Calls


class DirectoryServices:
    """`sessions` is made when it is asked for: most of what reads the directory never ends a session."""

    def __init__(  # noqa: PLR0913 keywords, what lies below
        self,
        *,
        config: "DirectoryConfig",
        table_prefix: str,
        clock: Clock,
        aws: "Sessions",
        audit: "AuditLog",
        secrets: Callable[[], "SecretTexts"],
        sessions: Callable[[], "SessionEnder"],
        hooks: Callable[[], "Calls"],
    ) -> None:
        self.config = config
        self._table_prefix = table_prefix
        self._clock = clock
        self._aws = aws
        self._audit = audit
        self._secrets = secrets
        self._sessions = sessions
        self._hooks = hooks

    @cached_property
    def store(self) -> "DirectoryStore":
        from chalicelib.identity.directory.store import DirectoryStore

        return DirectoryStore()

    @cached_property
    def people(self) -> "PeopleStore":
        from chalicelib.identity.directory.people import PeopleStore

        return PeopleStore(self._clock, self.config, self._tell)

    def _tell(self, names: frozenset[str]) -> None:
        self._hooks().every("ambiguous_names", object, names=names)

    def _secret(self, end_of_name: str) -> str:
        return self._secrets().text(self._table_prefix + end_of_name)

    def _open_source(self, name: str) -> "DirectorySource":
        from chalicelib.identity.directory.sources.base import Surroundings
        from chalicelib.identity.directory.sources.registry import open_source

        return open_source(name, Surroundings(self.config, self._aws, self._clock, self._secret), self._hooks())

    @cached_property
    def carry_out(self) -> "CarryOut":
        from chalicelib.identity.directory.carry_out import CarryOut

        return CarryOut(store=self.store, people=self.people, sessions=self._sessions(), audit=self._audit)

    @cached_property
    def sync(self) -> "SyncDirectory":
        from chalicelib.identity.directory.sync_directory import SyncDirectory

        return SyncDirectory(
            config=self.config,
            open_source=self._open_source,
            store=self.store,
            names=self.people.names,
            carry_out=self.carry_out,
            audit=self._audit,
            clock=self._clock,
        )

    @cached_property
    def listing(self) -> "ListDirectory":
        from chalicelib.identity.directory.list_directory import ListDirectory
        from chalicelib.identity.directory.models import SIGN_IN
        from chalicelib.identity.directory.names_store import NamesStore

        names = NamesStore([SIGN_IN, *self.config.sources])
        return ListDirectory(store=self.store, names=names, config=self.config)

    @cached_property
    def scim(self) -> "ScimServices":
        from chalicelib.identity.directory.models import SCIM
        from chalicelib.identity.directory.scim.services import ScimServices

        return ScimServices(
            switched_on=SCIM in self.config.sources,
            secret=self._secret,
            directory=self.store,
            carry_out=lambda: self.carry_out,
            audit=self._audit,
            clock=self._clock,
        )
