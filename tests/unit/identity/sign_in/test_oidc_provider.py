"""The way to an identity provider and back: what is sent, what is kept, and what happens when the provider is not well."""

import json
import logging
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.core.errors import NotAuthenticated, Upstream
from chalicelib.identity.methods.base import Proved
from chalicelib.identity.methods.oidc import challenge_of
from chalicelib.identity.oidc.http import SIZE_LIMIT
from tests.support.clock import FrozenClock
from tests.support.http import Scripted
from tests.support.oidc import CLIENT_ID, CLIENT_SECRET, OidcProvider
from tests.unit.identity.sign_in.conftest import PUBLIC_URL, MakeMethod, answer, begun

Journey = Callable[..., Proved]
DISCOVERY = "/.well-known/openid-configuration"


class TestTheWayThere:
    def test_the_link_asks_for_a_code_with_everything_that_ties_the_answer_to_the_question(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        attempt, url = begun(make(), clock)
        query = parse_qs(urlsplit(url).query)
        assert url.startswith(f"{provider.url}/authorize?")
        assert query == {
            "response_type": ["code"],
            "client_id": [CLIENT_ID],
            "redirect_uri": [f"{PUBLIC_URL}/auth"],
            "scope": ["openid email profile"],
            "state": [attempt.state],
            "nonce": [attempt.notes["nonce"]],
            "code_challenge": [challenge_of(attempt.notes["verifier"])],
            "code_challenge_method": ["S256"],
        }
        assert attempt.notes["verifier"] not in url

    def test_each_sign_in_has_its_own_nonce_and_verifier(self, make: MakeMethod, clock: FrozenClock) -> None:
        notes = [begun(make(), clock)[0].notes for _ in range(20)]
        assert len({one["nonce"] for one in notes}) == len({one["verifier"] for one in notes}) == 20
        assert min(len(one["verifier"]) for one in notes) >= 43

    def test_the_challenge_is_the_one_of_the_specification(self) -> None:
        verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        assert challenge_of(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    def test_more_parameters_are_added_and_the_own_ones_stand(self, make: MakeMethod, clock: FrozenClock) -> None:
        _, url = begun(make(authorization_parameters={"prompt": "select_account"}), clock)
        assert parse_qs(urlsplit(url).query)["prompt"] == ["select_account"]

    def test_an_endpoint_with_a_query_keeps_it(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock
    ) -> None:
        provider.metadata["authorization_endpoint"] = f"{provider.url}/authorize?p=b2c"
        _, url = begun(make(), clock)
        assert parse_qs(urlsplit(url).query)["p"] == ["b2c"]


class TestTheWayBack:
    @pytest.mark.parametrize("code", ["access_denied", "login_required", "<script>", "x" * 100])
    def test_a_providers_no_is_told_in_our_words(self, make: MakeMethod, clock: FrozenClock, code: str) -> None:
        method = make()
        attempt, _ = begun(method, clock)
        with pytest.raises(NotAuthenticated) as refused:
            method.finish(attempt, answer(error=code, error_description="Call +1 900 now", state=attempt.state))
        assert refused.value.reason == ("access_denied" if code == "access_denied" else "provider_refused")
        assert "900" not in refused.value.message
        assert "<" not in refused.value.message
        assert "x" * 61 not in refused.value.message

    def test_a_provider_that_says_it_is_unwell_is_an_outage(self, make: MakeMethod, clock: FrozenClock) -> None:
        method = make()
        attempt, _ = begun(method, clock)
        with pytest.raises(Upstream) as refused:
            method.finish(attempt, answer(error="temporarily_unavailable", state=attempt.state))
        assert refused.value.reason == "provider_down"

    @pytest.mark.parametrize("query", [{}, {"code": ""}, {"code": "x" * 9000}])
    def test_an_answer_without_a_usable_code_is_refused(
        self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock, query: dict[str, str]
    ) -> None:
        method = make()
        attempt, _ = begun(method, clock)
        with pytest.raises(NotAuthenticated) as refused:
            method.finish(attempt, answer(state=attempt.state, **query))
        assert refused.value.reason == "bad_code"
        assert provider.asked("/token") == 0

    def test_an_answer_that_names_another_issuer_is_refused_before_the_code_is_shown_to_anybody(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        with pytest.raises(NotAuthenticated) as refused:
            journey(make(), iss="https://evil.example")
        assert (refused.value.reason, provider.asked("/token")) == ("wrong_issuer", 0)

    def test_a_provider_that_promises_its_name_must_give_it(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["authorization_response_iss_parameter_supported"] = True
        with pytest.raises(NotAuthenticated) as refused:
            journey(make())
        assert refused.value.reason == "missing_issuer"
        assert journey(make(), iss=provider.url).identified.user == "ada@example.com"

    def test_a_code_counts_once(self, make: MakeMethod, provider: OidcProvider, clock: FrozenClock) -> None:
        method = make()
        attempt, url = begun(method, clock)
        query = provider.approve(url)
        method.finish(attempt, answer(**query))
        with pytest.raises(NotAuthenticated) as refused:
            method.finish(attempt, answer(**query))
        assert refused.value.reason == "code_refused"

    @pytest.mark.parametrize("way", ["basic", "post"])
    def test_the_secret_goes_to_the_token_endpoint_alone(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, way: str
    ) -> None:
        journey(make(client_authentication=way))
        with_secret = [
            request.path
            for request in provider.received
            if "Basic" in request.headers.get("Authorization", "") or b"client_secret" in request.body
        ]
        assert with_secret == ["/token"]

    def test_a_public_client_sends_its_name_and_no_secret(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        assert journey(make(client_secret_name=None)).identified.user == "ada@example.com"
        (sent,) = [request for request in provider.received if request.path == "/token"]
        assert "Authorization" not in sent.headers
        assert b"secret" not in sent.body

    @pytest.mark.parametrize(
        ("status", "body", "reason"),
        [
            (401, {"error": "invalid_client"}, "client_refused"),
            (400, {"error": "unauthorized_client"}, "client_refused"),
            (400, {"error": "invalid_scope"}, "token_refused"),
            (400, {}, "token_refused"),
            (302, {}, "token_refused"),
            (503, {}, "provider_down"),
            (200, {"access_token": "a"}, "no_id_token"),
            (200, {"id_token": 7}, "no_id_token"),
            (200, [], "provider_answer_unreadable"),
            (200, b"<html>", "provider_answer_unreadable"),
            (200, b"[" * 100_000, "provider_answer_unreadable"),
            (200, b"x" * (SIZE_LIMIT + 1), "provider_answer_too_large"),
        ],
    )
    def test_a_token_endpoint_that_gives_no_tokens_signs_nobody_in(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, status: int, body: object, reason: str
    ) -> None:
        provider.on("/token", Scripted(body, status, {"Location": f"{provider.url}/elsewhere"}))
        with pytest.raises(Upstream) as refused:
            journey(make())
        assert refused.value.reason == reason
        assert CLIENT_SECRET not in refused.value.message
        assert (provider.asked("/token"), provider.asked("/elsewhere")) == (1, 0)


def test_nothing_secret_is_logged_and_nothing_secret_is_shown_by_the_types(
    journey: Journey, make: MakeMethod, provider: OidcProvider, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    provider.metadata["end_session_endpoint"] = f"{provider.url}/end"
    method = make()
    with caplog.at_level(logging.DEBUG):
        attempt, url = begun(method, clock)
        proved = method.finish(attempt, answer(**provider.approve(url)))
    # urllib3's own debug lines are switched off in the functions; its request lines hold no secret either way.
    shown = json.dumps([record.getMessage() for record in caplog.records]) + repr(attempt) + repr(proved)
    hidden = [attempt.notes["verifier"], attempt.notes["nonce"], CLIENT_SECRET, proved.sign_out["id_token"], "code-0"]
    assert [word for word in hidden if word in shown] == []
