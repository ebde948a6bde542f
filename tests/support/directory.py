"""A directory whose sources say what the test wants, over the test's own tables and sessions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.audit.models import AuditEntry
from chalicelib.audit.store import AuditLog
from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.core.errors import AppError, Upstream
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.carry_out import CarryOut
from chalicelib.identity.directory.models import DirectoryConfig, Person, PersonRecord, SyncReport
from chalicelib.identity.directory.people import PeopleStore
from chalicelib.identity.directory.store import DirectoryStore
from chalicelib.identity.directory.sync_directory import SyncDirectory
from chalicelib.identity.models import Session, SessionsConfig
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import SessionStore
from tests.support.clock import START, FrozenClock
from tests.support.keys import HeldKeys


def record(source: str = "hr", user: str = "ada@example.com", *groups: str, **more: Any) -> PersonRecord:
    base: dict[str, Any] = {"observed_at": START}
    return PersonRecord(source=source, user=user, groups=frozenset(groups), **(base | more))


@dataclass
class FakeSource:
    """Passes for any source: whole, or broken after so many users or groups."""

    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """User to groups."""
    suspended: set[str] = field(default_factory=set)
    empty_groups: set[str] = field(default_factory=set)
    users_before_failure: int | None = None
    groups_before_failure: int | None = None
    failure: AppError = field(default_factory=lambda: Upstream("it broke off"))

    def users(self) -> Iterator[DirectoryUser]:
        for number, name in enumerate(self.people):
            if number == self.users_before_failure:
                raise self.failure
            yield DirectoryUser(name=name, suspended=name in self.suspended)
        if self.users_before_failure == len(self.people):
            raise self.failure

    def groups(self) -> Iterator[DirectoryGroup]:
        names = sorted({group for groups in self.people.values() for group in groups} | self.empty_groups)
        for number, name in enumerate(names):
            if number == self.groups_before_failure:
                raise self.failure
            members = frozenset(user for user, groups in self.people.items() if name in groups)
            yield DirectoryGroup(name=name, members=members)


@dataclass
class DirectoryWorld:
    clock: FrozenClock
    config: DirectoryConfig
    sources: dict[str, FakeSource]
    told: list[frozenset[str]] = field(default_factory=list)
    telling: Callable[[frozenset[str]], None] = lambda _: None

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As a new process: nothing but the tables is left."""
        self.audit = AuditLog(self.clock)
        self.store = DirectoryStore()
        self.people = PeopleStore(self.clock, self.config, self._tell)
        self.sessions = SessionService(
            store=SessionStore(self.clock),
            people=self.people,
            keys=HeldKeys({"new": "n" * 40}),
            audit=self.audit,
            config=SessionsConfig(),
            public_url="https://consoleme.example",
            clock=self.clock,
        )
        self.carry_out = CarryOut(store=self.store, people=self.people, sessions=self.sessions, audit=self.audit)
        self.sync = SyncDirectory(
            config=self.config,
            open_source=self.sources.__getitem__,
            store=self.store,
            names=self.people.names,
            carry_out=self.carry_out,
            audit=self.audit,
            clock=self.clock,
            workers=1,
        )

    def _tell(self, names: frozenset[str]) -> None:
        self.telling(names)
        self.told.append(names)

    def run(self) -> SyncReport:
        """One run, a second after whatever was before."""
        self.clock.advance(1)
        return self.sync.run()

    def sign_in(self, user: str, *groups: str, method: str = "oidc") -> None:
        self.sessions.start(
            user=user, groups=frozenset(groups), kind=SessionKind.WEB, method=method, address="198.51.100.7"
        )

    def live(self, user: str) -> list[Session]:
        return list(self.sessions.of(user))

    def person(self, user: str) -> Person:
        found = self.people.find(user)
        assert found is not None
        return found

    def entries(self, target: str) -> list[AuditEntry]:
        """Newest first."""
        return [link.entry for link in self.audit.of_target(target)]


def world(clock: FrozenClock, *sources: str, **config: Any) -> DirectoryWorld:
    """Of the given sources, each empty."""
    names = sources or ("hr",)
    section = DirectoryConfig.model_validate({"sources": names, **config})
    return DirectoryWorld(clock, section, {name: FakeSource() for name in names})
