"""Sessions seen from outside: where somebody is signed in, and ending that."""

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import Caller, Principal, SessionKind, fold
from chalicelib.wire.authentication import Access
from chalicelib.wire.http import Cookie, Reply

api = new_api(__name__)

_LONGEST_USER = 200


class SessionItem(Frozen):
    """Epoch seconds. `client` is the user agent, `current` marks the session that asks."""

    session_id: str
    kind: SessionKind
    method: str
    address: str
    client: str
    created_at: int
    renewed_at: int
    expires_at: int
    current: bool


class SessionList(Frozen):
    """The newest first."""

    user: str
    sessions: tuple[SessionItem, ...]


class Ending(Frozen):
    """`keep_current` spares the session that asks."""

    keep_current: bool = False


class Ended(Frozen):
    """How many sessions were ended."""

    ended: int


@api.endpoint(
    "GET", "/api/v2/sessions", access=Access.SESSION, rule="Everybody who is signed in, about their own sessions."
)
def own_sessions(caller: Caller) -> SessionList:
    """Where you are signed in."""
    return _listed(caller.user, caller)


@api.endpoint(
    "DELETE",
    "/api/v2/sessions",
    access=Access.SESSION,
    rule="Everybody who is signed in, for their own sessions.",
    answers=Ended,
)
def end_own_sessions(query: Ending, caller: Caller) -> Reply:
    """Signs you out everywhere, or everywhere else."""
    return _all_ended(caller.user, caller, keep=caller.session_id if query.keep_current else None)


@api.endpoint(
    "DELETE",
    "/api/v2/sessions/{session_id}",
    access=Access.SESSION,
    rule="Everybody who is signed in, for a session of their own.",
    answers=Ended,
)
def end_own_session(session_id: str, caller: Caller) -> Reply:
    """Ends one of your sessions."""
    return _ended(caller.user, session_id, caller)


@api.endpoint("GET", "/api/v2/sessions/of/{user}", access=Access.SESSION, permission=Permission.MANAGE_SESSIONS)
def sessions_of(user: str, caller: Caller) -> SessionList:
    """Where somebody is signed in."""
    return _listed(user, caller)


@api.endpoint(
    "DELETE", "/api/v2/sessions/of/{user}", access=Access.SESSION, permission=Permission.MANAGE_SESSIONS, answers=Ended
)
def end_sessions_of(user: str, caller: Caller) -> Reply:
    """Signs somebody out everywhere."""
    return _all_ended(user, caller, keep=None)


@api.endpoint(
    "DELETE",
    "/api/v2/sessions/of/{user}/{session_id}",
    access=Access.SESSION,
    permission=Permission.MANAGE_SESSIONS,
    answers=Ended,
)
def end_session_of(user: str, session_id: str, caller: Caller) -> Reply:
    """Ends one session of somebody."""
    return _ended(user, session_id, caller)


def _listed(user: str, caller: Caller) -> SessionList:
    _refuse_long(user)
    sessions = bootstrap.container().identity.sessions.of(user)
    items = (
        SessionItem(
            session_id=session.session_id,
            kind=session.kind,
            method=session.method,
            address=session.address,
            client=session.client,
            created_at=session.created_at,
            renewed_at=session.renewed_at,
            expires_at=session.expires_at,
            current=session.session_id == caller.session_id,
        )
        for session in sessions
    )
    return SessionList(user=fold(user), sessions=tuple(items))


def _ended(user: str, session_id: str, caller: Caller) -> Reply:
    bootstrap.container().identity.sessions.revoke(user, session_id, by=caller)
    return Reply(Ended(ended=1), cookies=_forgotten(current=session_id == caller.session_id))


def _refuse_long(user: str) -> None:
    """Raises InvalidInput for what can't be a user name."""
    if len(user) > _LONGEST_USER:
        raise InvalidInput("This is no user name: it is too long.")


def _all_ended(user: str, caller: Caller, *, keep: str | None) -> Reply:
    _refuse_long(user)
    sessions = bootstrap.container().identity.sessions
    ended = sessions.end_all(user, keep=keep, by=str(Principal.user(caller.user)))
    return Reply(Ended(ended=ended), cookies=_forgotten(current=keep is None and fold(user) == caller.user))


def _forgotten(*, current: bool) -> tuple[Cookie, ...]:
    """What makes the browser forget the session that it has just ended."""
    sessions = bootstrap.container().identity.sessions
    return (Cookie(sessions.cookie_name, "", 0, secure=sessions.secure),) if current else ()
