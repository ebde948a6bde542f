"""What a provider says of itself, cached: its endpoints, and the keys that its tokens are signed with."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, Upstream
from chalicelib.identity.oidc.config import OidcConfig, safe_url
from chalicelib.identity.oidc.http import ProviderHttp
from chalicelib.observability import logger

FRESH = 3_600
"""Seconds for which an answer is not asked for again."""
STALE = 86_400
"""Seconds for which an old answer serves while the provider does not give a new one."""
_REFETCHES, _WINDOW = 3, 60
"""At most so many extra looks at the keys in so many seconds, for the sake of a `kid` that nobody knows."""
_USABLE = {"RSA", "EC"}


class Metadata(BaseModel):
    """Of the discovery document, what is used here."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    authorization_response_iss_parameter_supported: bool = False

    @field_validator(
        "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"
    )
    @classmethod
    def _safe(cls, url: str | None) -> str | None:
        return None if url is None else safe_url(url)


class Provider:
    def __init__(self, config: OidcConfig, http: ProviderHttp, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._metadata: Metadata | None = None
        self._metadata_at = 0
        self._keys: tuple[Mapping[str, Any], ...] = ()
        self._keys_at = 0
        self._refetched: list[int] = []

    def metadata(self) -> Metadata:
        """Raises Upstream."""
        now = self._clock.now()
        if self._metadata is None or now - self._metadata_at >= FRESH:
            try:
                self._metadata = self._configured() or self._discovered()
                self._metadata_at = now
            except Upstream as error:
                if self._metadata is None or now - self._metadata_at >= STALE:
                    raise
                _warn("its endpoints", error)
        return self._metadata

    def ask_anew(self) -> int:
        """Asks for endpoints and keys whatever is known; how many keys there are. Raises Upstream."""
        self._metadata = self._configured() or self._discovered()
        self._metadata_at = self._keys_at = self._clock.now()
        self._keys = self._published()
        return len(self._keys)

    def _configured(self) -> Metadata | None:
        config = self._config
        if config.discovers:
            return None
        return Metadata.model_validate({**config.model_dump(), "issuer": config.issuer})

    def _discovered(self) -> Metadata:
        config = self._config
        url = f"{config.issuer.rstrip('/')}/.well-known/openid-configuration"
        document = self._http.get(url, "discovery")
        own = {name: getattr(config, name) for name in ("userinfo_endpoint", "end_session_endpoint")}
        try:
            found = Metadata.model_validate({**document, **{name: value for name, value in own.items() if value}})
        except ValidationError as error:
            faults = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()}))
            raise Upstream(f"The identity provider's discovery document lacks or spoils: {faults}.") from error
        if found.issuer != config.issuer:
            raise Upstream(
                f"The identity provider calls itself {found.issuer[:200]}, and the configuration {config.issuer}. "
                "The two must be the same, letter by letter.",
                reason="issuer_mismatch",
            )
        return found

    def keys(self, kid: str | None) -> tuple[Mapping[str, Any], ...]:
        """The keys that may have signed: those of that name, or all when the token names none. Raises Upstream.

        A name that is not known may be a key that was just made: the provider is asked again, but not each time.
        """
        self._refresh_keys(force=False)
        if not self._named(kid) and self._may_refetch():
            self._refresh_keys(force=True)
        return self._named(kid)

    def _named(self, kid: str | None) -> tuple[Mapping[str, Any], ...]:
        return self._keys if kid is None else tuple(key for key in self._keys if key.get("kid") == kid)

    def _may_refetch(self) -> bool:
        now = self._clock.now()
        self._refetched = [moment for moment in self._refetched if now - moment < _WINDOW]
        if len(self._refetched) >= _REFETCHES:
            return False
        self._refetched.append(now)
        return True

    def _refresh_keys(self, *, force: bool) -> None:
        now = self._clock.now()
        if self._keys and not force and now - self._keys_at < FRESH:
            return
        try:
            self._keys = self._published()
        except Upstream as error:
            if not self._keys or now - self._keys_at >= STALE:
                raise
            _warn("its keys", error)
            return
        self._keys_at = now

    def _published(self) -> tuple[Mapping[str, Any], ...]:
        found = self._http.get(self.metadata().jwks_uri, "keys").get("keys")
        if not isinstance(found, list):
            raise Upstream("The identity provider's key set has no keys.", reason="provider_answer_unreadable")
        return tuple(key for key in found if isinstance(key, dict) and _may_sign(key))


def _may_sign(key: Mapping[str, Any]) -> bool:
    """Public keys for signatures. A shared secret has no place in a public set, and never verifies anything here."""
    operations = key.get("key_ops", ["verify"])
    return (
        key.get("kty") in _USABLE
        and key.get("use", "sig") == "sig"
        and isinstance(operations, list)
        # Some providers publish what they themselves do with the key.
        and bool({"verify", "sign"} & set(map(str, operations)))
    )


def _warn(what: str, error: AppError) -> None:
    logger.warning(
        "an identity provider is asked for news and does not answer", extra={"what": what, "cause": error.message}
    )
