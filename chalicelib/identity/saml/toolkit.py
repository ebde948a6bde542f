"""The one door to python3-saml, which is an extra: loaded at the first use, with settings that leave no choice to a response."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationError

from chalicelib.core.errors import Misconfigured
from chalicelib.core.model import Frozen
from chalicelib.identity.saml.config import SamlConfig

ACS_PATH, SLS_PATH, METADATA_PATH = "/saml/acs", "/saml/sls", "/saml/metadata"
_BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"
_FORMATS = {
    "email": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    "persistent": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "unspecified": "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
}
_MISSING = (
    "This deployment signs people in with SAML, but its package lacks what reads SAML. Make it with the extra: "
    "make package EXTRAS=saml (requirements-saml.txt)."
)


class SigningPair(Frozen):
    """The deployment's own key, by which a provider knows its requests."""

    private_key: str = Field(min_length=1, repr=False)
    certificate: str = Field(min_length=1)


class Idp(Frozen):
    """What is known of the provider. `certificates` are bare base64."""

    entity_id: str
    sso_url: str
    slo_url: str | None
    certificates: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Us:
    """What the provider knows of us."""

    entity_id: str
    public_url: str
    name_id_format: str
    pair: SigningPair | None

    @classmethod
    def of(cls, config: SamlConfig, public_url: str, pair: SigningPair | None) -> "Us":
        return cls(config.entity_id or public_url, public_url, _FORMATS[config.name_id_format], pair)

    @property
    def acs_url(self) -> str:
        return self.public_url + ACS_PATH


def is_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("onelogin", "xmlsec", "lxml"))


def require() -> None:
    """Raises Misconfigured when the extra is not in the package."""
    if not is_installed():
        raise Misconfigured(_MISSING, reason="saml_not_installed")


def read_pair(text: str, secret_name: str) -> SigningPair:
    """Raises Misconfigured, without the text: it holds a key."""
    try:
        return SigningPair.model_validate(json.loads(text))
    except (ValidationError, ValueError):
        raise Misconfigured(
            f"The secret {secret_name} must be JSON with private_key and certificate, both PEM text."
        ) from None


def settings_of(us: Us, idp: Idp) -> Any:
    """The toolkit's settings. Raises Misconfigured for what it does not take."""
    require()
    from onelogin.saml2.errors import OneLogin_Saml2_Error
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    try:
        return OneLogin_Saml2_Settings(_document(us, idp))
    except OneLogin_Saml2_Error as error:
        raise Misconfigured(f"SAML can't be set up like this: {str(error)[:300]}.") from error


def _document(us: Us, idp: Idp) -> dict[str, Any]:
    pair = us.pair
    provider: dict[str, Any] = {
        "entityId": idp.entity_id,
        "singleSignOnService": {"url": idp.sso_url, "binding": f"{_BINDING}HTTP-Redirect"},
        "x509certMulti": {"signing": list(idp.certificates)},
    }
    if idp.slo_url:
        provider["singleLogoutService"] = {"url": idp.slo_url, "binding": f"{_BINDING}HTTP-Redirect"}
    return {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": us.entity_id,
            "assertionConsumerService": {"url": us.acs_url, "binding": f"{_BINDING}HTTP-POST"},
            "singleLogoutService": {"url": us.public_url + SLS_PATH, "binding": f"{_BINDING}HTTP-Redirect"},
            "NameIDFormat": us.name_id_format,
            "x509cert": pair.certificate if pair else "",
            "privateKey": pair.private_key if pair else "",
        },
        "idp": provider,
        "security": {
            "wantAssertionsSigned": True,
            "wantNameId": True,
            "wantAttributeStatement": False,
            "rejectDeprecatedAlgorithm": True,
            "requestedAuthnContext": False,
            "allowRepeatAttributeName": True,
            "authnRequestsSigned": pair is not None,
            "logoutRequestSigned": pair is not None,
            "signMetadata": False,
            "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
        },
    }


def sign_in_request(settings: Any, relay_state: str) -> tuple[str, str]:
    """Where the browser goes, and the id of the request that it carries."""
    auth = _auth(settings)
    url = auth.login(return_to=relay_state)
    return str(url), str(auth.get_last_request_id())


def sign_out_request(settings: Any, notes: Mapping[str, str], relay_state: str) -> str:
    url = _auth(settings).logout(
        return_to=relay_state,
        name_id=notes["name_id"],
        session_index=notes.get("session_index"),
        name_id_format=notes.get("format"),
        nq=notes.get("name_qualifier"),
        spnq=notes.get("sp_name_qualifier"),
    )
    return str(url)


def _auth(settings: Any) -> Any:
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    return OneLogin_Saml2_Auth({"get_data": {}, "post_data": {}}, settings)


def our_metadata(us: Us) -> str:
    """The document by which a provider gets to know us; nothing of the provider is needed for it."""
    require()
    from onelogin.saml2.metadata import OneLogin_Saml2_Metadata
    from onelogin.saml2.settings import OneLogin_Saml2_Settings

    unknown = Idp(entity_id="unknown", sso_url="https://unknown.invalid", slo_url=None, certificates=("unknown",))
    settings = OneLogin_Saml2_Settings(_document(us, unknown), sp_validation_only=True)
    sp = settings.get_sp_data()
    text = OneLogin_Saml2_Metadata.builder(
        sp, authnsign=us.pair is not None, wsign=True, valid_until="", cache_duration="PT1H"
    )
    if us.pair is not None:
        text = OneLogin_Saml2_Metadata.add_x509_key_descriptors(text, sp["x509cert"], add_encryption=False)
    return text.decode() if isinstance(text, bytes) else str(text)
