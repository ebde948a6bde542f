"""Somebody at a browser and at a command line, on addresses that no other test has."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from chalicelib.audit.models import AuditEntry
from chalicelib.audit.store import AuditLog
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.identity.challenge_store import ChallengeStore
from chalicelib.identity.challenges import Asked, Challenges, Poll
from chalicelib.identity.models import SessionsConfig
from chalicelib.identity.sessions import SessionService
from chalicelib.identity.store import SessionStore
from tests.support.clock import FrozenClock
from tests.support.sessions import session_service

_NUMBERS = count()


@dataclass
class World:
    """A person, their browser, their command line, and what judges between them."""

    name: str
    here: str
    clock: FrozenClock
    sessions: SessionService
    challenges: Challenges

    def browser(self, name: str = "", address: str = "", *groups: str) -> Caller:
        token = self.sessions.start(
            user=name or self.name,
            groups=frozenset(groups or ("engineers",)),
            kind=SessionKind.WEB,
            method="test",
            address=address or self.here,
        )
        return self.sessions.live(self.sessions.read(token.value, address or self.here))

    def ask(self, address: str = "", client: str = "weep/1") -> Asked:
        return self.challenges.ask(self.name, address or self.here, client)

    def answer(self, asked: Asked, who: Caller, *, approve: bool = True) -> None:
        nonce = self.challenges.show(asked.link_token, who).nonce
        self.challenges.answer(asked.link_token, who, nonce, approve=approve)

    def poll(self, asked: Asked, address: str = "") -> Poll:
        return self.challenges.poll(asked.poll_token, address or self.here)

    def recorded(self, action: str) -> list[AuditEntry]:
        links = AuditLog(self.clock).of_target(f"user:{self.name}")
        return [link.entry for link in links if link.entry.action == action]


def world_with(clock: FrozenClock, **config: Any) -> World:
    sessions = session_service(clock, **config)
    challenges = Challenges(
        store=ChallengeStore(clock),
        session_store=SessionStore(clock),
        sessions=sessions,
        audit=AuditLog(clock),
        config=SessionsConfig.model_validate(config),
        clock=clock,
    )
    return World(f"{ulid().lower()}@example.com", f"198.18.{next(_NUMBERS)}.7", clock, sessions, challenges)
