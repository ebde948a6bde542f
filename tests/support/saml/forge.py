"""Responses as a provider, or somebody who would like to be one, may send them: every part can be said otherwise."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from tests.support.saml.provider import pair

xmlsec: Any = import_module("xmlsec")
"""Its own types leave most of it out."""

_MORE, _XMLENC, _DSIG = (
    f"http://www.w3.org/{name}#" for name in ("2001/04/xmldsig-more", "2001/04/xmlenc", "2000/09/xmldsig")
)
RSA_SHA1, RSA_SHA256, RSA_SHA384, RSA_SHA512 = (
    f"{_DSIG}rsa-sha1",
    *(f"{_MORE}rsa-sha{size}" for size in (256, 384, 512)),
)
SHA1, SHA256, SHA384, SHA512 = f"{_DSIG}sha1", f"{_XMLENC}sha256", f"{_MORE}sha384", f"{_XMLENC}sha512"
EXCLUSIVE, INCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
PUBLIC_URL = "https://consoleme.example"
ACS = f"{PUBLIC_URL}/saml/acs"
IDP = "https://idp.example/metadata"
REQUEST = "ONELOGIN_request"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
ADA = "ada@corp.example"
_NAMESPACES = (
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" '
    'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_NS = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion", "ds": "http://www.w3.org/2000/09/xmldsig#"}


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _attributes(values: Mapping[str, str | None]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value is not None)


@dataclass(frozen=True)
class Forged:
    """A response for Ada that is right in every part that the test does not name. None leaves the part out."""

    now: int
    destination: str | None = ACS
    in_response_to: str | None = REQUEST
    confirmed_request: str | None = REQUEST
    recipient: str | None = ACS
    issuer: str = IDP
    audiences: tuple[str, ...] = (PUBLIC_URL,)
    begins: int | None = 0
    ends: int | None = 300
    confirmed_until: int | None = 300
    confirmed_from: int | None = None
    session_until: int | None = None
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    status: str = "urn:oasis:names:tc:SAML:2.0:status:Success"
    inner_status: str | None = None
    name_id: str = f'<saml:NameID Format="{EMAIL}">{ADA}</saml:NameID>'
    groups: tuple[str, ...] = ("admins", "engineers")
    more_attributes: str = ""
    assertion_id: str = "_assertion"
    response_id: str = "_response"
    inside: Mapping[str, str] = field(default_factory=dict)
    """Further attributes of the response element."""

    def xml(self) -> str:
        head = {
            "ID": self.response_id,
            "Version": "2.0",
            "IssueInstant": moment(self.now),
            "Destination": self.destination,
            "InResponseTo": self.in_response_to,
            **self.inside,
        }
        inner = f"<samlp:StatusCode Value={quoteattr(self.inner_status)}/>" if self.inner_status else ""
        status = (
            f"<samlp:Status><samlp:StatusCode Value={quoteattr(self.status)}>{inner}</samlp:StatusCode></samlp:Status>"
        )
        return (
            f"<samlp:Response {_NAMESPACES}{_attributes(head)}><saml:Issuer>{escape(self.issuer)}</saml:Issuer>{status}"
            f"{self.assertion()}</samlp:Response>"
        )

    def assertion(self) -> str:
        data = {
            "Recipient": self.recipient,
            "InResponseTo": self.confirmed_request,
            "NotOnOrAfter": self._at(self.confirmed_until),
            "NotBefore": self._at(self.confirmed_from),
        }
        times = {"NotBefore": self._at(self.begins), "NotOnOrAfter": self._at(self.ends)}
        restriction = "".join(f"<saml:Audience>{escape(one)}</saml:Audience>" for one in self.audiences)
        session = {
            "AuthnInstant": moment(self.now),
            "SessionIndex": "_session",
            "SessionNotOnOrAfter": self._at(self.session_until),
        }
        groups = "".join(f"<saml:AttributeValue>{escape(group)}</saml:AttributeValue>" for group in self.groups)
        told = f'<saml:Attribute Name="groups">{groups}</saml:Attribute>' if self.groups else ""
        statement = f"{told}{self.more_attributes}"
        return (
            f'<saml:Assertion ID="{self.assertion_id}" Version="2.0" IssueInstant="{moment(self.now)}">'
            f"<saml:Issuer>{escape(self.issuer)}</saml:Issuer>"
            f'<saml:Subject>{self.name_id}<saml:SubjectConfirmation Method="{self.method}"><saml:SubjectConfirmationData'
            f"{_attributes(data)}/></saml:SubjectConfirmation></saml:Subject>"
            f"<saml:Conditions{_attributes(times)}>"
            + (f"<saml:AudienceRestriction>{restriction}</saml:AudienceRestriction>" if restriction else "")
            + f"</saml:Conditions><saml:AuthnStatement{_attributes(session)}><saml:AuthnContext><saml:AuthnContextClassRef>"
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>"
            + (f"<saml:AttributeStatement>{statement}</saml:AttributeStatement>" if statement else "")
            + "</saml:Assertion>"
        )

    def _at(self, seconds: int | None) -> str | None:
        return None if seconds is None else moment(self.now + seconds)

    def signed(self, **how: str) -> str:
        return signed(self.xml(), **how)


def signed(
    xml: str,
    *,
    key: str = "old",
    element: str = "saml:Assertion",
    signature: str = RSA_SHA256,
    digest: str = SHA256,
    canonical: str = EXCLUSIVE,
    transform: str = EXCLUSIVE,
) -> str:
    """The document with a signature in its first `element` (or in the root), as the algorithms say."""
    root = etree.fromstring(xml.encode())
    target = root if element == "root" else root.find(f".//{element}", _NS)
    assert target is not None
    node = etree.fromstring(
        f'<ds:Signature xmlns:ds="{_NS["ds"]}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{canonical}"/>'
        f'<ds:SignatureMethod Algorithm="{signature}"/><ds:Reference URI="#{target.get("ID")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{_DSIG}enveloped-signature"/><ds:Transform Algorithm="{transform}"/></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>'
        "<ds:KeyInfo><ds:X509Data/></ds:KeyInfo></ds:Signature>"
    )
    target.insert(1, node)
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    held = pair(key)
    context.key = xmlsec.Key.from_memory(held.private_key, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(held.certificate, xmlsec.KeyFormat.PEM)
    context.sign(node)
    return str(etree.tostring(root).decode())


def posted(xml: str | bytes) -> str:
    """As it stands in the form."""
    return base64.b64encode(xml.encode() if isinstance(xml, str) else xml).decode()
