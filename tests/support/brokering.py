"""A deployment that hands out credentials, with a configuration of the test's own and an STS that does as it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from chalicelib import settings
from chalicelib.access.console_sign_in import ConsoleSignIn
from chalicelib.access.issue_credentials import CredentialBroker
from chalicelib.access.rights import AccountFreshness
from chalicelib.audit.models import AuditEntry, ChainedEntry
from chalicelib.audit.store import AuditRow
from chalicelib.aws.assume_role import AssumeRole
from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.bootstrap import Container
from chalicelib.core.errors import AppError
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.db.base import Table
from chalicelib.identity.store import SessionStore
from tests.support.aws import HUB, aws_tables
from tests.support.builders import ACCOUNT, grant
from tests.support.clock import START, FrozenClock
from tests.support.rights import entitle

NAME = "payments-prod"
LIFE = 3600


@dataclass
class FakeSts:
    """Mints for whoever asks, unless it was told to fail; `slow` seconds pass meanwhile."""

    clock: FrozenClock
    calls: list[AssumeRole] = field(default_factory=list)
    failure: AppError | None = None
    slow: int = 0

    def assume(self, call: AssumeRole) -> IssuedCredentials:
        self.calls.append(call)
        self.clock.advance(self.slow)
        if self.failure is not None:
            raise self.failure
        return IssuedCredentials("ASIAEXAMPLE", self.clock.now() + call.duration, "very-secret", "very-session")


@dataclass
class FakeSignIn:
    """AWS's sign-in endpoint."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)
    failure: AppError | None = None

    def sign_in_url(self, url: str, credentials: IssuedCredentials, *, destination: str, issuer: str) -> str:
        self.asked.append((url, destination, issuer))
        if self.failure is not None:
            raise self.failure
        return f"{url}?Action=login&SigninToken=token"


@dataclass
class World:
    """One person, `ada`, whom nobody was before, on tables that all worlds share."""

    container: Container
    clock: FrozenClock
    user: str = field(default_factory=lambda: f"{ulid().lower()}@example.com")
    federation: FakeSignIn = field(default_factory=FakeSignIn)

    @cached_property
    def sts(self) -> FakeSts:
        return FakeSts(self.clock)

    @cached_property
    def broker(self) -> CredentialBroker:
        access = self.container.access
        return CredentialBroker(
            roles=access.eligible_roles,
            prepare=access.prepare_session,
            aws=self.sts,
            audit=self.container.audit,
            throttle=SessionStore(self.clock),
            attempts_per_minute=access.credentials_config.attempts_per_minute,
            clock=self.clock,
        )

    @cached_property
    def console(self) -> ConsoleSignIn:
        return ConsoleSignIn(
            broker=self.broker,
            federation=self.federation,
            deployment=self.container.deployment,
            config=self.container.access.console_config,
        )

    def caller(self, *groups: str, kind: SessionKind = SessionKind.CLI) -> Caller:
        sessions = self.container.identity.sessions
        token = sessions.start(
            user=self.user, groups=frozenset(groups), kind=kind, method="test", address="198.51.100.7"
        )
        return sessions.read(token.value, "198.51.100.7")

    def entitle(self, *arns: str, **more: Any) -> None:
        """The person, directly, to roles of accounts that were synced just now."""
        grants = [grant(arn, **more) for arn in arns]
        entitle(self.container.access.store, f"user:{self.user}", *grants, at=self.clock.now())
        self.synced(*{arn.split(":")[4] for arn in arns})

    def synced(self, *accounts: str, seconds_ago: int = 0) -> None:
        moment = self.clock.now() - seconds_ago
        names = {account: NAME if account == ACCOUNT else "" for account in accounts}
        known = {account: AccountFreshness(name=name, synced_at=moment) for account, name in names.items()}
        self.container.access.store.set_fresh(known)

    def entries(self) -> list[AuditEntry]:
        """What was recorded of the person's attempts, in order."""
        mine = AuditRow.scan(AuditRow.person == f"user:{self.user}")
        links = [ChainedEntry.model_validate_json(row.link) for row in mine]
        return [
            link.entry
            for link in sorted(links, key=lambda link: (link.writer, link.number))
            if link.entry.action in {"credentials.issue", "console.sign_in"}
        ]


Worlds = Callable[..., World]


@contextmanager
def worlds(folder: Path) -> Iterator[Worlds]:
    """Makes worlds: `credentials`, `console` and `groups` are the sections of their configuration, `start` is when they begin."""
    with pytest.MonkeyPatch.context() as patches:
        first = folder / "configuration.yaml"
        first.write_text(_document({}), encoding="utf-8")
        with aws_tables(patches, CONSOLEME_CONFIG_FILE=str(first)):

            def make(start: int = START, **sections: Any) -> World:
                file = folder / f"{ulid()}.yaml"
                file.write_text(_document(sections), encoding="utf-8")
                own = settings.load().model_copy(update={"config_file": str(file)})
                clock = FrozenClock(start)
                return World(Container(own, clock), clock)

            yield make
            Table.forget_connection()


def _document(sections: dict[str, Any]) -> str:
    deployment = {"administrators": ["user:root@example.com"], "hub": {"account_id": HUB}}
    return yaml.safe_dump({"deployment": deployment, **sections})
