import pytest

from chalicelib.core.errors import AppError, Forbidden, InvalidInput
from chalicelib.wire.csrf import new_token, refuse_cross_site
from chalicelib.wire.http import HttpRequest, read_request
from tests.support.http import BROWSER, JSON, ORIGIN, rest_event

TOKEN = {"Cookie": "_xsrf=secret", "X-Xsrftoken": "secret"}


def request(method: str, headers: dict[str, str]) -> HttpRequest:
    return read_request(rest_event(method, "/x", headers=headers), b"", cdn_secret="")


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        pytest.param("GET", {}, id="a command line reads"),
        pytest.param("POST", JSON, id="a command line sends JSON"),
        pytest.param(
            "POST", {"Content-Type": "Application/JSON; charset=utf-8"}, id="a command line names the charset"
        ),
        pytest.param("POST", JSON | {"Cookie": "_xsrf=other"}, id="a command line needs no token"),
        pytest.param("GET", BROWSER, id="our page reads"),
        pytest.param("GET", {"Sec-Fetch-Site": "cross-site"}, id="somebody follows a link from elsewhere"),
        pytest.param("HEAD", {"Sec-Fetch-Site": "cross-site"}, id="a link is looked at"),
        pytest.param("POST", BROWSER | TOKEN, id="our page sends with its token"),
        pytest.param("POST", {"Origin": ORIGIN} | TOKEN, id="our page in a browser that knows only Origin"),
        pytest.param(
            "POST", {"Sec-Fetch-Site": "same-origin"} | TOKEN, id="our page in a browser that leaves Origin out"
        ),
        pytest.param("DELETE", {"Sec-Fetch-Site": "none"} | TOKEN, id="the person's own doing"),
    ],
)
def test_is_accepted(method: str, headers: dict[str, str]) -> None:
    refuse_cross_site(request(method, headers), ORIGIN)


@pytest.mark.parametrize(
    ("method", "headers", "kind", "reason"),
    [
        pytest.param("POST", BROWSER, Forbidden, "xsrf", id="no token at all"),
        pytest.param("POST", BROWSER | {"Cookie": "_xsrf=secret"}, Forbidden, "xsrf", id="the cookie alone"),
        pytest.param("POST", BROWSER | {"X-Xsrftoken": "secret"}, Forbidden, "xsrf", id="the header alone"),
        pytest.param("POST", BROWSER | TOKEN | {"X-Xsrftoken": "other"}, Forbidden, "xsrf", id="another token"),
        pytest.param("POST", BROWSER | {"Cookie": "_xsrf=", "X-Xsrftoken": ""}, Forbidden, "xsrf", id="two empty ones"),
        pytest.param(
            "POST", BROWSER | TOKEN | {"X-Xsrftoken": "s\u00e9cret"}, Forbidden, "xsrf", id="letters beyond ASCII"
        ),
        pytest.param("POST", {"Origin": "https://evil.example"} | TOKEN, Forbidden, "cross_site", id="another site"),
        pytest.param(
            "GET", {"Origin": "https://evil.example"}, Forbidden, "cross_site", id="another site's script reads"
        ),
        pytest.param("POST", {"Origin": "null"} | TOKEN, Forbidden, "cross_site", id="a page without origin"),
        pytest.param("POST", {"Origin": ""} | TOKEN, Forbidden, "cross_site", id="an empty origin"),
        pytest.param(
            "POST", {"Origin": "http://consoleme.example"} | TOKEN, Forbidden, "cross_site", id="our host without TLS"
        ),
        pytest.param(
            "POST", {"Origin": ORIGIN + ":8443"} | TOKEN, Forbidden, "cross_site", id="our host on another port"
        ),
        pytest.param(
            "POST",
            {"Origin": ORIGIN + ".evil.example"} | TOKEN,
            Forbidden,
            "cross_site",
            id="a host that begins like ours",
        ),
        pytest.param(
            "POST", {"Origin": "http://[::1"} | TOKEN, Forbidden, "cross_site", id="an origin that can't be read"
        ),
        pytest.param(
            "POST", {"Sec-Fetch-Site": "cross-site"} | TOKEN, Forbidden, "cross_site", id="a form of another site"
        ),
        pytest.param(
            "POST", {"Sec-Fetch-Site": "same-site"} | TOKEN, Forbidden, "cross_site", id="a sibling of our host"
        ),
        pytest.param("PUT", BROWSER, Forbidden, "xsrf", id="PUT is unsafe"),
        pytest.param("DELETE", BROWSER, Forbidden, "xsrf", id="DELETE is unsafe"),
        pytest.param("PATCH", BROWSER, Forbidden, "xsrf", id="PATCH is unsafe"),
        pytest.param("POST", {}, InvalidInput, "not_json", id="a command line that does not say what it sends"),
        pytest.param(
            "POST",
            {"Content-Type": "text/plain"},
            InvalidInput,
            "not_json",
            id="what a form of an old browser could send",
        ),
        pytest.param(
            "POST",
            {"Content-Type": "application/x-www-form-urlencoded"},
            InvalidInput,
            "not_json",
            id="a form of an old browser",
        ),
    ],
)
def test_is_refused(method: str, headers: dict[str, str], kind: type[AppError], reason: str) -> None:
    with pytest.raises(kind) as refusal:
        refuse_cross_site(request(method, headers), ORIGIN)
    assert refusal.value.reason == reason


def test_nothing_is_the_same_origin_as_a_deployment_that_does_not_know_its_url() -> None:
    with pytest.raises(Forbidden):
        refuse_cross_site(request("POST", {"Origin": ""} | TOKEN), "")


def test_a_long_origin_is_not_repeated_whole() -> None:
    with pytest.raises(Forbidden) as refusal:
        refuse_cross_site(request("GET", {"Origin": "https://" + "x" * 5000}), ORIGIN)
    assert len(refusal.value.message) < 300


def test_tokens_are_long_and_never_the_same() -> None:
    assert len({new_token() for _ in range(100)}) == 100
    assert min(map(len, (new_token() for _ in range(100)))) >= 32
