"""A session service on the test's own tables, clock and keys."""

from typing import Any

from chalicelib.audit.store import AuditLog
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.identity.directory.models import DirectoryConfig
from chalicelib.identity.models import SessionsConfig, SessionToken
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import PeopleStore, SessionStore
from tests.support.clock import FrozenClock
from tests.support.keys import HeldKeys

KEY = "n" * 40
URL = "https://consoleme.example"


def session_service(
    clock: FrozenClock, *, keys: dict[str, str] | None = None, public_url: str = URL, **config: Any
) -> SessionService:
    return SessionService(
        store=SessionStore(clock),
        people=PeopleStore(clock, DirectoryConfig(sources=("hr",))),
        keys=HeldKeys(keys or {"new": KEY}),
        audit=AuditLog(clock),
        config=SessionsConfig.model_validate(config),
        public_url=public_url,
        clock=clock,
    )


def begun(
    sessions: SessionService, user: str, *groups: str, kind: SessionKind = SessionKind.WEB, client: str = "tests/1"
) -> SessionToken:
    return sessions.start(
        user=user, groups=frozenset(groups), kind=kind, method="test", address="198.51.100.7", client=client
    )


def caller_of(sessions: SessionService, token: SessionToken) -> Caller:
    """As a request with that cookie is served."""
    return sessions.live(sessions.read(token.value, "203.0.113.9"))
