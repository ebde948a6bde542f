"""A response counts when every part of it is right; each of these is right but for one."""

import re
from collections.abc import Callable

import pytest

from chalicelib.core.errors import NotAuthenticated
from chalicelib.identity.saml.judge import LONGEST, SKEW
from tests.support.saml.forge import (
    ADA,
    EMAIL,
    EXCLUSIVE,
    INCLUSIVE,
    RSA_SHA1,
    RSA_SHA256,
    RSA_SHA384,
    RSA_SHA512,
    SHA1,
    SHA256,
    SHA384,
    SHA512,
    Forged,
    signed,
)
from tests.unit.identity.saml.conftest import Judge

Forge = Callable[..., Forged]
OTHER = "https://other.example"


def refused(judge: Judge, xml: str | bytes, reason: str, *keys: str) -> None:
    with pytest.raises(NotAuthenticated) as refusal:
        judge(xml, *keys)
    assert refusal.value.reason == reason
    assert "Nobody was signed in" in refusal.value.message or reason in {"access_denied", "provider_refused"}


def test_what_is_right_in_every_part_says_who_it_is(judge: Judge, forged: Forge, now: int) -> None:
    verdict = judge(forged().signed())
    assert (verdict.name_id, verdict.name_id_format, verdict.assertion_id) == (ADA, EMAIL, "_assertion")
    assert verdict.attributes == {"groups": ("admins", "engineers")}
    assert (verdict.until, verdict.session_index) == (now + 300 + SKEW, "_session")


def test_the_end_of_the_providers_session_is_told(judge: Judge, forged: Forge, now: int) -> None:
    assert judge(forged().signed()).session_ends is None
    assert judge(forged(session_until=1800).signed()).session_ends == now + 1800


@pytest.mark.parametrize("digest", [SHA256, SHA384, SHA512])
@pytest.mark.parametrize("signature", [RSA_SHA256, RSA_SHA384, RSA_SHA512])
def test_strong_algorithms_are_accepted(judge: Judge, forged: Forge, signature: str, digest: str) -> None:
    assert judge(forged().signed(signature=signature, digest=digest)).name_id == ADA


def test_the_whole_response_may_be_signed_too(judge: Judge, forged: Forge) -> None:
    assert judge(signed(forged().signed(), element="root")).name_id == ADA


@pytest.mark.parametrize("key", ["old", "new"])
def test_two_keys_count_while_one_is_exchanged_for_the_other(judge: Judge, forged: Forge, key: str) -> None:
    assert judge(forged().signed(key=key), "old", "new").name_id == ADA


class TestTheSignature:
    def test_of_another_key_does_not_count(self, judge: Judge, forged: Forge) -> None:
        refused(judge, forged().signed(key="mallory"), "invalid_signature")
        refused(judge, forged().signed(key="old"), "invalid_signature", "new")

    def test_must_be_there(self, judge: Judge, forged: Forge) -> None:
        refused(judge, forged().xml(), "not_signed")

    def test_of_the_response_alone_is_not_enough(self, judge: Judge, forged: Forge) -> None:
        refused(judge, signed(forged().xml(), element="root"), "not_signed")

    def test_covers_every_letter(self, judge: Judge, forged: Forge) -> None:
        for before, after in ((ADA, "root@corp.example"), ("engineers", "everybody"), ("_session", "_other")):
            refused(judge, forged().signed().replace(before, after), "invalid_signature")

    def test_is_not_taken_from_the_key_that_it_brings_along(self, judge: Judge, forged: Forge) -> None:
        xml = forged().signed(key="mallory")
        assert "X509Certificate>MII" in xml
        refused(judge, xml, "invalid_signature")

    @pytest.mark.parametrize(
        "how",
        [
            pytest.param({"signature": RSA_SHA1}, id="SHA-1"),
            pytest.param({"digest": SHA1}, id="a digest of SHA-1"),
            pytest.param({"canonical": INCLUSIVE}, id="an inclusive canonical form"),
            pytest.param({"canonical": f"{EXCLUSIVE}WithComments"}, id="a form with comments"),
            pytest.param({"transform": INCLUSIVE}, id="another transform"),
        ],
    )
    def test_by_an_algorithm_that_is_not_accepted_does_not_count(
        self, judge: Judge, forged: Forge, how: dict[str, str]
    ) -> None:
        refused(judge, forged().signed(**how), "weak_algorithm")

    @pytest.mark.parametrize("algorithm", ["http://www.w3.org/2000/09/xmldsig#hmac-sha1", "none", ""])
    def test_does_not_choose_its_own_algorithm(self, judge: Judge, forged: Forge, algorithm: str) -> None:
        xml = forged().signed().replace(RSA_SHA256, algorithm)
        refused(judge, xml, "weak_algorithm")

    def test_with_an_empty_value_does_not_count(self, judge: Judge, forged: Forge) -> None:
        xml = re.sub(
            r"<ds:SignatureValue>.*?</ds:SignatureValue>", "<ds:SignatureValue/>", forged().signed(), flags=re.DOTALL
        )
        refused(judge, xml, "invalid_signature")


