"""Where groups are told, and which words about them count."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.identity.methods.base import Proved
from tests.support.oidc import CLIENT_ID, OidcProvider
from tests.unit.identity.sign_in.conftest import MakeMethod, refused

Journey = Callable[..., Proved]


class TestGroups:
    def test_userinfo_tells_what_the_id_token_does_not(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.claims |= {"email": None, "email_verified": None}
        provider.userinfo = {"email": "ada@example.com", "email_verified": True, "groups": ["ops"]}
        found = journey(make()).identified
        assert (found.user, found.groups) == ("ada@example.com", frozenset({"ops"}))
        assert provider.asked("/userinfo") == 1

    def test_userinfo_is_not_asked_for_what_is_known(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.claims["groups"] = []
        assert journey(make()).identified.groups == set()
        assert provider.asked("/userinfo") == 0

    def test_what_the_id_token_says_is_not_overruled(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.userinfo = {"email": "root@example.com", "groups": ["ops"]}
        found = journey(make()).identified
        assert (found.user, found.groups) == ("ada@example.com", frozenset({"ops"}))

    def test_userinfo_about_somebody_else_is_refused(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.metadata["userinfo_endpoint"] = f"{provider.url}/userinfo"
        provider.userinfo = {"sub": "u-2", "groups": ["ops"]}
        assert refused(journey, make).reason == "swapped_userinfo"

    @pytest.mark.parametrize(
        ("claims", "config", "reason"),
        [
            ({"aud": "api"}, {}, "wrong_audience"),
            ({"aud": "other"}, {"access_token_audience": "api"}, "wrong_audience"),
            ({}, {"access_token_audience": "api"}, "wrong_audience"),
            ({"cid": "another-client"}, {}, "wrong_party"),
            ({"aud": "api", "azp": "another-client"}, {"access_token_audience": "api"}, "wrong_party"),
            ({"iss": "https://evil.example"}, {}, "wrong_issuer"),
            ({"exp": 1}, {}, "token_expired"),
        ],
    )
    def test_groups_of_an_access_token_count_only_when_it_is_ours(
        self,
        journey: Journey,
        make: MakeMethod,
        provider: OidcProvider,
        claims: dict[str, Any],
        config: dict[str, Any],
        reason: str,
    ) -> None:
        base = {"iss": provider.url, "iat": provider.now(), "exp": provider.now() + 60, "groups": ["ops"]}
        provider.access_token = provider.signed(base | claims)
        assert refused(journey, make, groups_from=["access_token"], **config).reason == reason

    def test_an_access_token_that_is_ours_tells_groups(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        base = {"iss": provider.url, "iat": provider.now(), "exp": provider.now() + 60, "groups": ["ops"]}
        for claims, config in (({"aud": CLIENT_ID}, {}), ({"aud": ["api", "x"]}, {"access_token_audience": "api"})):
            provider.access_token = provider.signed(base | claims)
            assert journey(make(groups_from=["access_token"], **config)).identified.groups == {"ops"}

    def test_an_access_token_that_only_the_provider_reads_tells_nothing(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        assert journey(make(groups_from=["access_token"])).identified.groups == set()
        provider.claims["groups"] = ["ops"]
        assert journey(make(groups_from=["access_token", "id_token"])).identified.groups == {"ops"}

    @pytest.mark.parametrize("groups", [7, {"a": 1}, ["a", 7], [None], ["x" * 300], ["a\x00b"], ["g"] * 3 + [["a"]]])
    def test_groups_that_cannot_be_read_are_a_refusal_and_not_fewer_groups(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider, groups: Any
    ) -> None:
        provider.claims["groups"] = groups
        assert refused(journey, make).reason == "bad_groups"

    def test_one_group_as_plain_text_is_one_group(
        self, journey: Journey, make: MakeMethod, provider: OidcProvider
    ) -> None:
        provider.claims["groups"] = "Ops, and more"
        assert journey(make()).identified.groups == {"ops, and more"}
