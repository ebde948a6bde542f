"""What has been tried against those who read SAML: entities, wrapped signatures, comments inside names, and worse."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from chalicelib.core.errors import NotAuthenticated
from tests.support.saml.forge import ADA, EMAIL, Forged, signed
from tests.unit.identity.saml.conftest import Judge

Forge = Callable[..., Forged]
NS = {
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
ROOT = "root@corp.example"


def refused(judge: Judge, document: Any) -> str:
    """The reason of the refusal; nobody is named."""
    xml = document if isinstance(document, str | bytes) else etree.tostring(document)
    with pytest.raises(NotAuthenticated) as refusal:
        judge(xml)
    assert ROOT not in refusal.value.message
    return refusal.value.reason


@pytest.mark.parametrize(
    "prologue",
    [
        pytest.param('<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', id="an entity that reads a file"),
        pytest.param('<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]>', id="an entity that asks a server"),
        pytest.param('<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>', id="one of a parameter"),
        pytest.param('<!DOCTYPE r SYSTEM "http://127.0.0.1:1/r.dtd">', id="a definition elsewhere"),
        pytest.param("<!DOCTYPE r>", id="an empty definition"),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]>',
            id="entities that multiply",
        ),
    ],
)
def test_a_definition_of_a_document_type_is_refused_before_it_does_anything(
    judge: Judge, forged: Forge, prologue: str
) -> None:
    assert refused(judge, prologue + forged().signed()) == "bad_response"
    name = f'<saml:NameID Format="{EMAIL}">&x;</saml:NameID>'
    assert refused(judge, prologue + forged(name_id=name).xml()) == "bad_response"


class TestCommentsInAName:
    """A name that is cut at a comment would be another person's."""

    NAME = f'<saml:NameID Format="{EMAIL}">{ROOT}<!-- -->.mallory.example</saml:NameID>'

    def test_cut_nothing_off(self, judge: Judge, forged: Forge) -> None:
        assert judge(forged(name_id=self.NAME).signed()).name_id == f"{ROOT}.mallory.example"

    def test_that_are_put_in_later_change_nothing(self, judge: Judge, forged: Forge) -> None:
        xml = forged().signed().replace(f">{ADA}<", f">{ADA.replace('@', '<!---->@')}<")
        assert judge(xml).name_id == ADA

    def test_and_in_groups_cut_nothing_off(self, judge: Judge, forged: Forge) -> None:
        value = "<saml:AttributeValue>admins<!-- -->-of-nothing</saml:AttributeValue>"
        more = f'<saml:Attribute Name="teams">{value}</saml:Attribute>'
        assert judge(forged(more_attributes=more).signed()).attributes["teams"] == ("admins-of-nothing",)

    def test_instructions_in_a_name_cut_nothing_off(self, judge: Judge, forged: Forge) -> None:
        name = self.NAME.replace("<!-- -->", "<?x y?>")
        try:
            found = judge(forged(name_id=name).signed()).name_id
        except NotAuthenticated:
            return
        assert found == f"{ROOT}.mallory.example"


