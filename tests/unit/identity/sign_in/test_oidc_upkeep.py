"""What an identity provider says of itself, its keys, its end of the session, and how it is doing."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.errors import AppError, NotAuthenticated, Upstream
from chalicelib.core.health import HealthStatus
from chalicelib.identity.methods.base import CheckedMethod, Proved
from chalicelib.identity.oidc.provider import FRESH, STALE
from tests.support.clock import FrozenClock
from tests.support.http import Scripted
from tests.support.oidc import CLIENT_ID, OidcProvider, ec_key, rsa_key
from tests.unit.identity.sign_in.conftest import PUBLIC_URL, MakeMethod, begun

Journey = Callable[..., Proved]
DISCOVERY = "/.well-known/openid-configuration"


class TestWhatTheProviderSaysOfItself:
    def test_it_is_asked_once_in_an_hour(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        for _ in range(3):
            journey(method)
        assert (provider.asked(DISCOVERY), provider.asked("/jwks")) == (1, 1)
        clock.advance(FRESH)
        journey(method)
        assert (provider.asked(DISCOVERY), provider.asked("/jwks")) == (2, 2)

    def test_endpoints_that_are_configured_are_not_asked_for(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        endpoints = {
            "authorization_endpoint": f"{provider.url}/authorize",
            "token_endpoint": f"{provider.url}/token",
            "jwks_uri": f"{provider.url}/jwks",
        }
        assert journey(make(**endpoints)).identified.user == "ada@example.com"
        assert provider.asked(DISCOVERY) == 0

    def test_another_issuer_than_the_configured_one_is_not_believed(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        provider.metadata["issuer"] = f"{provider.url}/"
        with pytest.raises(Upstream) as refused:
            begun(make(), clock)
        assert refused.value.reason == "issuer_mismatch"

    @pytest.mark.parametrize("endpoint", ["token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"])
    def test_an_endpoint_without_tls_beyond_this_machine_is_not_used(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock, endpoint: str
    ) -> None:
        provider.metadata[endpoint] = "http://idp.example/x"
        with pytest.raises(Upstream, match=endpoint):
            begun(make(), clock)

    def test_a_provider_that_is_down_is_an_outage(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        provider.on(DISCOVERY, Scripted({}, 500))
        with pytest.raises(Upstream) as refused:
            begun(make(), clock)
        assert refused.value.reason == "provider_down"
        assert "Try again" in refused.value.message

    def test_what_it_said_before_serves_for_a_day_while_it_is_silent(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        journey(method)
        provider.on(DISCOVERY, Scripted({}, 500))
        provider.on("/jwks", Scripted({}, 500))
        clock.advance(STALE - 1)
        assert journey(method).identified.user == "ada@example.com"
        clock.advance(1)
        with pytest.raises(Upstream):
            journey(method)

    def test_a_redirect_is_not_followed(self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock) -> None:
        provider.on(DISCOVERY, Scripted({}, 302, {"Location": f"{provider.url}/elsewhere"}))
        with pytest.raises(Upstream):
            begun(make(), clock)
        assert provider.asked("/elsewhere") == 0


class TestKeyRotation:
    def test_a_new_key_counts_at_the_next_sign_in(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        method = make()
        journey(method)
        provider.rotate("second", ec_key("second"), "ES256")
        assert journey(method).identified.user == "ada@example.com"
        assert provider.asked("/jwks") == 2

    def test_a_key_that_is_published_no_longer_does_not_count(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        journey(method)
        provider.rotate("second", rsa_key("second"), "RS256")
        journey(method)
        provider.kid, provider.key = "first", rsa_key("first")
        with pytest.raises(NotAuthenticated) as refused:
            journey(method)
        assert refused.value.reason == "unknown_key"

    def test_names_that_nobody_knows_do_not_make_us_ask_for_ever(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        method = make()
        journey(method)
        provider.forge = lambda claims: provider.signed(claims, kid=f"unknown-{len(provider.received)}")
        for _ in range(20):
            with pytest.raises(NotAuthenticated):
                journey(method)
        assert provider.asked("/jwks") == 4
        clock.advance(61)
        with pytest.raises(NotAuthenticated):
            journey(method)
        assert provider.asked("/jwks") == 5

    @pytest.mark.parametrize("keys", [{}, {"keys": {}}, {"keys": []}, {"keys": ["x", 7, None, {"kty": "RSA"}]}])
    def test_a_key_set_without_a_usable_key_signs_nobody_in(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, keys: object
    ) -> None:
        provider.on("/jwks", Scripted(keys))
        with pytest.raises(AppError) as refused:
            journey(make())
        assert refused.value.reason in {"provider_answer_unreadable", "unknown_key", "bad_signature"}


class TestSigningOut:
    def test_the_provider_ends_its_session_and_sends_the_person_back(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["end_session_endpoint"] = f"{provider.url}/end"
        method = make()
        url = method.sign_out_url(journey(method).sign_out, f"{PUBLIC_URL}/")
        assert url is not None
        query = parse_qs(urlsplit(url).query)
        assert url.startswith(f"{provider.url}/end?")
        assert query["post_logout_redirect_uri"] == [f"{PUBLIC_URL}/"]
        assert query["client_id"] == [CLIENT_ID]
        assert query["id_token_hint"][0].count(".") == 2

    def test_cognito_has_another_word_for_the_way_back(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims["token_use"] = "id"
        provider.claims["cognito:groups"] = ["a"]
        method = make(preset="cognito", end_session_endpoint=f"{provider.url}/logout")
        url = method.sign_out_url(journey(method).sign_out, f"{PUBLIC_URL}/") or ""
        assert parse_qs(urlsplit(url).query)["logout_uri"] == [f"{PUBLIC_URL}/"]

    def test_a_provider_without_an_end_of_session_and_one_that_is_left_alone_are_not_visited(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        method = make()
        assert journey(method).sign_out == {}
        assert method.sign_out_url({}, f"{PUBLIC_URL}/") is None
        provider.metadata["end_session_endpoint"] = f"{provider.url}/end"
        assert make(sign_out_at_provider=False).sign_out_url({}, f"{PUBLIC_URL}/") is None

    def test_a_very_long_token_is_not_kept(self, journey: Journey, make: MakeMethod, provider: OidcProvider) -> None:
        provider.metadata["end_session_endpoint"] = f"{provider.url}/end"
        provider.claims["groups"] = [f"group-{number}-{'x' * 40}" for number in range(200)]
        assert journey(make()).sign_out == {}


class TestHealth:
    def test_a_provider_that_answers_is_well_and_asked_anew_each_time(
        self, make: MakeMethod, provider: OidcProvider
    ) -> None:
        method = make()
        assert isinstance(method, CheckedMethod)
        assert method.check().status is HealthStatus.OK
        health = method.check()
        assert (health.status, provider.asked("/jwks")) == (HealthStatus.OK, 2)
        assert health.cause == f"{provider.url} answers, and publishes 1 key."

    @pytest.mark.parametrize(
        ("path", "answer"), [(DISCOVERY, Scripted({}, 500)), ("/jwks", Scripted({"keys": []})), ("/jwks", Scripted({}))]
    )
    def test_a_provider_that_does_not_is_a_failure_with_its_fix(
        self, make: MakeMethod, provider: OidcProvider, path: str, answer: Scripted
    ) -> None:
        provider.on(path, answer)
        health = make().check()
        assert health.status is HealthStatus.FAILED
        assert health.cause
        assert health.fix
