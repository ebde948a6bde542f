"""What an identity provider's token must be before anybody is signed in by it; each wrong one is refused with a reason."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import HMACAlgorithm

from chalicelib.core.errors import NotAuthenticated
from chalicelib.identity.methods.base import Proved
from chalicelib.identity.oidc.tokens import LEEWAY
from tests.support.clock import FrozenClock
from tests.support.oidc import CLIENT_ID, OidcProvider, ec_key, public_jwk, rsa_key, unsigned
from tests.unit.identity.sign_in.conftest import MakeMethod, answer, begun

Journey = Callable[..., Proved]


def refusal(journey: Journey, make: MakeMethod, **config: Any) -> str:
    with pytest.raises(NotAuthenticated) as refused:
        journey(make(**config))
    assert "Start the sign-in again" in refused.value.message
    return refused.value.reason


def test_a_good_token_tells_who_it_is(journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
    provider.claims |= {"email": "Ada@Example.com", "groups": ["Engineers", "on-call"]}
    identified = journey(make()).identified
    assert (identified.user, identified.groups) == ("ada@example.com", frozenset({"engineers", "on-call"}))
    assert (identified.method, identified.subject, identified.groups_complete) == ("okta", "u-1", True)


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_signatures_by_the_usual_algorithms_count(
    journey: Journey, make: MakeMethod, provider: OidcProvider, algorithm: str
) -> None:
    provider.rotate("k", ec_key("k") if algorithm == "ES256" else rsa_key("k"), algorithm)
    assert journey(make()).identified.user == "ada@example.com"


def test_a_key_that_does_not_say_its_algorithm_serves_each_that_fits_it(
    journey: Journey, make: MakeMethod, provider: OidcProvider
) -> None:
    provider.rotate("k", rsa_key("k"), "PS256")
    provider.published = [public_jwk(rsa_key("k"), "k")]
    assert journey(make()).identified.user == "ada@example.com"


class TestAlgorithms:
    def test_no_signature_is_no_token(self, journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
        provider.forge = lambda claims: unsigned(claims, {"alg": "none", "kid": "first"})
        assert refusal(journey, make) == "algorithm_refused"

    @pytest.mark.parametrize("form", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
    def test_the_public_key_is_no_shared_secret(
        self,
        journey: Journey,
        make: MakeMethod,
        provider: OidcProvider,
        monkeypatch: pytest.MonkeyPatch,
        form: PublicFormat,
    ) -> None:
        # PyJWT itself refuses to make such a token; an attacker's library does not.
        monkeypatch.setattr(HMACAlgorithm, "prepare_key", lambda _, key: key)
        secret = rsa_key("first").public_key().public_bytes(Encoding.PEM, form)
        provider.forge = lambda claims: jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "first"})
        assert refusal(journey, make) == "algorithm_refused"

    def test_the_clients_secret_signs_nothing(self, journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
        provider.forge = lambda claims: jwt.encode(claims, "s" * 32, algorithm="HS256")
        assert refusal(journey, make) == "algorithm_refused"

    def test_an_algorithm_outside_the_configured_ones_is_refused_whatever_the_provider_supports(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.rotate("k", rsa_key("k"), "RS512")
        assert refusal(journey, make, algorithms=["RS256"]) == "algorithm_refused"
        assert journey(make(algorithms=["RS512"])).identified.user == "ada@example.com"

    def test_a_shared_secret_among_the_published_keys_verifies_nothing(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.published = [{"kty": "oct", "kid": "first", "k": "c2VjcmV0", "alg": "HS256"}]
        assert refusal(journey, make) == "unknown_key"

    def test_a_key_verifies_only_by_the_algorithm_that_it_is_published_for(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.published = [public_jwk(rsa_key("first"), "first", alg="PS256")]
        assert refusal(journey, make) == "bad_signature"

    def test_a_key_for_encryption_verifies_nothing(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.published = [public_jwk(rsa_key("first"), "first", use="enc")]
        assert refusal(journey, make) == "unknown_key"

    def test_a_short_key_verifies_nothing(self, journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
        short = rsa_key("short", 1024)
        provider.published = [public_jwk(short, "first")]
        provider.key = short
        with pytest.warns(jwt.InsecureKeyLengthWarning):
            assert refusal(journey, make) == "bad_signature"


class TestSignatures:
    def test_another_key_of_the_same_name_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.published = [public_jwk(rsa_key("another"), "first")]
        assert refusal(journey, make) == "bad_signature"

    def test_a_changed_claim_spoils_the_signature(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        def forge(claims: dict[str, Any]) -> str:
            header, _, signature = provider.signed(claims).split(".")
            body = unsigned({**claims, "email": "root@example.com"}, {}).split(".")[1]
            return f"{header}.{body}.{signature}"

        provider.forge = forge
        assert refusal(journey, make) == "bad_signature"

    @pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "e30.e30.e30", "W10.W10.x"])
    def test_what_is_no_token_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, token: str
    ) -> None:
        provider.forge = lambda _: token
        assert refusal(journey, make) in {"bad_token", "algorithm_refused"}

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"7", b"\xff"])
    def test_a_well_signed_body_that_is_no_set_of_claims_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, body: bytes
    ) -> None:
        provider.forge = lambda _: jwt.api_jws.encode(body, provider.key, "RS256", {"kid": "first"})
        assert refusal(journey, make) == "bad_token"

    def test_a_token_of_enormous_size_is_not_even_read(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims["groups"] = ["g" * 100] * 1000
        assert refusal(journey, make) == "token_too_large"

    def test_a_token_without_a_key_name_fits_any_published_key(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.published = [public_jwk(rsa_key("another"), "a"), public_jwk(rsa_key("first"), "b")]
        provider.forge = lambda claims: jwt.encode(claims, provider.key, algorithm="RS256")
        assert journey(make()).identified.user == "ada@example.com"

    def test_a_token_that_asks_for_extensions_nobody_knows_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.forge = lambda claims: provider.signed(claims, crit=["exp"])
        assert refusal(journey, make) == "bad_token"


class TestForWhomAndByWhom:
    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"iss": "https://evil.example"}, "wrong_issuer"),
            ({"aud": "another-client"}, "wrong_audience"),
            ({"aud": ["another-client"]}, "wrong_audience"),
            ({"aud": None}, "wrong_audience"),
            ({"aud": {"x": CLIENT_ID}}, "wrong_audience"),
            ({"aud": [CLIENT_ID, "another-client"]}, "wrong_party"),
            ({"aud": [CLIENT_ID, "another-client"], "azp": "another-client"}, "wrong_party"),
            ({"azp": "another-client"}, "wrong_party"),
            ({"nonce": "another"}, "wrong_nonce"),
            ({"nonce": None}, "wrong_nonce"),
            ({"nonce": 7}, "wrong_nonce"),
            ({"at_hash": "c3dhcHBlZA"}, "swapped_access_token"),
            ({"at_hash": 1}, "swapped_access_token"),
            ({"sub": ""}, "missing_claim"),
            ({"iss": None}, "missing_claim"),
            ({"exp": None}, "missing_claim"),
            ({"iat": None}, "missing_claim"),
            ({"exp": "tomorrow"}, "bad_token"),
            ({"exp": True}, "bad_token"),
            ({"nbf": []}, "bad_token"),
        ],
    )
    def test_a_token_that_is_not_for_this_very_sign_in_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, claims: dict[str, Any], reason: str
    ) -> None:
        provider.claims |= claims
        assert refusal(journey, make) == reason

    def test_more_audiences_are_fine_when_the_token_was_given_to_us(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims |= {"aud": ["api", CLIENT_ID], "azp": CLIENT_ID}
        assert journey(make()).identified.user == "ada@example.com"

    def test_a_token_without_at_hash_is_fine(self, journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
        provider.claims["at_hash"] = None
        assert journey(make()).identified.user == "ada@example.com"

    def test_the_token_of_another_sign_in_is_refused(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        (mine, my_url), (_, other_url) = begun(method, clock), begun(method, clock)
        stolen = provider.approve(other_url)["code"]
        mine_is = provider.approve(my_url)["code"]
        # As if the provider did not bind codes to PKCE: then the nonce still does.
        provider.codes[mine_is].nonce = provider.codes[stolen].nonce
        with pytest.raises(NotAuthenticated) as refused:
            method.finish(mine, answer(code=mine_is, state=mine.state))
        assert refused.value.reason == "wrong_nonce"

    def test_a_code_of_another_sign_in_is_refused_by_pkce(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        (mine, _), (_, other_url) = begun(method, clock), begun(method, clock)
        with pytest.raises(NotAuthenticated) as refused:
            method.finish(mine, answer(code=provider.approve(other_url)["code"], state=mine.state))
        assert refused.value.reason == "code_refused"


class TestTimes:
    @pytest.mark.parametrize(
        ("claims", "reason"),
        [
            ({"exp": -LEEWAY - 1}, "token_expired"),
            ({"iat": LEEWAY + 1}, "token_from_the_future"),
            ({"nbf": LEEWAY + 1}, "token_from_the_future"),
        ],
    )
    def test_a_token_outside_its_time_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, claims: dict[str, int], reason: str
    ) -> None:
        provider.claims |= {name: provider.now() + seconds for name, seconds in claims.items()}
        assert refusal(journey, make) == reason

    @pytest.mark.parametrize("skew", [-LEEWAY, LEEWAY])
    def test_the_providers_clock_may_differ_by_five_minutes_either_way(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock, skew: int
    ) -> None:
        there = clock.now() + skew
        provider.claims |= {"iat": there, "nbf": there, "exp": max(there, clock.now() - LEEWAY)}
        assert journey(make()).identified.user == "ada@example.com"

    def test_the_age_of_the_proof_is_judged_when_one_was_asked_for(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        assert "max_age=900" in begun(make(max_age=900), clock)[1]
        assert refusal(journey, make, max_age=900) == "missing_claim"
        provider.claims["auth_time"] = clock.now() - 900 - LEEWAY
        assert journey(make(max_age=900)).identified.user == "ada@example.com"
        provider.claims["auth_time"] -= 1
        assert refusal(journey, make, max_age=900) == "old_proof"
        assert journey(make()).identified.user == "ada@example.com"

    def test_five_minutes_are_what_was_promised(self) -> None:
        assert LEEWAY == 300


def test_nothing_of_a_token_is_in_what_a_refusal_says(
    journey: Journey, make: MakeMethod, provider: OidcProvider, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[str] = []

    def forge(claims: dict[str, Any]) -> str:
        seen.append(provider.signed(claims))
        return seen[-1]

    provider.claims["aud"] = "another-client"
    provider.forge = forge
    with pytest.raises(NotAuthenticated) as refused:
        journey(make())
    said = json.dumps([refused.value.message, refused.value.extra, repr(refused.value)]) + "".join(capfd.readouterr())
    assert not any(part in said for part in seen[0].split("."))