class TestParts:
    @pytest.mark.parametrize(
        ("parts", "reason"),
        [
            pytest.param({"issuer": OTHER}, "wrong_issuer", id="another issuer"),
            pytest.param({"audiences": (OTHER,)}, "wrong_audience", id="another audience"),
            pytest.param({"audiences": ()}, "wrong_audience", id="no audience"),
            pytest.param({"destination": OTHER}, "wrong_destination", id="another destination"),
            pytest.param({"destination": None}, "wrong_destination", id="no destination"),
            pytest.param({"destination": ""}, "wrong_destination", id="an empty destination"),
            pytest.param(
                {"destination": "https://consoleme.example/saml/acs/x"}, "wrong_destination", id="a longer destination"
            ),
            pytest.param(
                {"destination": "https://consoleme.example.evil.example/saml/acs"},
                "wrong_destination",
                id="a destination that only begins alike",
            ),
            pytest.param({"recipient": OTHER}, "expired", id="another recipient"),
            pytest.param({"recipient": None}, "wrong_destination", id="no recipient"),
            pytest.param(
                {"recipient": "https://evil.example/?https://consoleme.example/saml/acs"},
                "wrong_destination",
                id="a recipient that only contains ours",
            ),
            pytest.param({"in_response_to": "other"}, "wrong_request", id="an answer to another request"),
            pytest.param({"in_response_to": None}, "wrong_request", id="an answer to no request"),
            pytest.param({"confirmed_request": "other"}, "expired", id="a confirmation of another request"),
            pytest.param({"confirmed_request": None}, "wrong_request", id="a confirmation of no request"),
            pytest.param({"ends": None}, "expired", id="no end"),
            pytest.param({"confirmed_until": None}, "expired", id="a confirmation without an end"),
            pytest.param({"ends": -SKEW - 1}, "expired", id="an end that is five minutes past"),
            pytest.param({"confirmed_until": -1}, "expired", id="a confirmation that is over"),
            pytest.param({"begins": SKEW + 2}, "expired", id="a beginning in more than five minutes"),
            pytest.param({"confirmed_from": SKEW + 2}, "expired", id="a confirmation that has not begun"),
            pytest.param({"session_until": -1}, "expired", id="a session that is over there"),
            pytest.param({"method": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"}, "expired", id="a key to be held"),
            pytest.param({"name_id": ""}, "bad_response", id="no name"),
            pytest.param({"name_id": f'<saml:NameID Format="{EMAIL}"/>'}, "bad_response", id="an empty name"),
            pytest.param({"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"}, "provider_refused", id="an error"),
            pytest.param({"status": "Success"}, "bad_response", id="a success that is none"),
            pytest.param(
                {
                    "status": "urn:oasis:names:tc:SAML:2.0:status:Responder",
                    "inner_status": "urn:oasis:names:tc:SAML:2.0:status:RequestDenied",
                },
                "access_denied",
                id="a no",
            ),
            pytest.param({"inside": {"Version": "1.1"}}, "bad_response", id="another version"),
        ],
    )
    def test_that_are_wrong_or_missing_refuse_the_response(
        self, judge: Judge, forged: Forge, parts: dict[str, object], reason: str
    ) -> None:
        refused(judge, forged(**parts).signed(), reason)

    @pytest.mark.parametrize("parts", [{"ends": -SKEW + 5}, {"begins": SKEW - 5}, {"begins": None}])
    def test_may_be_of_a_clock_that_differs_by_less_than_five_minutes(
        self, judge: Judge, forged: Forge, parts: dict[str, object]
    ) -> None:
        assert judge(forged(**parts).signed()).name_id == ADA

    def test_are_judged_by_our_own_clock_too(self, judge: Judge, forged: Forge) -> None:
        with pytest.raises(NotAuthenticated) as refusal:
            judge(forged().signed(), later=300 + SKEW)
        assert refusal.value.reason == "expired"

    def test_of_another_request_of_ours_do_not_count(self, judge: Judge, forged: Forge) -> None:
        with pytest.raises(NotAuthenticated) as refusal:
            judge(forged().signed(), request="ONELOGIN_another")
        assert refusal.value.reason == "wrong_request"

    def test_every_restriction_of_the_audience_must_name_us(self, judge: Judge, forged: Forge) -> None:
        xml = forged().xml()
        more = f"</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>{OTHER}</saml:Audience></saml:AudienceRestriction>"
        refused(judge, signed(xml.replace("</saml:AudienceRestriction>", more)), "wrong_audience")


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"x", id="a letter"),
        pytest.param(b"\x00\xff\xfe", id="bytes"),
        pytest.param(b"<a/>", id="another element"),
        pytest.param(b"<samlp:Response/>", id="a name without a namespace"),
        pytest.param(b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>', id="an empty response"),
        pytest.param(b"<a>" * 5_000, id="nesting without end"),
        pytest.param(b"<" * LONGEST, id="too many letters"),
    ],
)
def test_what_is_no_response_is_refused_and_breaks_nothing(judge: Judge, document: bytes) -> None:
    with pytest.raises(NotAuthenticated):
        judge(document)
