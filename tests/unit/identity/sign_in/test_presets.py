"""Tokens shaped like those of the usual providers, and who somebody is by them."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.identity.methods.base import Proved
from tests.support.oidc import CLIENT_ID, OidcProvider
from tests.unit.identity.sign_in.conftest import MakeMethod, refused

Journey = Callable[..., Proved]

OKTA = {
    "sub": "00uid4BxXw6I6TV4m0g3",
    "ver": 1,
    "amr": ["pwd"],
    "idp": "00oi1wl1bYLi0tzZT0g3",
    "auth_time": 1_799_999_990,
    "jti": "ID.4eAWJOCMB3SX8XewDfVR",
    "name": "Ada Lovelace",
    "preferred_username": "ada@example.com",
    "email": "ada@example.com",
    "email_verified": True,
    "groups": ["Everyone", "Engineers"],
}
ENTRA = {
    "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ",
    "ver": "2.0",
    "tid": "3338040d-6c67-4c5b-b112-36a304b66dad",
    "oid": "00000000-0000-0000-66f3-3332eca7ea81",
    "name": "Ada Lovelace",
    "preferred_username": "ada@example.com",
    "upn": "Ada@example.com",
    "email": "root@example.com",
    "groups": ["0e129f5b-6b0a-4944-982d-f776045632af"],
    "email_verified": None,
}
GOOGLE = {
    "sub": "10769150350006150715113082367",
    "azp": CLIENT_ID,
    "email": "ada@example.com",
    "email_verified": True,
    "hd": "example.com",
    "name": "Ada Lovelace",
}
COGNITO = {
    "sub": "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "token_use": "id",
    "cognito:username": "ada",
    "cognito:groups": ["engineers"],
    "email": "ada@example.com",
    "email_verified": True,
    "event_id": "64f513be-32db-42b0-b78e-b02127b4f463",
}
PING = {
    "sub": "6c6b1e4a-3b0c-4a5e-9a53-1e0c0f7ad1a5",
    "acr": "Single_Factor",
    "env": "3072206d-c6ce-4c19-a366-f87e972c7cc3",
    "org": "97ba44f2-f7ee-4144-aa95-9e6365e0a4c6",
    "p1.userId": "6c6b1e4a-3b0c-4a5e-9a53-1e0c0f7ad1a5",
    "preferred_username": "ada",
    "email": "ada@example.com",
    "email_verified": True,
    "groups": ["Engineers"],
}
IDENTITY_CENTER = {
    "sub": "83d43802-00b1-7054-db02-f1d683aacba5",
    "aws:instance_account": "123456789012",
    "aws:identity_store_id": "d-996773e796",
    "aws:identity_store_arn": "arn:aws:identitystore::123456789012:identitystore/d-996773e796",
    "email": None,
    "email_verified": None,
}
DOMAIN = {"email_domains": ["example.com"]}


@pytest.mark.parametrize(
    ("preset", "claims", "expected"),
    [
        ("okta", OKTA, ("ada@example.com", OKTA["sub"], {"everyone", "engineers"}, True)),
        ("entra", ENTRA, ("ada@example.com", ENTRA["oid"], {"0e129f5b-6b0a-4944-982d-f776045632af"}, True)),
        ("google", GOOGLE, ("ada@example.com", GOOGLE["sub"], set(), False)),
        ("cognito", COGNITO, ("ada@example.com", COGNITO["sub"], {"engineers"}, True)),
        ("ping", PING, ("ada@example.com", PING["sub"], {"engineers"}, True)),
        ("identity_center", IDENTITY_CENTER, (IDENTITY_CENTER["sub"], IDENTITY_CENTER["sub"], set(), False)),
    ],
)
def test_a_token_of_the_usual_providers_says_who_it_is(
    journey: Journey,
    make: MakeMethod,
    provider: OidcProvider,
    preset: str,
    claims: dict[str, Any],
    expected: tuple[Any, ...],
) -> None:
    provider.claims |= claims
    found = journey(make(preset=preset, **(DOMAIN if preset == "google" else {}))).identified
    assert (found.user, found.subject, found.groups, found.groups_complete) == expected
    assert not found.directory_required


def test_okta_is_asked_for_groups_by_a_scope(make: MakeMethod) -> None:
    assert make(preset="okta")._config.known.scopes == ("openid", "email", "profile", "groups")


class TestEntra:
    @pytest.mark.parametrize(
        "told",
        [
            {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://graph.example/x"}}},
            {"hasgroups": True},
            {"hasgroups": "true"},
        ],
    )
    def test_groups_that_were_left_out_are_no_groups_but_a_refusal(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, told: dict[str, Any]
    ) -> None:
        provider.claims |= ENTRA | {"groups": None} | told
        error = refused(journey, make, preset="entra")
        assert error.reason == "group_overage"
        assert "on_group_overage" in error.message

    def test_they_are_left_to_the_directory_where_that_is_configured(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims |= ENTRA | {"groups": None, "_claim_names": {"groups": "src1"}}
        found = journey(make(preset="entra", on_group_overage="directory")).identified
        assert (found.groups, found.groups_complete, found.directory_required) == (frozenset(), False, True)

    def test_an_overflow_is_not_mended_with_what_another_source_tells(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.claims |= ENTRA | {"groups": None, "hasgroups": True}
        provider.userinfo = {"groups": ["some"]}
        error = refused(journey, make, preset="entra", groups_from=["id_token", "userinfo"])
        assert error.reason == "group_overage"

    def test_the_address_that_anybody_may_type_is_not_who_somebody_is(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims |= ENTRA | {"upn": None}
        assert refused(journey, make, preset="entra").reason == "no_user_name"


class TestGoogle:
    @pytest.mark.parametrize("told", [{"hd": None}, {"hd": "other.example"}, {"email": "ada@gmail.com", "hd": None}])
    def test_an_account_that_the_company_does_not_manage_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, told: dict[str, Any]
    ) -> None:
        provider.claims |= GOOGLE | told
        assert refused(journey, make, preset="google", **DOMAIN).reason == "wrong_domain"

    def test_the_domain_must_be_said(self, make: MakeMethod) -> None:
        with pytest.raises(ValueError, match="needs email_domains"):
            make(preset="google")


class TestCognito:
    def test_an_access_token_in_the_place_of_an_id_token_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims |= COGNITO | {"token_use": "access"}
        assert refused(journey, make, preset="cognito").reason == "unexpected_claim"

    def test_groups_of_the_access_token_count_when_the_id_token_has_none(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims |= COGNITO | {"cognito:groups": None}
        access = {"iss": provider.url, "iat": provider.now(), "exp": provider.now() + 60, "token_use": "access"}
        provider.access_token = provider.signed(access | {"client_id": CLIENT_ID, "cognito:groups": ["ops"]})
        assert journey(make(preset="cognito")).identified.groups == {"ops"}


class TestVerifiedAddresses:
    @pytest.mark.parametrize("verified", [False, "false", 0, 1, "yes", None])
    def test_an_address_that_is_not_verified_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, verified: Any
    ) -> None:
        provider.claims["email_verified"] = verified
        assert refused(journey, make).reason == "email_not_verified"

    def test_a_provider_that_never_says_is_believed_where_that_is_decided_but_not_one_that_says_no(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims["email_verified"] = None
        assert journey(make(require_verified_email=False)).identified.user == "ada@example.com"
        provider.claims["email_verified"] = False
        assert refused(journey, make, require_verified_email=False).reason == "email_not_verified"


@pytest.mark.parametrize("name", ["", " ", 7, None, "a b", "x" * 300, "ada\x00", "ada\u202eexe@example.com"])
def test_what_is_no_user_name_signs_nobody_in(
    journey: Journey, make: MakeMethod, provider: OidcProvider, name: Any
) -> None:
    provider.claims["email"] = name
    assert refused(journey, make).reason in {"no_user_name", "bad_user_name"}


def test_only_people_of_the_configured_domains_sign_in(
    journey: Journey, make: MakeMethod, provider: OidcProvider
) -> None:
    assert journey(make(email_domains=["@Example.com"])).identified.user == "ada@example.com"
    for address in ("ada@evil-example.com", "ada@example.com.evil.tld", "ada@example.com@evil.tld", "ada"):
        provider.claims["email"] = address
        assert refused(journey, make, email_domains=["example.com"]).reason == "wrong_domain"
