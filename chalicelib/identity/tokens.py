"""The signed token of a session: what it says, and whether one that is shown may be believed."""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import jwt
from jwt.types import Options

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Misconfigured, NotAuthenticated
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.identity.models import Session, SessionsConfig, SessionToken

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
_FITS = {SessionKind.WEB: 3_900, SessionKind.CLI: 7_000}
"""Letters of a token. Browsers drop a cookie above 4,096 bytes; API Gateway takes 10,240 of all headers together."""
_LONGEST = 8_192
_REFUSAL = "The session is invalid or has expired. Sign in again."


class Keys(Protocol):
    def all(self) -> Mapping[str, str]:
        """Key by kid, newest first."""

    def find(self, kid: str) -> str | None:
        """The key of that name, which may be newer than those that were known."""


class Tokens:
    def __init__(self, *, keys: Keys, config: SessionsConfig, public_url: str, clock: Clock) -> None:
        self._keys = keys
        self._public_url = public_url
        self._clock = clock
        self.secure = public_url.startswith("https:")
        self.cookie_name = config.cookie_name or ("__Host-consoleme_auth" if self.secure else "consoleme_auth")
        if not self.secure and self.cookie_name.startswith(("__Host-", "__Secure-")):
            raise Misconfigured(
                f"Browsers refuse a cookie called {self.cookie_name} over http. Leave sessions.cookie_name out."
            )

    def issue(self, session: Session) -> SessionToken:
        """A token of the session as it stands: with its groups where they fit, else the row alone has them."""
        claims = {
            "iss": self._public_url,
            "aud": _audience(session.kind),
            "jti": session.session_id,
            "nbf": session.renewed_at,
            "iat": session.renewed_at,
            "exp": session.expires_at,
            "email": session.user,
        }
        groups = sorted(session.groups)
        value = self._signed({**claims, "groups": groups})
        if len(value) > _FITS[session.kind]:
            value = self._signed({**claims, "groups_packed": _packed(groups)})
        if len(value) > _FITS[session.kind]:
            value = self._signed(claims)
        return SessionToken(
            value=value,
            session_id=session.session_id,
            cookie_name=self.cookie_name,
            issued_at=session.renewed_at,
            expires_at=session.expires_at,
            secure=self.secure,
        )

    def _signed(self, claims: Mapping[str, Any]) -> str:
        kid, key = next(iter(self._keys.all().items()))
        return jwt.encode(dict(claims), key, algorithm=_ALGORITHM, headers={"kid": kid})

    def read(self, token: str, address: str) -> Caller:
        """Who the token was made for: signature, issuer, audience and time are checked, the row is not.

        Raises NotAuthenticated with one message for every fault: which one it was is nobody's business but the log's.
        """
        if len(token) > _LONGEST:
            raise NotAuthenticated(_REFUSAL, reason="oversized_cookie")
        try:
            claims = self._claims(token)
            kind = SessionKind(str(claims["aud"]).removeprefix("consoleme-"))
            self._check_times(claims)
            groups = _groups(claims)
        except (jwt.PyJWTError, ValueError) as error:
            raise NotAuthenticated(_REFUSAL, reason="bad_token") from error
        return Caller(
            user=str(claims["email"]),
            groups=frozenset(groups or ()),
            session_id=str(claims["jti"]),
            kind=kind,
            expires_at=int(claims["exp"]),
            address=address,
            groups_known=groups is not None,
        )

    def _claims(self, token: str) -> dict[str, Any]:
        key = self._keys.find(str(jwt.get_unverified_header(token).get("kid")))
        if key is None:
            raise NotAuthenticated(_REFUSAL, reason="unknown_key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=[_audience(kind) for kind in SessionKind],
            issuer=self._public_url,
            options=_OPTIONS,
        )
        return claims

    def _check_times(self, claims: Mapping[str, int]) -> None:
        """By our own clock, which tests may set. Raises ValueError."""
        now = self._clock.now()
        if claims["exp"] <= now or claims["nbf"] > now + _LEEWAY:
            message = "outside its time"
            raise ValueError(message)


def _audience(kind: SessionKind) -> str:
    return f"consoleme-{kind.value}"


def _packed(groups: list[str]) -> str:
    return urlsafe_b64encode(zlib.compress(json.dumps(groups).encode(), 9)).decode()


def _groups(claims: Mapping[str, Any]) -> list[str] | None:
    """None when the token does not say. What was packed was packed by us: the signature has been checked."""
    found: Iterable[Any] | None = claims.get("groups")
    if packed := claims.get("groups_packed"):
        found = json.loads(zlib.decompress(urlsafe_b64decode(packed)))
    return None if found is None else [str(name) for name in found]
