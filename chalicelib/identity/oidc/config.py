"""How an OpenID Connect provider is configured, and what is known of the usual ones."""

import ipaddress
from collections.abc import Mapping
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.identity.methods.base import MethodConfig

PresetName = Literal["generic", "okta", "entra", "google", "cognito", "ping", "identity_center"]
GroupSource = Literal["id_token", "access_token", "userinfo"]
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Only signatures that need the provider's private key: a shared secret or none at all is never accepted."""

_OURS = frozenset(
    {"client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "request", "request_uri"}
    | {"code_challenge", "code_challenge_method", "max_age"}
)


class Preset(Frozen):
    """What a kind of provider calls things."""

    scopes: tuple[str, ...] = ("openid", "email", "profile")
    user_claim: str = "email"
    subject_claim: str = "sub"
    groups_claim: str = "groups"
    groups_from: tuple[GroupSource, ...] = ("id_token", "userinfo")
    domain_claim: str | None = None
    """A claim that names the organisation's domain; it must be one of `email_domains`."""
    expected: Mapping[str, str] = Field(default_factory=dict)
    """Claims of the ID token that must have exactly this value."""
    sign_out_parameter: str = "post_logout_redirect_uri"


PRESETS: dict[PresetName, Preset] = {
    "generic": Preset(),
    "okta": Preset(scopes=("openid", "email", "profile", "groups")),
    # An address in Entra ID is whatever somebody typed; the user principal name is in a domain that the tenant has proved.
    "entra": Preset(user_claim="upn", subject_claim="oid", groups_from=("id_token",)),
    # A private account may carry a company's address; only `hd` says that the company manages it. Google tells no groups.
    "google": Preset(groups_from=(), domain_claim="hd"),
    "cognito": Preset(
        groups_claim="cognito:groups",
        groups_from=("id_token", "access_token"),
        expected={"token_use": "id"},
        sign_out_parameter="logout_uri",
    ),
    "ping": Preset(),
    # Its token has neither name nor groups, only the id of a user in the identity store: the directory knows the rest.
    "identity_center": Preset(scopes=("openid",), user_claim="sub", groups_from=()),
}


class OidcConfig(MethodConfig):
    """An OpenID Connect provider: authorization code with PKCE. Register `<public URL>/auth` as the redirect URI there, and the
    public URL with a slash as the one after signing out.
    """

    method: Literal["oidc"]
    preset: PresetName = "generic"
    """Defaults for scopes and claims as this kind of provider has them."""
    issuer: str
    """Exactly as the provider's tokens say it. Discovery is asked at `<issuer>/.well-known/openid-configuration`."""
    client_id: str = Field(min_length=1, max_length=500)
    client_secret_name: str | None = None
    """Name of the secret in Secrets Manager, never the secret itself; `null` for a public client, which has only PKCE."""
    client_authentication: Literal["basic", "post"] = "basic"
    """Whether the secret goes to the token endpoint in a header or in the form."""
    authorization_endpoint: str | None = None
    """With `token_endpoint` and `jwks_uri`: the provider is not asked for its endpoints."""
    token_endpoint: str | None = None
    jwks_uri: str | None = None
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None
    """Where the provider ends its own session, when it does not say so itself."""
    ca_certificates: str | None = Field(default=None, repr=False)
    """PEM text of the authorities that vouch for the provider; the system's where absent."""
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "PS256", "ES256"), min_length=1)
    """Signatures that are accepted; what a token says of itself never widens them."""
    scopes: tuple[str, ...] | None = None
    """Preset's where absent."""
    user_claim: str | None = None
    """Claim that names the person; preset's where absent (`email`, for Entra ID `upn`)."""
    groups_claim: str | None = None
    """Claim that lists the groups; preset's where absent (`groups`, for Cognito `cognito:groups`)."""
    groups_from: tuple[GroupSource, ...] | None = None
    """Where the groups are looked for, in order; preset's where absent. An empty list leaves them to the directory."""
    access_token_audience: str | None = None
    """What `aud` of the access token must be when groups come from it; where absent, it must have none but our client id."""
    require_verified_email: bool = True
    """An address counts only with `email_verified`. Without it, a provider that does not say is believed; one that says no never."""
    email_domains: tuple[str, ...] = ()
    """Only people of these domains sign in; all where empty. Required for Google."""
    on_group_overage: Literal["refuse", "directory"] = "refuse"
    """When the provider leaves groups out of a token because there are too many (Entra ID above 200): nobody is signed in with
    less than their groups, unless the directory knows them."""
    max_age: int | None = Field(default=None, ge=0)
    """The provider asks for a proof again when its own session is older than so many seconds, and says when it last did."""
    authorization_parameters: dict[str, str] = Field(default_factory=dict)
    """More parameters for the provider's page, like `prompt: select_account`."""
    sign_out_at_provider: bool = True
    """Whether signing out here also ends the session at the provider, where it offers that."""

    @property
    def known(self) -> Preset:
        """The preset with what the document says otherwise."""
        said = {
            name: getattr(self, name)
            for name in ("scopes", "user_claim", "groups_claim", "groups_from")
            if getattr(self, name) is not None
        }
        return PRESETS[self.preset].model_copy(update=said)

    @property
    def discovers(self) -> bool:
        return self.authorization_endpoint is None

    @field_validator(
        "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"
    )
    @classmethod
    def _safe(cls, url: str | None) -> str | None:
        return None if url is None else safe_url(url)

    @field_validator("email_domains")
    @classmethod
    def _folded(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.strip().casefold().removeprefix("@") for domain in domains)

    @field_validator("authorization_parameters")
    @classmethod
    def _not_ours(cls, parameters: dict[str, str]) -> dict[str, str]:
        if taken := sorted(_OURS & parameters.keys()):
            raise InvalidInput(f"{taken[0]} is set by the sign-in itself.")
        return parameters

    @model_validator(mode="after")
    def _complete(self) -> Self:
        given = [self.authorization_endpoint, self.token_endpoint, self.jwks_uri]
        if any(given) and not all(given):
            raise InvalidInput("Give authorization_endpoint, token_endpoint and jwks_uri together, or none of them.")
        if "openid" not in self.known.scopes:
            raise InvalidInput("scopes must hold openid: without it there is no ID token.")
        if PRESETS[self.preset].domain_claim and not self.email_domains:
            raise InvalidInput(
                f"The preset {self.preset} needs email_domains: else anybody with an account there gets in."
            )
        return self


def safe_url(url: str) -> str:
    """The URL, if tokens and codes may travel there: https, or plain http that never leaves this machine.

    Raises InvalidInput.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InvalidInput(f"'{url[:200]}' is not a URL: {error}.", reason="bad_url") from error
    if not host or parts.username is not None or parts.fragment or any(letter.isspace() for letter in url):
        raise InvalidInput(f"'{url[:200]}' is not a URL of a provider.", reason="bad_url")
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return url
    raise InvalidInput(f"'{url[:200]}' must begin with https: (http: is for this machine only).", reason="plain_http")


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
