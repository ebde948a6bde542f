"""Judging a token: signature by an allowed algorithm and a key of the provider, then who made it, for whom, and when."""

import base64
import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.types import Options

from chalicelib.core.errors import NotAuthenticated
from chalicelib.identity.names import same

LEEWAY = 300
"""Seconds by which the provider's clock and ours may differ."""
SIZE_LIMIT = 64_000
_OPTIONS: Options = {
    "require": ["exp", "iat", "iss"],
    "enforce_minimum_key_length": True,
    # Judged below: times by the clock that was handed in, audiences by stricter rules.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
}
_CANDIDATES = 8
"""Keys that are tried for a token that names none."""

Claims = Mapping[str, Any]
Keys = Callable[[str | None], tuple[Mapping[str, Any], ...]]


@dataclass(frozen=True, slots=True)
class Expected:
    issuer: str
    client_id: str
    algorithms: tuple[str, ...]


def verified(token: str, expected: Expected, keys: Keys, now: int) -> Claims:
    """The claims of a token that the provider signed and that is in its time; whom it is for is not judged yet.

    Raises NotAuthenticated with a reason, Upstream when the keys can't be had.
    """
    if len(token) > SIZE_LIMIT:
        raise refused("token_too_large", "is far too large")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise refused("bad_token", "can't be read") from error
    algorithm, kid = str(header.get("alg")), header.get("kid")
    if algorithm not in expected.algorithms:
        raise refused("algorithm_refused", "is signed by an algorithm that is not allowed here")
    candidates = keys(kid if isinstance(kid, str) else None)
    if not candidates:
        raise refused("unknown_key", "is signed with a key that the identity provider does not publish")
    claims = _signed_claims(token, algorithm, candidates[:_CANDIDATES], expected)
    _check_times(claims, now)
    return claims


def _signed_claims(token: str, algorithm: str, candidates: Collection[Mapping[str, Any]], expected: Expected) -> Claims:
    for candidate in candidates:
        if candidate.get("alg", algorithm) != algorithm:
            continue
        try:
            key = jwt.PyJWK(dict(candidate), algorithm)
            claims: Claims = jwt.decode(token, key, algorithms=[algorithm], issuer=expected.issuer, options=_OPTIONS)
        except (jwt.InvalidSignatureError, jwt.InvalidKeyError, jwt.PyJWKError):
            continue
        except jwt.InvalidIssuerError as error:
            raise refused("wrong_issuer", "was made by another issuer") from error
        except jwt.MissingRequiredClaimError as error:
            raise refused("missing_claim", f"lacks the claim {error.claim}") from error
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise refused("bad_token", "can't be read") from error
        return claims
    raise refused("bad_signature", "has a signature that does not fit")


def _check_times(claims: Claims, now: int) -> None:
    ends, made, begins = claims["exp"], claims["iat"], claims.get("nbf", claims["iat"])
    if any(isinstance(moment, bool) or not isinstance(moment, int | float) for moment in (ends, made, begins)):
        raise refused("bad_token", "has a time that is none")
    if ends + LEEWAY < now:
        raise refused("token_expired", "has expired")
    if max(made, begins) - LEEWAY > now:
        raise refused("token_from_the_future", "counts only later: one of the two clocks is wrong")


def check_audience(claims: Claims, client_id: str) -> None:
    """For an ID token: made for us, and for nobody who could hand it on to us. Raises NotAuthenticated."""
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or client_id not in named:
        raise refused("wrong_audience", "was made for another application")
    party = claims.get("azp")
    if (len(named) > 1 and party is None) or (party is not None and party != client_id):
        raise refused("wrong_party", "was given to another application")


def check_nonce(claims: Claims, nonce: str) -> None:
    """Raises NotAuthenticated for a token of another sign-in."""
    said = claims.get("nonce")
    if not isinstance(said, str) or not same(said, nonce):
        raise refused("wrong_nonce", "belongs to another sign-in")


def check_age(claims: Claims, max_age: int | None, now: int) -> None:
    """Raises NotAuthenticated for a proof that is older than was asked for, or of an age that nobody tells."""
    if max_age is None:
        return
    proved = claims.get("auth_time")
    if isinstance(proved, bool) or not isinstance(proved, int | float):
        raise refused("missing_claim", "lacks the claim auth_time")
    if proved + max_age + LEEWAY < now:
        raise refused("old_proof", "says that you proved who you are too long ago")


def check_access_token(claims: Claims, id_token: str, access_token: str) -> None:
    """`at_hash`, where the ID token has one, binds the access token to it. Raises NotAuthenticated."""
    said = claims.get("at_hash")
    if said is None:
        return
    size = str(jwt.get_unverified_header(id_token)["alg"])[-3:]
    digest = hashlib.new(f"sha{size}", access_token.encode()).digest()
    expected = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not isinstance(said, str) or not same(said.rstrip("="), expected):
        raise refused("swapped_access_token", "does not belong to the access token that came with it")


def refused(reason: str, what: str) -> NotAuthenticated:
    return NotAuthenticated(f"The identity provider's token {what}. Start the sign-in again.", reason=reason)
