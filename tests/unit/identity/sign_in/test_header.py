"""A header that names a person is believed from the proxy alone."""

from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.core.errors import Forbidden, Misconfigured
from chalicelib.core.health import HealthStatus
from chalicelib.identity.methods.base import CheckedMethod, Surroundings
from chalicelib.identity.methods.header import HeaderConfig, HeaderMethod
from chalicelib.wire.http import HttpRequest, read_request
from tests.support.clock import FrozenClock
from tests.support.http import rest_event

PROXY, ELSEWHERE, SECRET = "10.1.2.3", "203.0.113.9", "a shared word"
ADDRESS: dict[str, Any] = {"proxies": ["10.1.0.0/16"]}
WORD: dict[str, Any] = {"secret_header": "X-Proxy-Secret", "secret_name": "consoleme-sign-in-proxy"}
BOTH = ADDRESS | WORD


def method(**config: Any) -> HeaderMethod:
    base = {"method": "header", "user_header": "X-Auth-User", "groups_header": "X-Auth-Groups"}
    return HeaderMethod(
        "proxy",
        HeaderConfig.model_validate(base | config),
        Surroundings(
            "https://consoleme.example", FrozenClock(), lambda name: SECRET if name == WORD["secret_name"] else ""
        ),
    )


def request(address: str = PROXY, **headers: str | list[str]) -> HttpRequest:
    """Header names with '_' for '-'; a list is a header that came more than once."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    last = {name: value if isinstance(value, str) else value[-1] for name, value in named.items()}
    event = rest_event("GET", "/auth", headers=last, source_ip=address)
    event["multiValueHeaders"] = {name: [value] if isinstance(value, str) else value for name, value in named.items()}
    return read_request(event, b"", cdn_secret="cdn")


def test_the_proxy_names_the_person_and_their_groups() -> None:
    found = method(**ADDRESS).identify(request(X_Auth_User="Ada@Example.com", X_Auth_Groups="Engineers, on-call,,"))
    assert found is not None
    assert (found.user, sorted(found.groups), found.method) == ("ada@example.com", ["engineers", "on-call"], "proxy")
    assert found.groups_complete


def test_without_a_header_for_groups_the_directory_tells_them() -> None:
    found = method(groups_header=None, **ADDRESS).identify(request(X_Auth_User="ada", X_Auth_Groups="admins"))
    assert found is not None
    assert (found.groups, found.groups_complete) == (frozenset(), False)


@pytest.mark.parametrize("headers", [{}, {"X_Auth_User": ""}, {"X_Auth_User": "  "}, {"X_Auth_Groups": "admins"}])
def test_a_proxy_that_names_nobody_signs_nobody_in(headers: dict[str, str]) -> None:
    assert method(**ADDRESS).identify(request(**headers)) is None


def test_whoever_sends_no_such_header_is_nobodys_business() -> None:
    assert method(**BOTH).identify(request(ELSEWHERE, Accept="*/*")) is None


@pytest.mark.parametrize(
    ("config", "address", "word", "believed"),
    [
        (ADDRESS, PROXY, None, True),
        (ADDRESS, ELSEWHERE, SECRET, False),
        (WORD, ELSEWHERE, SECRET, True),
        (WORD, PROXY, "another word", False),
        (WORD, PROXY, None, False),
        (WORD, PROXY, "", False),
        (WORD, PROXY, [SECRET, SECRET], False),
        (BOTH, PROXY, SECRET, True),
        (BOTH, ELSEWHERE, SECRET, False),
        (BOTH, PROXY, "another word", False),
        (BOTH | {"trust": "any"}, ELSEWHERE, SECRET, True),
        (BOTH | {"trust": "any"}, PROXY, "another word", True),
        (BOTH | {"trust": "any"}, ELSEWHERE, "another word", False),
        (ADDRESS, "", None, False),
        (ADDRESS, "10.1.2.3.evil", None, False),
        ({"proxies": ["2001:db8::/48"]}, "2001:db8::7", None, True),
        ({"proxies": ["2001:db8::/48"]}, PROXY, None, False),
    ],
)
def test_only_the_proxy_is_believed(config: dict[str, Any], address: str, word: Any, *, believed: bool) -> None:
    headers = {"X_Auth_User": "ada"} | ({} if word is None else {"X_Proxy_Secret": word})
    if believed:
        assert method(**config).identify(request(address, **headers)) is not None
    else:
        with pytest.raises(Forbidden) as refused:
            method(**config).identify(request(address, **headers))
        assert refused.value.reason == "header_not_trusted"


def test_an_empty_secret_proves_nothing() -> None:
    config = WORD | {"secret_name": "consoleme-sign-in-empty"}
    with pytest.raises(Forbidden):
        method(**config).identify(request(ELSEWHERE, X_Auth_User="ada", X_Proxy_Secret=""))


def test_what_a_client_writes_about_its_own_address_proves_nothing() -> None:
    forged = request(ELSEWHERE, X_Auth_User="ada", X_Forwarded_For=PROXY, CloudFront_Viewer_Address=f"{PROXY}:1")
    with pytest.raises(Forbidden):
        method(**ADDRESS).identify(forged)


def test_the_cdn_which_proves_itself_tells_where_the_proxy_is() -> None:
    through = request(ELSEWHERE, X_Auth_User="ada", CloudFront_Viewer_Address=f"{PROXY}:1", X_Cdn_Secret="cdn")
    assert method(**ADDRESS).identify(through) is not None


def test_groups_alone_from_elsewhere_are_forged_too() -> None:
    with pytest.raises(Forbidden):
        method(**ADDRESS).identify(request(ELSEWHERE, X_Auth_Groups="admins"))


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Auth_User": ["root@example.com", "ada"]},
        {"X_Auth_User": "root@example.com, ada"},
        {"X_Auth_User": "ada", "X_Auth_Groups": ["admins", "engineers"]},
    ],
)
def test_a_header_that_came_twice_is_refused_although_the_proxy_sent_it(headers: dict[str, Any]) -> None:
    with pytest.raises(Forbidden) as refused:
        method(**ADDRESS).identify(request(**headers))
    assert refused.value.reason == "header_ambiguous"


@pytest.mark.parametrize("name", ["a b", "x" * 300, "ada\u202e"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Forbidden) as refused:
        method(**ADDRESS).identify(request(X_Auth_User=name))
    assert refused.value.reason == "bad_user_name"


def test_a_forged_header_is_logged_with_where_it_came_from_and_without_its_secret(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with pytest.raises(Forbidden):
        method(**BOTH).identify(request(ELSEWHERE, X_Auth_User="ada", X_Proxy_Secret="guess"))
    (logged,) = [vars(record) for record in caplog.records if vars(record).get("reason") == "header_not_trusted"]
    assert (logged["levelname"], logged["address"], logged["method"]) == ("WARNING", ELSEWHERE, "proxy")
    assert "guess" not in repr(logged)
    assert SECRET not in repr(logged)


def test_it_is_well_when_its_secret_can_be_read() -> None:
    def missing(_: str) -> str:
        raise Misconfigured("There is none.")

    config = HeaderConfig.model_validate({"method": "header", "user_header": "X-Auth-User", **BOTH})
    without = HeaderMethod("proxy", config, Surroundings("https://consoleme.example", FrozenClock(), missing))
    assert isinstance(without, CheckedMethod)
    assert without.check().status is HealthStatus.FAILED
    assert method(**BOTH).check().status is HealthStatus.OK


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        ({}, "anybody could be anybody"),
        ({"proxies": ["0.0.0.0/0"]}, "is everybody"),
        ({"proxies": ["::/0"]}, "is everybody"),
        ({"proxies": ["10.0.0.1/8"]}, "host bits"),
        ({"proxies": ["proxy.example"]}, "does not appear"),
        ({"secret_header": "X-S"}, "go together"),
        ({"secret_name": "consoleme-sign-in-x"}, "go together"),
        (ADDRESS | {"groups_header": "X-AUTH-USER"}, "must differ"),
        (WORD | {"user_header": "x-proxy-secret"}, "must differ"),
        (ADDRESS | {"user_header": "Cookie"}, "a meaning of its own"),
        (ADDRESS | {"user_header": "X-Forwarded-For"}, "a meaning of its own"),
        (ADDRESS | {"user_header": "X Auth"}, "pattern"),
    ],
)
def test_a_configuration_that_would_believe_anybody_stops_the_start(config: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        method(**config)
