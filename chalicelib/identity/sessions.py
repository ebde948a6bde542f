"""Sessions: a signed token that names a row. The token shows who it was made for; the row says whether it still counts."""

from collections.abc import Callable, Mapping

import jwt
from jwt.types import Options

from chalicelib.core.clock import Clock
from chalicelib.core.errors import NotAuthenticated
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, SessionKind, fold
from chalicelib.identity.models import Session, SessionsConfig, SessionToken
from chalicelib.identity.store import PeopleStore, SessionStore

_ALGORITHM = "HS256"
_OPTIONS: Options = {
    "require": ["exp", "iat", "nbf", "iss", "aud", "jti", "email"],
    # Times are judged below, by the clock that was handed in.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}
_LEEWAY = 30
"""Seconds by which two clocks of ours may differ."""


class SessionService:
    def __init__(
        self,
        *,
        store: SessionStore,
        people: PeopleStore,
        keys: Callable[[], Mapping[str, str]],
        config: SessionsConfig,
        public_url: str,
        clock: Clock,
    ) -> None:
        self._store = store
        self._people = people
        self._keys = keys
        self._config = config
        self._public_url = public_url
        self._clock = clock

    @property
    def cookie_name(self) -> str:
        default = "__Host-consoleme_auth" if self.secure else "consoleme_auth"
        return self._config.cookie_name or default

    @property
    def secure(self) -> bool:
        return self._public_url.startswith("https:")

    def start(self, *, user: str, groups: frozenset[str], kind: SessionKind, method: str, address: str) -> SessionToken:
        """Begins a session for a person who was just authenticated by `method`, and notes their groups in the directory."""
        now = self._clock.now()
        life = self._config.web_minutes * 60 if kind is SessionKind.WEB else self._config.cli_hours * 3600
        folded = frozenset(map(fold, groups))
        self._people.saw(fold(user), folded, method)
        session = Session(
            session_id=ulid(),
            user=fold(user),
            groups=folded,
            kind=kind,
            method=method,
            address=address,
            created_at=now,
            expires_at=now + life,
        )
        self._store.add(session)
        return self._token(session)

    def _token(self, session: Session) -> SessionToken:
        kid, key = next(iter(self._keys().items()))
        claims = {
            "iss": self._public_url,
            "aud": _audience(session.kind),
            "jti": session.session_id,
            "nbf": session.created_at,
            "iat": session.created_at,
            "exp": session.expires_at,
            "email": session.user,
            "groups": sorted(session.groups),
        }
        return SessionToken(
            value=jwt.encode(claims, key, algorithm=_ALGORITHM, headers={"kid": kid}),
            session_id=session.session_id,
            cookie_name=self.cookie_name,
            expires_at=session.expires_at,
            secure=self.secure,
        )

    def read(self, token: str, address: str) -> Caller:
        """Who the token was made for: signature, issuer, audience and time are checked, the row is not.

        Raises NotAuthenticated with one message for every fault: which one it was is nobody's business but the log's.
        """
        try:
            key = self._keys().get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None:
                raise NotAuthenticated("The session is invalid or has expired. Sign in again.", reason="unknown_key")
            claims = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=[_audience(kind) for kind in SessionKind],
                issuer=self._public_url,
                options=_OPTIONS,
            )
            kind = SessionKind(str(claims["aud"]).removeprefix("consoleme-"))
            self._check_times(claims)
        except (jwt.PyJWTError, ValueError) as error:
            raise NotAuthenticated(
                "The session is invalid or has expired. Sign in again.", reason="bad_token"
            ) from error
        return Caller(
            user=str(claims["email"]),
            groups=frozenset(map(str, claims.get("groups", []))),
            session_id=str(claims["jti"]),
            kind=kind,
            expires_at=int(claims["exp"]),
            address=address,
        )

    def _check_times(self, claims: Mapping[str, int]) -> None:
        """By our own clock, which tests may set. Raises ValueError."""
        now = self._clock.now()
        if claims["exp"] <= now or claims["nbf"] > now + _LEEWAY:
            message = "outside its time"
            raise ValueError(message)

    def live(self, caller: Caller) -> Caller:
        """The caller, if the session row still stands. One round trip. Raises NotAuthenticated."""
        return confirmed(caller, self._store.find(caller.session_id))

    def end(self, session_id: str) -> None:
        self._store.end(session_id)


def confirmed(caller: Caller, session: Session | None) -> Caller:
    """The caller as both token and row say: groups that the row has lost are lost at once. Raises NotAuthenticated."""
    if session is None or session.user != caller.user or session.kind is not caller.kind:
        raise NotAuthenticated("The session has ended. Sign in again.", reason="session_ended")
    return Caller(
        user=session.user,
        groups=caller.groups & session.groups,
        session_id=session.session_id,
        kind=session.kind,
        expires_at=min(caller.expires_at, session.expires_at),
        address=caller.address,
        live=True,
    )


def _audience(kind: SessionKind) -> str:
    return f"consoleme-{kind.value}"
