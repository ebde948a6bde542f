"""Signing in with an OpenID Connect provider: authorization code with PKCE, and nothing that comes back is believed unjudged."""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from chalicelib.core.errors import AppError, Forbidden, NotAuthenticated, Upstream
from chalicelib.core.health import Health
from chalicelib.identity.methods.base import Attempt, Begun, Identified, MethodType, Proved, Surroundings
from chalicelib.identity.names import same
from chalicelib.identity.oidc import tokens
from chalicelib.identity.oidc.claims import groups_in, overflowed, user_name
from chalicelib.identity.oidc.config import OidcConfig
from chalicelib.identity.oidc.exchange import BackChannel, Tokens
from chalicelib.identity.oidc.http import ProviderHttp
from chalicelib.identity.oidc.provider import Metadata, Provider
from chalicelib.observability import logger
from chalicelib.wire.http import HttpRequest

REDIRECT_PATH = "/auth"
_LONGEST_CODE = 8_000
_LONGEST_HINT = 4_000
_JWT_DOTS = 2
_ERROR = re.compile(r"[a-z_]{1,60}")

Claims = Mapping[str, Any]


class OidcMethod:
    brings_cookies = True

    def __init__(self, name: str, config: OidcConfig, surroundings: Surroundings) -> None:
        self.name = name
        self.label = config.label or name
        self._config = config
        self._clock = surroundings.clock
        self._secret = surroundings.secret
        self._redirect_uri = surroundings.public_url + REDIRECT_PATH
        http = ProviderHttp(config.ca_certificates)
        self._provider = Provider(config, http, surroundings.clock)
        self._channel = BackChannel(config, http, surroundings.secret)

    def begin(self, attempt: Attempt) -> Begun:
        endpoint = self._provider.metadata().authorization_endpoint
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        query = {
            **self._config.authorization_parameters,
            "response_type": "code",
            "client_id": self._config.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": " ".join(self._config.known.scopes),
            "state": attempt.state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
        }
        if self._config.max_age is not None:
            query["max_age"] = str(self._config.max_age)
        return Begun(url=_with(endpoint, query), notes={"nonce": nonce, "verifier": verifier})

    def finish(self, attempt: Attempt, request: HttpRequest) -> Proved:
        metadata = self._provider.metadata()
        code = self._code(request.query, metadata)
        found = self._channel.redeem(metadata.token_endpoint, code, attempt.notes["verifier"], self._redirect_uri)
        claims = self._judged(found, attempt.notes["nonce"])
        claims, groups = self._completed(claims, found, metadata)
        preset = self._config.known
        too_many = groups is None and overflowed(claims, preset.groups_claim)
        if too_many and self._config.on_group_overage == "refuse":
            raise Forbidden(
                "You are in more groups than your identity provider puts into a token, so it told none. An administrator limits the "
                "claim there to the groups that are assigned to this application, or sets on_group_overage: directory.",
                reason="group_overage",
            )
        if groups is None and preset.groups_from and not too_many:
            logger.info(
                "an identity provider told no groups", extra={"method": self.name, "claim": preset.groups_claim}
            )
        identified = Identified(
            user=user_name(self._config, claims),
            groups=groups or frozenset(),
            method=self.name,
            subject=str(claims.get(preset.subject_claim) or claims["sub"]),
            groups_complete=bool(preset.groups_from) and not too_many,
            directory_required=too_many,
        )
        hint = found.id_token if metadata.end_session_endpoint and len(found.id_token) <= _LONGEST_HINT else ""
        return Proved(identified=identified, sign_out={"id_token": hint} if hint else {})

    def sign_out_url(self, notes: Mapping[str, str], return_url: str) -> str | None:
        if not self._config.sign_out_at_provider:
            return None
        endpoint = self._provider.metadata().end_session_endpoint
        if endpoint is None:
            return None
        query = {"client_id": self._config.client_id, self._config.known.sign_out_parameter: return_url}
        if hint := notes.get("id_token"):
            query["id_token_hint"] = hint
        return _with(endpoint, query)

    def check(self) -> Health:
        config = self._config
        try:
            if config.client_secret_name:
                self._secret(config.client_secret_name)
            keys = self._provider.ask_anew()
        except AppError as error:
            return Health.failed(
                error.message, "Check issuer and client_secret_name of this method, and the way to the provider."
            )
        if not keys:
            return Health.failed(
                f"{config.issuer} publishes no key that may sign.", "Nobody can sign in: ask the provider."
            )
        return Health.ok(f"{config.issuer} answers, and publishes {keys} {'key' if keys == 1 else 'keys'}.")

    def _code(self, query: Mapping[str, str], metadata: Metadata) -> str:
        """The code of the provider's answer. Raises NotAuthenticated for an answer of another provider, or one that says no."""
        issuer = query.get("iss")
        if issuer is None and metadata.authorization_response_iss_parameter_supported:
            raise NotAuthenticated(
                "The answer does not say which identity provider it is from.", reason="missing_issuer"
            )
        if issuer is not None and not same(issuer, metadata.issuer):
            raise NotAuthenticated("The answer is from another identity provider.", reason="wrong_issuer")
        if "error" in query:
            raise _said_no(query["error"])
        code = query.get("code", "")
        if not code or len(code) > _LONGEST_CODE:
            raise NotAuthenticated("The identity provider's answer has no usable code.", reason="bad_code")
        return code

    def _judged(self, found: Tokens, nonce: str) -> Claims:
        """The claims of the ID token, once everything about it is right."""
        claims = tokens.verified(found.id_token, self._expected, self._provider.keys, self._clock.now())
        tokens.check_audience(claims, self._config.client_id)
        tokens.check_nonce(claims, nonce)
        tokens.check_age(claims, self._config.max_age, self._clock.now())
        tokens.check_access_token(claims, found.id_token, found.access_token)
        if not isinstance(claims.get("sub"), str) or not claims["sub"]:
            raise tokens.refused("missing_claim", "lacks the claim sub")
        return claims

    @property
    def _expected(self) -> tokens.Expected:
        return tokens.Expected(self._config.issuer, self._config.client_id, self._config.algorithms)

    def _completed(self, claims: Claims, found: Tokens, metadata: Metadata) -> tuple[Claims, frozenset[str] | None]:
        """The claims with what only userinfo tells, and the groups from the first source that tells them."""
        preset, groups = self._config.known, None
        more: Claims = {}
        if not self._names_the_person(claims) and metadata.userinfo_endpoint:
            more = self._channel.userinfo(metadata.userinfo_endpoint, found.access_token, claims["sub"])
        for source in preset.groups_from:
            if source == "id_token":
                groups = groups_in(claims, preset.groups_claim)
            elif source == "access_token":
                groups = groups_in(self._access_claims(found.access_token), preset.groups_claim)
            elif metadata.userinfo_endpoint:
                more = more or self._channel.userinfo(metadata.userinfo_endpoint, found.access_token, claims["sub"])
                groups = groups_in(more, preset.groups_claim)
            if groups is not None or overflowed(claims, preset.groups_claim):
                break
        return {**more, **claims}, groups

    def _names_the_person(self, claims: Claims) -> bool:
        wanted = self._config.known.user_claim
        return wanted in claims and (wanted != "email" or "email_verified" in claims)

    def _access_claims(self, access_token: str) -> Claims:
        """Of an access token that is a token of this provider for us; of one that only the provider reads, none.

        Raises NotAuthenticated.
        """
        if access_token.count(".") != _JWT_DOTS:
            return {}
        claims = tokens.verified(access_token, self._expected, self._provider.keys, self._clock.now())
        audience, wanted = claims.get("aud"), self._config.access_token_audience
        if wanted is not None or audience is not None:
            named = [audience] if isinstance(audience, str) else audience
            if not isinstance(named, list) or (wanted or self._config.client_id) not in named:
                raise tokens.refused("wrong_audience", "was made for another application")
        party = next((claims[name] for name in ("azp", "client_id", "cid", "appid") if name in claims), None)
        if party is not None and party != self._config.client_id:
            raise tokens.refused("wrong_party", "was given to another application")
        return claims


def challenge_of(verifier: str) -> str:
    """PKCE's S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _with(url: str, query: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _said_no(code: str) -> NotAuthenticated | Upstream:
    """What the provider's own word means here. Its free text is not shown: a link may say anything there."""
    word = code if _ERROR.fullmatch(code) else "an unknown error"
    if code == "access_denied":
        return NotAuthenticated(
            "The identity provider says that access was denied: you cancelled, or you are not assigned to this application there.",
            reason="access_denied",
        )
    if code in {"server_error", "temporarily_unavailable"}:
        return Upstream(
            f"The identity provider says {word}. Nobody was signed in. Try again in a moment.", reason="provider_down"
        )
    return NotAuthenticated(f"The identity provider did not sign you in: it says {word}.", reason="provider_refused")


METHOD = MethodType("oidc", OidcConfig, OidcMethod)
