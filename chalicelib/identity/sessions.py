"""Sessions: a signed token that names a row. The token shows who it was made for; the row says whether it still counts."""

from collections.abc import Mapping
from contextlib import suppress

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Conflict, Forbidden, NotAuthenticated, NotFound
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, Principal, SessionKind, fold
from chalicelib.identity.models import Session, SessionsConfig, SessionToken
from chalicelib.identity.store import PeopleStore, SessionStore
from chalicelib.identity.tokens import Keys, Tokens

_SYSTEM = "system:identity"
_LONGEST_ID = 40
"""Letters; an id of ours has 26, and a key in DynamoDB has a limit."""


class SessionService:
    def __init__(
        self,
        *,
        store: SessionStore,
        people: PeopleStore,
        keys: Keys,
        audit: AuditLog,
        config: SessionsConfig,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._people = people
        self._audit = audit
        self._config = config
        self._clock = clock
        self._tokens = Tokens(keys=keys, config=config, public_url=public_url, clock=clock)

    @property
    def cookie_name(self) -> str:
        return self._tokens.cookie_name

    @property
    def secure(self) -> bool:
        return self._tokens.secure

    def start(  # noqa: PLR0913 keywords, nearly each of them a field of the row
        self,
        *,
        user: str,
        groups: frozenset[str],
        kind: SessionKind,
        method: str,
        address: str,
        client: str = "",
        sign_out: Mapping[str, str] | None = None,
        note_groups: bool = True,
        no_later_than: int | None = None,
    ) -> SessionToken:
        """Begins a session for a person who was just authenticated by `method`, and notes their groups in the directory, unless
        it is the directory that told them. The session gets the groups that the directory lets count, and ends no later than the
        epoch second `no_later_than`, however often it is renewed.

        Raises Forbidden for a person who is suspended, or not known where only known people may come in. The directory is read
        after the row was written: whoever suspends writes the word first and ends the person's sessions then, so that one of the
        two always sees the other.
        """
        session = self._new(fold(user), frozenset(map(fold, groups)), kind, method).model_copy(
            update={"address": address, "client": client, "sign_out": dict(sign_out or {})}
        )
        if no_later_than is not None:
            ends = {"expires_at": session.expires_at, "ends_at": session.ends_at}
            session = session.model_copy(update={name: min(at, no_later_than) for name, at in ends.items()})
        person = self._people.saw(session.user, session.groups, method, note_groups=note_groups)
        session = session.model_copy(update={"groups": person.groups})
        self._store.add(session)
        try:
            self._hear_the_directory(session)
            self._record("session.start", session, by=str(Principal.user(session.user)))
        except AppError:
            with suppress(Conflict):
                self._store.end(session.user, session.session_id)
            raise
        return self._tokens.issue(session)

    def _new(self, user: str, groups: frozenset[str], kind: SessionKind, method: str) -> Session:
        now = self._clock.now()
        if kind is SessionKind.WEB:
            life, longest = self._config.web_minutes * 60, self._config.web_max_hours * 3600
        else:
            life = longest = self._config.cli_hours * 3600
        return Session(
            session_id=ulid(),
            user=user,
            groups=groups,
            kind=kind,
            method=method,
            address="",
            created_at=now,
            renewed_at=now,
            expires_at=now + life,
            ends_at=now + longest,
        )

    def _hear_the_directory(self, session: Session) -> None:
        """What it said while the session was begun: a suspension refuses, groups that it took away are lost."""
        person = self._people.find(session.user)
        if person is not None and person.speaks and (lost := session.groups - person.groups):
            self._store.drop_groups(session.session_id, lost)
        if person is not None and person.suspended:
            refused = Forbidden(f"{session.user} is suspended in the directory.", reason="suspended")
            by = str(Principal.user(session.user))
            self._record("session.start", session, by=by, outcome=Outcome.REFUSED, reason=refused.message)
            raise refused

    def read(self, token: str, address: str) -> Caller:
        """Who the token was made for; the row is not read. Raises NotAuthenticated."""
        return self._tokens.read(token, address)

    def live(self, caller: Caller) -> Caller:
        """The caller, if the session row still stands. One round trip. Raises NotAuthenticated."""
        return confirmed(caller, self._store.find(caller.session_id))

    def renew(self, caller: Caller) -> SessionToken | None:
        """A new token for a web session that is in the second half of its life, up to its longest; else None.

        A session that was ended meanwhile is not revived: the row is only changed, never written.
        """
        life, now = self._config.web_minutes * 60, self._clock.now()
        if caller.kind is not SessionKind.WEB or now < caller.expires_at - life // 2:
            return None
        session = self._store.find(caller.session_id)
        if session is None:
            return None
        expires_at = min(now + life, session.ends_at)
        if expires_at <= session.expires_at:
            return None
        try:
            self._store.renew(session, expires_at)
        except Conflict:
            return None
        # Groups that the row has lost since the caller was confirmed are not in the row that was read.
        renewed = {"renewed_at": now, "expires_at": expires_at, "groups": session.groups & caller.groups}
        return self._tokens.issue(session.model_copy(update=renewed))

    def of(self, user: str) -> tuple[Session, ...]:
        """The sessions of a person that stand, the newest first."""
        return self._store.of(fold(user))

    def end(self, session_id: str) -> Session | None:
        """Signs out of one session, and gives it back; None when it had ended already."""
        session = self._store.find(session_id)
        if session is None:
            return None
        try:
            self._store.end(session.user, session_id)
        except Conflict:
            return None
        self._record("session.end", session, by=str(Principal.user(session.user)))
        return session

    def revoke(self, user: str, session_id: str, *, by: Caller) -> None:
        """Ends a session of `user`. Raises NotFound when they have none of that id."""
        session = self._store.find(session_id) if len(session_id) <= _LONGEST_ID else None
        if session is None or session.user != fold(user):
            raise NotFound(f"{fold(user)} has no session {session_id[:40]}: it may have ended already.")
        with suppress(Conflict):
            self._store.end(session.user, session_id)
        self._record("session.revoke", session, by=str(Principal.user(by.user)))

    def end_all(self, user: str, *, keep: str | None = None, by: str = _SYSTEM) -> int:
        """Ends every session of a person at once but `keep`; how many stood. `by` is a principal or `system:<task>`."""
        name = fold(user)
        standing = sum(session.session_id != keep for session in self._store.of(name))
        self._store.end_all(name, keep=keep)
        details: dict[str, str | int | bool | None] = {"sessions": standing, "kept": keep}
        self._audit.record(
            AuditEntry(
                action="session.revoke",
                person=by,
                target=str(Principal.user(name)),
                outcome=Outcome.DONE,
                reason="all sessions",
                details=details,
            )
        )
        return standing

    def narrow(self, user: str, groups: frozenset[str]) -> int:
        """Takes from each of a person's sessions all groups but these; how many lost some. It counts at their next request."""
        kept, narrowed = frozenset(map(fold, groups)), 0
        for session in self._store.of(fold(user)):
            if lost := session.groups - kept:
                with suppress(Conflict):
                    self._store.drop_groups(session.session_id, lost)
                    narrowed += 1
        return narrowed

    def _record(
        self, action: str, session: Session, *, by: str, outcome: Outcome = Outcome.DONE, reason: str = ""
    ) -> None:
        self._audit.record(
            AuditEntry(
                action=action,
                person=by,
                target=str(Principal.user(session.user)),
                outcome=outcome,
                reason=reason,
                details={
                    "session": session.session_id,
                    "kind": session.kind.value,
                    "method": session.method,
                    "address": session.address,
                    "client": session.client,
                },
            )
        )


def confirmed(caller: Caller, session: Session | None) -> Caller:
    """The caller as both token and row say: groups that the row has lost are lost at once. Raises NotAuthenticated."""
    if session is None or session.user != caller.user or session.kind is not caller.kind:
        raise NotAuthenticated("The session has ended. Sign in again.", reason="session_ended")
    return Caller(
        user=session.user,
        groups=caller.groups & session.groups if caller.groups_known else session.groups,
        session_id=session.session_id,
        kind=session.kind,
        expires_at=min(caller.expires_at, session.expires_at),
        address=caller.address,
        live=True,
    )
