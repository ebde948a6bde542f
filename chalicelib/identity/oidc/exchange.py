"""The back channel: a code becomes tokens, and an access token the claims of userinfo."""

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import Field

from chalicelib.core.errors import NotAuthenticated, Upstream
from chalicelib.core.model import Frozen
from chalicelib.identity.oidc.config import OidcConfig
from chalicelib.identity.oidc.http import ProviderHttp

_OK = 200
_SERVER_ERROR = 500


class Tokens(Frozen):
    id_token: str = Field(repr=False)
    access_token: str = Field(repr=False)


class BackChannel:
    def __init__(self, config: OidcConfig, http: ProviderHttp, secret: Callable[[str], str]) -> None:
        self._config = config
        self._http = http
        self._secret = secret

    def redeem(self, token_endpoint: str, code: str, verifier: str, redirect_uri: str) -> Tokens:
        """Raises NotAuthenticated for a code that does not count, Upstream for a provider that does not work."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = self._authenticate(form)
        status, answer = self._http.post(token_endpoint, "token", urlencode(form).encode(), headers)
        if status != _OK:
            raise self._failure(status, answer)
        id_token, access_token = answer.get("id_token"), answer.get("access_token", "")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Upstream("The identity provider gave no ID token.", reason="no_id_token")
        return Tokens(id_token=id_token, access_token=access_token)

    def _authenticate(self, form: dict[str, str]) -> dict[str, str]:
        """Adds to the form, or gives headers."""
        config = self._config
        secret = self._secret(config.client_secret_name).strip() if config.client_secret_name else None
        if secret is not None and config.client_authentication == "basic":
            pair = f"{quote(config.client_id, safe='')}:{quote(secret, safe='')}"
            return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        form["client_id"] = config.client_id
        if secret is not None:
            form["client_secret"] = secret
        return {}

    def _failure(self, status: int, answer: Mapping[str, Any]) -> NotAuthenticated | Upstream:
        code = answer.get("error")
        if code == "invalid_grant":
            return NotAuthenticated(
                "The identity provider does not accept the sign-in's code: it was used, or is too old. Start the sign-in again.",
                reason="code_refused",
            )
        if code in {"invalid_client", "unauthorized_client"}:
            return Upstream(
                "The identity provider does not accept this service as its client. An administrator checks client_id, the secret "
                f"{self._config.client_secret_name or '(none)'} and client_authentication.",
                reason="client_refused",
            )
        if status >= _SERVER_ERROR:
            return Upstream(
                f"The identity provider failed ({status}). Nobody was signed in. Try again in a moment.",
                reason="provider_down",
            )
        return Upstream(f"The identity provider refused to give tokens ({status}).", reason="token_refused")

    def userinfo(self, endpoint: str, access_token: str, subject: str) -> Mapping[str, Any]:
        """Raises NotAuthenticated when it is about somebody else, Upstream when it does not answer."""
        claims = self._http.get(endpoint, "userinfo", {"Authorization": f"Bearer {access_token}"})
        if claims.get("sub") != subject:
            raise NotAuthenticated(
                "The identity provider's userinfo is about somebody else. Start the sign-in again.",
                reason="swapped_userinfo",
            )
        return claims