class Wrapped:
    """A response that is signed for Ada, and an assertion for the root that nobody signed."""

    def __init__(self, forged: Forge) -> None:
        self.response = etree.fromstring(forged().signed())
        self.good = self.response.find("saml:Assertion", NS)
        self.signature = self.good.find("ds:Signature", NS)
        name = f'<saml:NameID Format="{EMAIL}">{ROOT}</saml:NameID>'
        evil = etree.fromstring(forged(name_id=name, assertion_id="_evil").xml())
        self.evil = evil.find("saml:Assertion", NS)

    def evil_first(self) -> Any:
        self.response.insert(self.response.index(self.good), self.evil)
        return self.response

    def evil_last(self) -> Any:
        self.response.append(self.evil)
        return self.response

    def good_inside_evil(self) -> Any:
        self.response.replace(self.good, self.evil)
        self.evil.append(self.good)
        return self.response

    def good_inside_the_signature_of_evil(self) -> Any:
        self.response.replace(self.good, self.evil)
        self.good.remove(self.signature)
        self.evil.insert(1, self.signature)
        holder = etree.SubElement(self.signature, f"{{{NS['ds']}}}Object")
        holder.append(self.good)
        return self.response

    def good_inside_an_extension(self) -> Any:
        self.response.replace(self.good, self.evil)
        holder = etree.Element(f"{{{NS['samlp']}}}Extensions")
        holder.append(self.good)
        self.response.insert(1, holder)
        return self.response

    def evil_inside_an_extension(self) -> Any:
        holder = etree.Element(f"{{{NS['samlp']}}}Extensions")
        holder.append(self.evil)
        self.response.insert(1, holder)
        return self.response

    def signature_moved_to_evil(self) -> Any:
        self.good.remove(self.signature)
        self.evil.insert(1, self.signature)
        return self.evil_first()

    def evil_with_the_signature_of_good(self) -> Any:
        self.evil.insert(1, copy.deepcopy(self.signature))
        self.response.replace(self.good, self.evil)
        return self.response

    def evil_by_the_same_id(self) -> Any:
        self.evil.set("ID", str(self.good.get("ID")))
        return self.evil_first()

    def evil_instead_by_the_same_id(self) -> Any:
        self.evil.set("ID", str(self.good.get("ID")))
        self.evil.insert(1, copy.deepcopy(self.signature))
        self.response.replace(self.good, self.evil)
        return self.response

    def whole_response_inside_another(self) -> Any:
        outer = copy.deepcopy(self.response)
        outer.set("ID", "_outer")
        outer.replace(outer.find("saml:Assertion", NS), self.evil)
        holder = etree.Element(f"{{{NS['samlp']}}}Extensions")
        holder.append(self.response)
        outer.insert(1, holder)
        return outer

    def id_of_the_response_is_that_of_the_assertion(self) -> Any:
        self.response.set("ID", str(self.good.get("ID")))
        return self.response


@pytest.mark.parametrize("how", [name for name in vars(Wrapped) if not name.startswith("_")])
def test_a_signature_counts_for_the_assertion_that_it_stands_in_and_for_nothing_wrapped_around_it(
    judge: Judge, forged: Forge, how: str
) -> None:
    document = getattr(Wrapped(forged), how)()
    assert refused(judge, document) in {"bad_response", "not_signed", "invalid_signature"}


class TestReferences:
    def test_to_nothing_in_particular_do_not_count(self, judge: Judge, forged: Forge) -> None:
        assert refused(judge, forged().signed().replace('URI="#_assertion"', 'URI=""')) == "bad_response"

    def test_two_at_once_do_not_count(self, judge: Judge, forged: Forge) -> None:
        document = etree.fromstring(forged().signed())
        (reference,) = document.iterfind(".//ds:Reference", NS)
        reference.getparent().append(copy.deepcopy(reference))
        assert refused(judge, document) == "bad_response"

    def test_through_a_stylesheet_do_not_count(self, judge: Judge, forged: Forge) -> None:
        document = etree.fromstring(forged().signed())
        (transforms,) = document.iterfind(".//ds:Transforms", NS)
        etree.SubElement(
            transforms, f"{{{NS['ds']}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"
        )
        assert refused(judge, document) == "weak_algorithm"


def test_what_is_encrypted_is_refused_and_never_opened(judge: Judge, forged: Forge) -> None:
    document = etree.fromstring(forged().signed())
    assertion = document.find("saml:Assertion", NS)
    document.remove(assertion)
    etree.SubElement(document, f"{{{NS['saml']}}}EncryptedAssertion").append(assertion)
    assert refused(judge, document) == "encrypted"


def test_a_response_that_was_signed_by_somebody_else_around_the_good_assertion_does_not_count(
    judge: Judge, forged: Forge
) -> None:
    assert refused(judge, signed(forged().signed(), element="root", key="mallory")) == "invalid_signature"


def test_what_stands_outside_the_assertion_is_not_believed_even_without_a_signature_of_the_response(
    judge: Judge, forged: Forge
) -> None:
    """The status is all that a forger could change there, and it is no success then."""
    xml = forged().signed().replace("status:Success", "status:Responder")
    assert refused(judge, xml) == "provider_refused"
