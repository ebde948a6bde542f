"""How a SAML 2.0 identity provider is configured."""

import base64
import binascii
import re
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from chalicelib.core.errors import InvalidInput
from chalicelib.identity.methods.base import MethodConfig
from chalicelib.identity.oidc.config import safe_url

_ENTITY = re.compile(r"[^\s'\"<>&]{1,1024}")
_PEM_LINE = re.compile(r"-----(BEGIN|END) CERTIFICATE-----")


class SamlConfig(MethodConfig):
    """A SAML 2.0 identity provider. Register `<public URL>/saml/acs` there as the place for its answers (HTTP-POST), or give it
    `<public URL>/saml/metadata`. Needs the extra `saml` in the package: `make package EXTRAS=saml`.
    """

    method: Literal["saml"]
    idp_entity_id: str
    """Exactly as the provider's assertions say it (`Issuer`)."""
    entity_id: str | None = None
    """What this product is called there (`Audience`); the public URL where absent."""
    metadata_url: str | None = None
    """Where the provider publishes its addresses and certificates; read again every hour, and when a signature does not fit."""
    sso_url: str | None = None
    """Instead of `metadata_url`, with `certificates`: where browsers are sent (HTTP-Redirect)."""
    slo_url: str | None = None
    """Where the provider ends its own session (HTTP-Redirect), when its metadata does not say so."""
    certificates: tuple[str, ...] = Field(default=(), max_length=4)
    """Of the keys that sign assertions, PEM or its middle; during a rotation the old and the new one."""
    ca_certificates: str | None = Field(default=None, repr=False)
    """PEM text of the authorities that vouch for `metadata_url`; the system's where absent."""
    name_id_format: Literal["email", "persistent", "unspecified"] = "email"
    """What is asked for as the name of the person."""
    user_attribute: str | None = Field(default=None, min_length=1)
    """Attribute that names the person, with exactly one value; the NameID where absent."""
    groups_attribute: str | None = "groups"
    """Attribute that lists the groups; `null` leaves them to the directory."""
    on_group_overage: Literal["refuse", "directory"] = "refuse"
    """When the provider leaves the groups out because there are too many (Entra ID above 150)."""
    email_domains: tuple[str, ...] = ()
    """Only people of these domains sign in; all where empty."""
    signing_secret_name: str | None = None
    """Name of a secret `{"private_key": PEM, "certificate": PEM}`: what we send is then signed, as some providers want it."""
    sign_out_at_provider: bool = True
    """Whether signing out here also ends the session at the provider, where it has a place for that."""

    @field_validator("idp_entity_id", "entity_id")
    @classmethod
    def _plain(cls, name: str | None) -> str | None:
        if name is not None and not _ENTITY.fullmatch(name):
            raise InvalidInput(f"'{name[:200]}' can't be an entity id: no spaces, quotes or markup.")
        return name

    @field_validator("metadata_url", "sso_url", "slo_url")
    @classmethod
    def _safe(cls, url: str | None) -> str | None:
        return None if url is None else safe_url(url)

    @field_validator("certificates")
    @classmethod
    def _certificates(cls, certificates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(bare_certificate(text) for text in certificates)

    @field_validator("email_domains")
    @classmethod
    def _folded(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(domain.strip().casefold().removeprefix("@") for domain in domains)

    @model_validator(mode="after")
    def _known(self) -> Self:
        by_hand = self.sso_url is not None and bool(self.certificates)
        if (self.metadata_url is None) is not by_hand or (self.metadata_url and (self.sso_url or self.certificates)):
            raise InvalidInput("Give either metadata_url, or sso_url and certificates.")
        return self


def bare_certificate(text: str) -> str:
    """The base64 of a certificate, without its PEM lines and breaks. Raises InvalidInput."""
    bare = "".join(_PEM_LINE.sub("", text).split())
    try:
        content = base64.b64decode(bare, validate=True)
    except binascii.Error as error:
        raise InvalidInput("A certificate must be PEM text, or the base64 between its two lines.") from error
    if not content.startswith(b"\x30"):
        raise InvalidInput("A certificate must be PEM text, or the base64 between its two lines.")
    return bare
