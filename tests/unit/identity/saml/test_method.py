"""The method before a real provider, samlify: signing in, groups, an exchange of keys, signing out; and what it refuses."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.errors import Forbidden, InvalidInput, Misconfigured, NotAuthenticated
from chalicelib.identity.methods.base import Attempt
from chalicelib.identity.methods.saml import SamlMethod
from tests.support.clock import FrozenClock
from tests.support.saml.flow import ADA, Make, begun, request, signed_in
from tests.support.saml.forge import PUBLIC_URL, Forged, posted
from tests.support.saml.provider import SamlProvider, pair


def test_whom_the_provider_names_is_proved_with_their_groups(make: Make, idp: SamlProvider) -> None:
    found = signed_in(make(), idp, ADA, "Admins", "R & D").identified
    assert (found.user, found.method) == ("ada@corp.example", "corp")
    assert found.groups == {"admins", "r & d"}
    assert (found.subject, found.groups_complete) == (ADA, True)


def test_the_browser_goes_to_the_provider_with_our_request_and_a_word_that_says_nothing(
    make: Make, idp: SamlProvider
) -> None:
    attempt, url = begun(make())
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(f"{idp.url}/sso?")
    assert (set(query), query["RelayState"]) == ({"SAMLRequest", "RelayState"}, [attempt.state])
    assert set(attempt.notes) == {"request_id"}
    assert idp.answer(url, ADA)["action"] == f"{PUBLIC_URL}/saml/acs"


class TestGroups:
    def test_that_the_provider_leaves_out_are_none(self, make: Make, idp: SamlProvider) -> None:
        found = signed_in(make(), idp).identified
        assert (found.groups, found.groups_complete) == (frozenset(), True)

    def test_are_left_to_the_directory_where_no_attribute_lists_them(self, make: Make, idp: SamlProvider) -> None:
        found = signed_in(make(groups_attribute=None), idp, ADA, "admins").identified
        assert (found.groups, found.groups_complete) == (frozenset(), False)

    @pytest.mark.parametrize("then", ["refuse", "directory"])
    def test_that_were_too_many_to_be_told_are_not_taken_for_none(
        self, make: Make, clock: FrozenClock, then: str
    ) -> None:
        method = make(on_group_overage=then)
        link = "http://schemas.microsoft.com/claims/groups.link"
        more = (
            f'<saml:Attribute Name="{link}"><saml:AttributeValue>https://graph</saml:AttributeValue></saml:Attribute>'
        )
        attempt, fields = answered(method, clock, groups=(), more_attributes=more)
        if then == "refuse":
            with pytest.raises(Forbidden) as refusal:
                method.finish(attempt, request(fields))
            assert refusal.value.reason == "group_overage"
        else:
            found = method.finish(attempt, request(fields)).identified
            assert (found.groups_complete, found.directory_required) == (False, True)


def answered(method: SamlMethod, clock: FrozenClock, **parts: Any) -> tuple[Attempt, dict[str, str]]:
    """A response that the provider's old key signs, with the parts that the test names."""
    attempt, _ = begun(method)
    request_id = attempt.notes["request_id"]
    forged = Forged(
        clock.now(),
        issuer=method._config.idp_entity_id,
        in_response_to=request_id,
        confirmed_request=request_id,
        **parts,
    )
    return attempt, {"SAMLResponse": posted(forged.signed()), "RelayState": attempt.state}


def test_the_end_of_the_providers_own_session_is_handed_on(make: Make, clock: FrozenClock) -> None:
    method = make()
    attempt, fields = answered(method, clock, session_until=1800)
    assert method.finish(attempt, request(fields)).identified.ends_at == clock.now() + 1800


class TestTheName:
    def test_may_come_from_an_attribute(self, make: Make, idp: SamlProvider) -> None:
        assert signed_in(make(user_attribute="email"), idp).identified.user == "ada@corp.example"

    @pytest.mark.parametrize("attribute", ["missing", "groups"])
    def test_that_is_missing_or_there_twice_is_nobodys(self, make: Make, idp: SamlProvider, attribute: str) -> None:
        with pytest.raises(Forbidden) as refusal:
            signed_in(make(user_attribute=attribute), idp, ADA, "a", "b")
        assert refusal.value.reason == "no_user_name"

    @pytest.mark.parametrize("name", ["ada lovelace", "x" * 201, "ada\u200b@corp.example"])
    def test_that_cannot_be_a_name_is_refused(self, make: Make, idp: SamlProvider, name: str) -> None:
        with pytest.raises(Forbidden):
            signed_in(make(), idp, name)

    @pytest.mark.parametrize(
        ("name", "accepted"), [(ADA, True), ("ada@other.example", False), ("ada@x.corp.example", False), ("ada", False)]
    )
    def test_of_another_domain_is_refused(self, make: Make, idp: SamlProvider, name: str, *, accepted: bool) -> None:
        method = make(email_domains=("@Corp.example",))
        if accepted:
            signed_in(method, idp, name)
            return
        with pytest.raises(Forbidden) as refusal:
            signed_in(method, idp, name)
        assert refusal.value.reason == "wrong_domain"


