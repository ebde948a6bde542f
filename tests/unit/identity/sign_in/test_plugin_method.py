"""Signing in by what a company's plugin finds in the request."""

import pytest

from chalicelib.core.errors import Forbidden, Misconfigured
from chalicelib.core.hooks import Identity, SignInRequest
from chalicelib.identity.methods.base import Identified, Surroundings
from chalicelib.identity.methods.plugin import PluginConfig, PluginMethod
from chalicelib.wire.http import HttpRequest, read_request
from tests.support.clock import FrozenClock
from tests.support.http import rest_event


def request() -> HttpRequest:
    event = rest_event("GET", "/auth", headers={"X-Badge": "ada"}, source_ip="198.51.100.7")
    return read_request(event, b"", cdn_secret="")


def method(found: Identity | None, asked: list[SignInRequest] | None = None) -> PluginMethod:
    def ask(sign_in: SignInRequest) -> Identity | None:
        if asked is not None:
            asked.append(sign_in)
        return found

    surroundings = Surroundings("https://consoleme.example", FrozenClock(), lambda _: "", ask_plugins=ask)
    return PluginMethod("badge", PluginConfig(method="plugin"), surroundings)


def test_the_plugin_is_shown_the_request_and_names_the_person() -> None:
    asked: list[SignInRequest] = []
    found = method(Identity("Ada@Example.com", frozenset({"Staff"}), "badge-7", groups_complete=False), asked)
    assert found.identify(request()) == Identified(
        user="ada@example.com",
        groups=frozenset({"staff"}),
        method="badge",
        subject="badge-7",
        groups_complete=False,
    )
    assert asked == [SignInRequest("GET", "/auth", {"x-badge": "ada"}, "198.51.100.7")]


def test_without_a_subject_the_name_stands_for_it() -> None:
    found = method(Identity("Ada")).identify(request())
    assert found is not None
    assert (found.subject, found.groups_complete) == ("ada", True)


def test_nobody_is_nobody() -> None:
    assert method(None).identify(request()) is None


@pytest.mark.parametrize(
    ("identity", "reason"), [(Identity("a b"), "bad_user_name"), (Identity("ada", frozenset({"\x00"})), "bad_groups")]
)
def test_what_is_no_name_signs_nobody_in(identity: Identity, reason: str) -> None:
    with pytest.raises(Forbidden) as refusal:
        method(identity).identify(request())
    assert refusal.value.reason == reason


def test_where_no_plugins_are_asked_the_method_is_of_no_use() -> None:
    surroundings = Surroundings("https://consoleme.example", FrozenClock(), lambda _: "")
    with pytest.raises(Misconfigured):
        PluginMethod("badge", PluginConfig(method="plugin"), surroundings).identify(request())
