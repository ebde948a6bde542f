"""The folder of methods, and what a deployment may say about them."""

import pkgutil
import re
from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Misconfigured
from chalicelib.dynamic_config.document import Configuration
from chalicelib.identity import methods
from chalicelib.identity.methods.base import MethodType, Surroundings
from chalicelib.identity.methods.registry import FullDeployment, method_types, used_methods
from chalicelib.identity.oidc.config import OidcConfig, is_loopback, safe_url
from tests.support.clock import FrozenClock
from tests.support.tree import python_files

BASE = {"administrators": ["user:root"], "hub": {"account_id": "111111111111"}}
OKTA = {"method": "oidc", "preset": "okta", "issuer": "https://corp.okta.example", "client_id": "abc"}
PROXY = {"method": "header", "user_header": "X-User", "proxies": ["10.0.0.0/8"]}
SURROUNDINGS = Surroundings("https://consoleme.example", FrozenClock(), lambda _: "secret")


def deployment(sign_in: list[str], described: Mapping[str, Any]) -> FullDeployment:
    return FullDeployment.model_validate({**BASE, "sign_in": sign_in, "sign_in_methods": described})


def test_every_module_of_the_folder_is_a_kind_of_method_called_like_it() -> None:
    modules = {info.name for info in pkgutil.iter_modules(methods.__path__)} - {"base", "registry"}
    assert set(method_types()) == modules
    assert all(isinstance(kind, MethodType) for kind in method_types().values())


def test_no_method_knows_another() -> None:
    place = f"{methods.__name__}."
    for path in python_files("chalicelib/identity/methods"):
        if path.stem in method_types():
            modules = re.findall(r"^from (\S+) import", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert {module for module in modules if module.startswith(place)} <= {f"{place}base"}, path.stem


def test_methods_are_built_in_the_order_of_the_deployment_and_only_those_that_it_names() -> None:
    described = {"google": {**OKTA, "preset": "generic"}, "okta": OKTA, "proxy": PROXY, "unused": OKTA}
    found = used_methods(deployment(["session", "proxy", "okta", "plugin", "google", "okta"], described), SURROUNDINGS)
    assert [method.name for method in found] == ["proxy", "okta", "google"]


def test_a_deployment_that_says_nothing_has_no_method_of_its_own() -> None:
    assert used_methods(FullDeployment.model_validate(BASE), SURROUNDINGS) == ()
    assert FullDeployment.model_validate(BASE).sign_in == ("session",)


def test_the_labels_are_the_configured_ones_or_the_names() -> None:
    described = {"okta": {**OKTA, "label": "Corporate account"}, "other": OKTA}
    found = used_methods(deployment(["okta", "other"], described), SURROUNDINGS)
    assert [getattr(method, "label", None) for method in found] == ["Corporate account", "other"]


@pytest.mark.parametrize(
    ("sign_in", "described", "fault"),
    [
        (["okta"], {}, "names okta, which sign_in_methods does not describe"),
        ([], {"session": OKTA}, "can't be called 'session'"),
        ([], {"plugin": OKTA}, "can't be called 'plugin'"),
        ([], {"Okta": OKTA}, "can't be called 'Okta'"),
        ([], {"a b": OKTA}, "can't be called 'a b'"),
        ([], {"okta": {"method": "ldap"}}, "ldap"),
        ([], {"okta": {"issuer": "https://x"}}, "discriminator"),
        ([], {"okta": {**OKTA, "client_secret": "abc"}}, "client_secret"),
        ([], {"okta": {**OKTA, "issuer": "http://corp.okta.example"}}, "must begin with https"),
        ([], {"okta": {**OKTA, "token_endpoint": "https://x.example/t"}}, "together"),
        ([], {"okta": {**OKTA, "userinfo_endpoint": "http://x.example/u"}}, "must begin with https"),
        ([], {"okta": {**OKTA, "scopes": ["email"]}}, "openid"),
        ([], {"okta": {**OKTA, "algorithms": ["none"]}}, "algorithms"),
        ([], {"okta": {**OKTA, "algorithms": ["HS256"]}}, "algorithms"),
        ([], {"okta": {**OKTA, "algorithms": []}}, "algorithms"),
        ([], {"okta": {**OKTA, "authorization_parameters": {"redirect_uri": "https://evil"}}}, "redirect_uri"),
        ([], {"okta": {**OKTA, "authorization_parameters": {"response_mode": "fragment"}}}, "response_mode"),
    ],
)
def test_a_mistake_stops_the_start_and_is_named(sign_in: list[str], described: Mapping[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        deployment(sign_in, described)


def test_whoever_needs_only_the_rest_reads_the_same_section_without_knowing_methods() -> None:
    document = {"deployment": {**BASE, "sign_in": ["okta"], "sign_in_methods": {"okta": OKTA}}}
    assert Configuration(document, "test").section("deployment", Deployment).sign_in == ("okta",)


def test_a_fault_in_a_method_is_told_with_its_place() -> None:
    document = {"deployment": {**BASE, "sign_in_methods": {"okta": {"method": "oidc", "issuer": "https://x"}}}}
    with pytest.raises(Misconfigured, match=r"deployment\.sign_in_methods\.okta\.oidc\.client_id"):
        Configuration(document, "test").section("deployment", FullDeployment)


@pytest.mark.parametrize(
    "url",
    [
        "https://idp.example",
        "https://idp.example:8443/path?p=1",
        "http://127.0.0.1:9000",
        "http://127.8.8.8/x",
        "http://[::1]:9000",
        "http://localhost:9000",
    ],
)
def test_a_provider_is_reached_by_https_or_on_this_machine(url: str) -> None:
    assert safe_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "idp.example",
        "http://idp.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user@idp.example",
        "https://idp.example/#x",
        "https://idp.example:port",
        "https://[",
        "https://",
        "ftp://127.0.0.1",
        "javascript:alert(1)",
        "https://idp.example/a b",
        "http://169.254.169.254",
        "http://0.0.0.0",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"is not a URL|must begin with https"):
        safe_url(url)


def test_loopback_is_an_address_and_not_a_name_that_looks_like_one() -> None:
    assert is_loopback("LOCALHOST")
    assert not is_loopback("127.0.0.1.example")


def test_a_preset_can_be_overruled_word_by_word() -> None:
    config = OidcConfig.model_validate({**OKTA, "user_claim": "login", "groups_from": []})
    assert (config.known.user_claim, config.known.groups_from) == ("login", ())
    assert config.known.groups_claim == "groups"