class TestAnExchangeOfKeys:
    def test_that_the_metadata_announces_signs_nobody_out_of_anything(self, make: Make, idp: SamlProvider) -> None:
        idp.keys(signing=0, published=[0, 1])
        method = make()
        signed_in(method, idp)
        idp.keys(signing=1, published=[0, 1])
        signed_in(method, idp)

    def test_that_comes_unannounced_is_found_in_the_metadata_at_once(self, make: Make, idp: SamlProvider) -> None:
        method = make()
        signed_in(method, idp)
        idp.keys(signing=1, published=[1])
        signed_in(method, idp)
        idp.keys(signing=0, published=[1])
        with pytest.raises(NotAuthenticated) as refusal:
            signed_in(method, idp)
        assert refusal.value.reason == "invalid_signature"

    def test_makes_the_metadata_be_asked_for_only_so_often(
        self, make: Make, idp: SamlProvider, clock: FrozenClock
    ) -> None:
        method = make()
        signed_in(method, idp)
        idp.keys(signing=1, published=[0])
        for _ in range(3):
            with pytest.raises(NotAuthenticated):
                signed_in(method, idp)
        idp.keys(signing=1, published=[1])
        with pytest.raises(NotAuthenticated):
            signed_in(method, idp)
        clock.advance(60)
        signed_in(method, idp)

    def test_with_certificates_by_hand_takes_both_for_a_while(self, make: Make, idp: SamlProvider) -> None:
        by_hand = {"metadata_url": None, "sso_url": f"{idp.url}/sso"}
        both = make(**by_hand, certificates=[pair("old").certificate, pair("new").bare])
        only_old = make(**by_hand, certificates=[pair("old").certificate])
        signed_in(both, idp)
        idp.keys(signing=1, published=[1])
        signed_in(both, idp)
        with pytest.raises(NotAuthenticated) as refusal:
            signed_in(only_old, idp)
        assert refusal.value.reason == "invalid_signature"


class TestAnAnswer:
    def test_counts_once(self, make: Make, idp: SamlProvider) -> None:
        method = make()
        attempt, url = begun(method)
        fields = idp.answer(url, ADA)["fields"]
        method.finish(attempt, request(fields))
        with pytest.raises(NotAuthenticated) as refusal:
            method.finish(attempt, request(fields))
        assert refusal.value.reason == "replayed"

    def test_to_another_request_does_not_count(self, make: Make, idp: SamlProvider) -> None:
        method = make()
        (_, url), (another, _) = begun(method), begun(method)
        with pytest.raises(NotAuthenticated) as refusal:
            method.finish(another, request(idp.answer(url, ADA)["fields"]))
        assert refusal.value.reason == "wrong_request"

    def test_to_no_request_does_not_count(self, make: Make, idp: SamlProvider) -> None:
        method = make()
        attempt, url = begun(method)
        with pytest.raises(NotAuthenticated) as refusal:
            method.finish(attempt.model_copy(update={"notes": {}}), request(idp.answer(url, ADA)["fields"]))
        assert refusal.value.reason == "wrong_request"

    @pytest.mark.parametrize("fields", [{}, {"SAMLResponse": ""}, {"SAMLResponse": "%%%"}, {"SAMLResponse": "eA=="}])
    def test_that_is_none_is_refused(self, make: Make, fields: dict[str, str]) -> None:
        method = make()
        attempt, _ = begun(method)
        with pytest.raises(NotAuthenticated) as refusal:
            method.finish(attempt, request(fields))
        assert refusal.value.reason == "bad_response"

    @pytest.mark.parametrize("headers", [{"content-type": "application/json"}, {"content-type": ""}])
    def test_must_be_a_form(self, make: Make, headers: dict[str, str]) -> None:
        method = make()
        attempt, _ = begun(method)
        with pytest.raises(InvalidInput):
            method.finish(attempt, request({}, **headers))


class TestSigningOut:
    def test_names_who_signs_out_and_comes_back(self, make: Make, idp: SamlProvider) -> None:
        method = make()
        url = method.sign_out_url(signed_in(method, idp).sign_out, PUBLIC_URL)
        assert url is not None
        assert url.startswith(f"{idp.url}/slo?")
        assert parse_qs(urlsplit(url).query)["RelayState"] == ["signed-out"]

    @pytest.mark.parametrize("config", [{"sign_out_at_provider": False}, {}])
    def test_stays_here_where_it_should_or_nothing_is_known(self, make: Make, config: dict[str, Any]) -> None:
        assert make(**config).sign_out_url({"name_id": ADA} if config else {}, PUBLIC_URL) is None

    def test_stays_here_where_the_provider_has_no_place_for_it(self, make: Make, idp: SamlProvider) -> None:
        method = make(metadata_url=None, sso_url=f"{idp.url}/sso", certificates=[pair("old").certificate])
        assert method.sign_out_url(signed_in(method, idp).sign_out, PUBLIC_URL) is None


class TestOurOwnKey:
    SECRET = json.dumps({"private_key": pair("ours").private_key, "certificate": pair("ours").certificate})

    def test_signs_what_we_send_by_sha_256_and_stands_in_our_metadata(self, make: Make, idp: SamlProvider) -> None:
        method = make(self.SECRET, signing_secret_name="consoleme-sign-in-saml")
        attempt, url = begun(method)
        query = parse_qs(urlsplit(url).query)
        assert query["SigAlg"] == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"]
        assert query["Signature"]
        text = method.metadata()
        assert pair("ours").bare[:60] in "".join(text.split())
        assert 'use="signing"' in text
        assert 'use="encryption"' not in text
        method.finish(attempt, request(idp.answer(url, ADA)["fields"]))

    @pytest.mark.parametrize("secret", ["", "x", "{}", '{"private_key": "", "certificate": "x"}'])
    def test_that_is_no_key_is_a_fault_of_the_deployment(self, make: Make, secret: str) -> None:
        with pytest.raises(Misconfigured, match="private_key and certificate"):
            begun(make(secret, signing_secret_name="consoleme-sign-in-saml"))
