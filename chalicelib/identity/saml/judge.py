"""Whether a response may be believed. The toolkit verifies the signature and reads what was signed; what it leaves open is
closed here: every check asks for presence, and for the very value.
"""

import base64
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from chalicelib.core.errors import NotAuthenticated
from chalicelib.identity.saml.toolkit import Us

LONGEST = 400_000
"""Letters of a response. With some hundred groups one has thirty thousand."""
SKEW = 300
"""Seconds by which the provider's clock may differ from ours."""
_NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_SIGNATURES = {f"{_MORE}{kind}-{digest}" for kind in ("rsa", "ecdsa") for digest in ("sha256", "sha384", "sha512")}
_DIGESTS = {
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    f"{_MORE}sha384",
}
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_TRANSFORMS = {"http://www.w3.org/2000/09/xmldsig#enveloped-signature", _EXCLUSIVE}
_WORDS = {
    "invalid_signature": "its signature does not fit the provider's keys",
    "not_signed": "its assertion is not signed",
    "wrong_audience": "it was made for another application",
    "wrong_issuer": "it is from another identity provider",
    "wrong_destination": "it was meant for another place",
    "wrong_request": "it answers another request",
    "expired": "its time is over, or has not come",
    "weak_algorithm": "it is signed with an algorithm that is not accepted",
    "encrypted": "it is encrypted, which is not supported: switch that off at the provider, the connection is encrypted",
    "bad_response": "it is not a response that can be read",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a response that may be believed says. `until` (epoch seconds): afterwards it would be refused anyway.

    `session_ends` (epoch seconds) is when the provider's own session ends, None when it does not say.
    """

    assertion_id: str
    until: int
    name_id: str
    name_id_format: str
    qualifiers: Mapping[str, str]
    session_index: str
    session_ends: int | None
    attributes: Mapping[str, tuple[str, ...]]


def refused(reason: str) -> NotAuthenticated:
    return NotAuthenticated(
        f"The identity provider's answer is refused: {_WORDS.get(reason, _WORDS['bad_response'])}. Nobody was signed in. Start "
        "again; if it stays like this, an administrator compares the settings here and there.",
        reason=reason,
    )


def judged(settings: Any, us: Us, text: str, request_id: str, now: int) -> Verdict:
    """Raises NotAuthenticated with the reason."""
    with _translated():
        response = _read(settings, text)
        _refuse_odd_shapes(response.document)
        _verify(response, us, request_id)
        return _verdict(response, us, request_id, now)


@contextmanager
def _translated() -> Iterator[None]:
    """What the toolkit and its libraries raise for a response that they don't like, in our own words."""
    from lxml.etree import LxmlError
    from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
    from xmlsec import Error as XmlsecError

    try:
        yield
    except OneLogin_Saml2_ValidationError as error:
        raise refused(_reason(error)) from error
    except (OneLogin_Saml2_Error, LxmlError, XmlsecError, ValueError, TypeError) as error:
        raise refused("bad_response") from error


def _read(settings: Any, text: str) -> Any:
    from onelogin.saml2.errors import OneLogin_Saml2_Error
    from onelogin.saml2.response import OneLogin_Saml2_Response

    bare = "".join(text.split()) if len(text) <= LONGEST else ""
    if not base64.b64decode(bare, validate=True):
        raise refused("bad_response")
    try:
        return OneLogin_Saml2_Response(settings, bare)
    except OneLogin_Saml2_Error as error:
        # Only an encrypted assertion gets here: there is no key that could open it.
        raise refused("encrypted") from error


def _refuse_odd_shapes(document: Any) -> None:
    """One assertion, no id twice, and signatures that cover exactly the element they stand in, by strong algorithms only."""
    ids = [
        str(value)
        for value in document.xpath("//@*[local-name() = 'ID' or local-name() = 'Id' or local-name() = 'id']")
    ]
    assertions = document.xpath("//saml:Assertion", namespaces=_NS)
    if document.xpath("//saml:EncryptedAssertion | //saml:EncryptedID | //saml:EncryptedAttribute", namespaces=_NS):
        raise refused("encrypted")
    if document.tag != f"{{{_NS['samlp']}}}Response" or len(ids) != len(set(ids)):
        raise refused("bad_response")
    if _status(document) != "Success":
        raise _said_no(document)
    if len(assertions) != 1 or assertions[0].getparent() is not document:
        raise refused("bad_response")
    if not assertions[0].xpath("./ds:Signature", namespaces=_NS):
        raise refused("not_signed")
    for signature in document.xpath("//ds:Signature", namespaces=_NS):
        _refuse_odd_signature(signature)


def _refuse_odd_signature(signature: Any) -> None:
    def values(path: str) -> list[str]:
        return [str(value) for value in signature.xpath(path, namespaces=_NS)]

    (*others, reference) = values("./ds:SignedInfo/ds:Reference/@URI") or [""]
    if others or reference != f"#{signature.getparent().get('ID')}" or signature.xpath("./ds:Object", namespaces=_NS):
        raise refused("bad_response")
    if len(signature.xpath(".//ds:Reference", namespaces=_NS)) != 1:
        raise refused("bad_response")
    allowed: Iterable[tuple[str, set[str]]] = (
        ("./ds:SignedInfo/ds:SignatureMethod/@Algorithm", _SIGNATURES),
        ("./ds:SignedInfo/ds:CanonicalizationMethod/@Algorithm", {_EXCLUSIVE}),
        (".//ds:DigestMethod/@Algorithm", _DIGESTS),
        (".//ds:Transform/@Algorithm", _TRANSFORMS),
    )
    for path, accepted in allowed:
        found = values(path)
        if not found or not set(found) <= accepted:
            raise refused("weak_algorithm")


def _status(document: Any) -> str:
    codes = document.xpath("./samlp:Status/samlp:StatusCode/@Value", namespaces=_NS)
    return str(codes[0]).rpartition(":")[2] if len(codes) == 1 else ""


def _said_no(document: Any) -> NotAuthenticated:
    """The provider's own text is not shown: whoever sends a response may have written it."""
    inner = document.xpath("./samlp:Status/samlp:StatusCode/samlp:StatusCode/@Value", namespaces=_NS)
    if {str(code).rpartition(":")[2] for code in inner} & {"RequestDenied", "AuthnFailed", "NoAvailableIDP"}:
        return NotAuthenticated(
            "The identity provider says no: you cancelled, or you are not assigned to this application there.",
            reason="access_denied",
        )
    return NotAuthenticated(
        "The identity provider did not sign you in, and says no more. Start again, or ask an administrator to look at its log.",
        reason="provider_refused",
    )


def _verify(response: Any, us: Us, request_id: str) -> None:
    parts = urlsplit(us.acs_url)
    request: dict[str, Any] = {
        "https": "on" if parts.scheme == "https" else "off",
        "http_host": parts.netloc,
        "script_name": parts.path,
        "get_data": {},
        "post_data": {},
    }
    response.is_valid(request, request_id, raise_exceptions=True)


def _reason(error: Any) -> str:
    kind = type(error)
    reasons = {
        kind.INVALID_SIGNATURE: "invalid_signature",
        kind.NO_SIGNATURE_FOUND: "not_signed",
        kind.NO_SIGNED_ASSERTION: "not_signed",
        kind.WRONG_AUDIENCE: "wrong_audience",
        kind.WRONG_ISSUER: "wrong_issuer",
        kind.WRONG_DESTINATION: "wrong_destination",
        kind.EMPTY_DESTINATION: "wrong_destination",
        kind.WRONG_INRESPONSETO: "wrong_request",
        kind.ASSERTION_TOO_EARLY: "expired",
        kind.ASSERTION_EXPIRED: "expired",
        kind.SESSION_EXPIRED: "expired",
        kind.WRONG_SUBJECTCONFIRMATION: "expired",
    }
    return reasons.get(error.code, "bad_response")


def _verdict(response: Any, us: Us, request_id: str, now: int) -> Verdict:
    """From the assertion whose signature was verified, and from nothing else."""
    document = response.document
    (assertion,) = document.xpath("./saml:Assertion", namespaces=_NS)
    if document.get("Destination") != us.acs_url:
        raise refused("wrong_destination")
    if document.get("InResponseTo") != request_id:
        raise refused("wrong_request")
    _check_audience(assertion, us.entity_id)
    until = min(_conditions_end(assertion, now), _confirmed_until(assertion, us.acs_url, request_id, now))
    name = response.get_nameid_data()
    attributes = {
        key: tuple(value for value in values if isinstance(value, str))
        for key, values in response.get_attributes().items()
    }
    return Verdict(
        assertion_id=str(assertion.get("ID")),
        until=until + SKEW,
        name_id=str(name.get("Value", "")),
        name_id_format=str(name.get("Format", "")),
        qualifiers={
            ours: str(name[theirs])
            for ours, theirs in (("name_qualifier", "NameQualifier"), ("sp_name_qualifier", "SPNameQualifier"))
            if name.get(theirs)
        },
        session_index=str(response.get_session_index() or ""),
        session_ends=_session_end(assertion),
        attributes=attributes,
    )


def _check_audience(assertion: Any, entity_id: str) -> None:
    restrictions = assertion.xpath("./saml:Conditions/saml:AudienceRestriction", namespaces=_NS)
    named = [
        [_text(audience) for audience in restriction.xpath("./saml:Audience", namespaces=_NS)]
        for restriction in restrictions
    ]
    if not named or not all(entity_id in audiences for audiences in named):
        raise refused("wrong_audience")


def _conditions_end(assertion: Any, now: int) -> int:
    (conditions,) = assertion.xpath("./saml:Conditions", namespaces=_NS)
    begin, end = _moment(conditions.get("NotBefore")), _moment(conditions.get("NotOnOrAfter"))
    if end is None or end + SKEW <= now or (begin is not None and begin - SKEW > now):
        raise refused("expired")
    return end


def _confirmed_until(assertion: Any, acs_url: str, request_id: str, now: int) -> int:
    """The end of the one confirmation that names this place and this request."""
    data = assertion.xpath(
        "./saml:Subject/saml:SubjectConfirmation[@Method = $bearer]/saml:SubjectConfirmationData",
        namespaces=_NS,
        bearer=_BEARER,
    )
    if not data:
        raise refused("bad_response")
    for said in data:
        if said.get("Recipient") != acs_url:
            raise refused("wrong_destination")
        if said.get("InResponseTo") != request_id:
            raise refused("wrong_request")
        end = _moment(said.get("NotOnOrAfter"))
        if end is None or end + SKEW <= now:
            raise refused("expired")
    return min(filter(None, (_moment(said.get("NotOnOrAfter")) for said in data)))


def _session_end(assertion: Any) -> int | None:
    """The first end of all that its statements tell."""
    told = assertion.xpath("./saml:AuthnStatement/@SessionNotOnOrAfter", namespaces=_NS)
    return min(filter(None, (_moment(str(one)) for one in told)), default=None)


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _moment(text: str | None) -> int | None:
    """Epoch seconds. Raises NotAuthenticated for what is no time of UTC."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise refused("bad_response") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
