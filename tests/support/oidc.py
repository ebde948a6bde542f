"""An OpenID Connect provider on loopback, with real keys: it does as the specification says, until a test tells it otherwise."""

import base64
import functools
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.support.clock import START
from tests.support.http import Received, Scripted, ScriptedServer, scripted_server

CLIENT_ID, CLIENT_SECRET = "consoleme-client", "s3cret/with:odd characters"

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@functools.cache
def rsa_key(name: str, size: int = 2048) -> rsa.RSAPrivateKey:
    """One for each name, made once: that takes a while."""
    return rsa.generate_private_key(65_537, size)


@functools.cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def public_jwk(key: PrivateKey, kid: str | None, **more: Any) -> dict[str, Any]:
    algorithm = ECAlgorithm if isinstance(key, ec.EllipticCurvePrivateKey) else RSAAlgorithm
    public: dict[str, Any] = json.loads(algorithm.to_jwk(key.public_key()))  # type: ignore[arg-type]
    return {name: value for name, value in public.items() if name != "key_ops"} | ({"kid": kid} if kid else {}) | more


def unsigned(claims: Mapping[str, Any], header: Mapping[str, Any]) -> str:
    def part(document: Mapping[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()

    return f"{part(header)}.{part(claims)}."


@dataclass
class _Granted:
    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class OidcProvider(ScriptedServer):
    """`claims` go into each ID token (None leaves one out); `forge` makes the token instead of the provider.

    `answers` of the script go first.
    """

    claims: dict[str, Any] = field(
        default_factory=lambda: {"sub": "u-1", "email": "ada@example.com", "email_verified": True}
    )
    access_token: str | None = None
    userinfo: dict[str, Any] = field(default_factory=dict)
    now: Callable[[], int] = lambda: START
    kid: str = "first"
    key: PrivateKey = field(default_factory=lambda: rsa_key("first"))
    algorithm: str = "RS256"
    published: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    codes: dict[str, _Granted] = field(default_factory=dict)

    def rotate(self, kid: str, key: PrivateKey, algorithm: str) -> None:
        """Signs with another key from now on, and publishes only that."""
        self.kid, self.key, self.algorithm = kid, key, algorithm
        self.published = [public_jwk(key, kid, use="sig", alg=algorithm)]

    def asked(self, path: str) -> int:
        """How often a path was asked for."""
        return sum(request.path.partition("?")[0] == path for request in self.received)

    def approve(self, url: str) -> dict[str, str]:
        """What comes back to us when the person at the page `url` says yes."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT_ID
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = _Granted(query["nonce"], query["code_challenge"], query["redirect_uri"])
        return {"code": code, "state": query["state"]}

    def id_claims(self, nonce: str, access_token: str) -> dict[str, Any]:
        digest = hashlib.new(f"sha{self.algorithm[2:]}", access_token.encode()).digest()
        base = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": self.now(),
            "exp": self.now() + 600,
            "nonce": nonce,
            "at_hash": base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode(),
        }
        return {name: value for name, value in (base | self.claims).items() if value is not None}

    def signed(self, claims: Mapping[str, Any], **header: Any) -> str:
        body = json.dumps(claims).encode()
        return jwt.api_jws.encode(
            body, self.key, algorithm=self.algorithm, headers={"kid": self.kid, "typ": "JWT", **header}
        )

    def answer(self, request: Received) -> Scripted:
        path = request.path.partition("?")[0]
        if self.answers.get(path):
            return super().answer(request)
        self.received.append(request)
        return {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": self._jwks,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }.get(path, _nothing)(request)

    def _discovery(self, _: Received) -> Scripted:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        document = {name: f"{self.url}/{path}" for name, path in names.items()}
        return Scripted(
            {"issuer": self.url, **document, "id_token_signing_alg_values_supported": ["none"], **self.metadata}
        )

    def _jwks(self, _: Received) -> Scripted:
        return Scripted({"keys": self.published or [public_jwk(self.key, self.kid, use="sig", alg=self.algorithm)]})

    def _token(self, request: Received) -> Scripted:
        form = dict(parse_qsl(request.body.decode()))
        if not self._is_our_client(request, form):
            return Scripted({"error": "invalid_client"}, 401)
        granted = self.codes.pop(form["code"], None)
        verifier = hashlib.sha256(form["code_verifier"].encode()).digest()
        if (
            granted is None
            or base64.urlsafe_b64encode(verifier).rstrip(b"=").decode() != granted.challenge
            or form["redirect_uri"] != granted.redirect_uri
        ):
            return Scripted({"error": "invalid_grant"}, 400)
        access_token = self.access_token or "opaque-access-token"
        claims = self.id_claims(granted.nonce, access_token)
        id_token = self.forge(claims) if self.forge else self.signed(claims)
        return Scripted({"token_type": "Bearer", "access_token": access_token, "id_token": id_token, "expires_in": 600})

    def _is_our_client(self, request: Received, form: Mapping[str, str]) -> bool:
        scheme, _, pair = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic":
            client, _, secret = base64.b64decode(pair).decode().partition(":")
            return (unquote(client), unquote(secret)) == (CLIENT_ID, CLIENT_SECRET)
        return (form.get("client_id"), form.get("client_secret", CLIENT_SECRET)) == (CLIENT_ID, CLIENT_SECRET)

    def _userinfo(self, request: Received) -> Scripted:
        expected = f"Bearer {self.access_token or 'opaque-access-token'}"
        if request.headers.get("Authorization") != expected:
            return Scripted({"error": "invalid_token"}, 401)
        return Scripted({"sub": self.claims["sub"], **self.userinfo})


def _nothing(_: Received) -> Scripted:
    return Scripted(b"<html>not found</html>", 404)


@contextmanager
def oidc_provider(now: Callable[[], int] = lambda: START) -> Iterator[OidcProvider]:
    provider = OidcProvider(now=now)
    with scripted_server(provider):
        yield provider
