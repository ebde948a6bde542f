import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import AppError, InvalidInput, LimitExceeded
from chalicelib.wire.http import BODY_LIMIT, DEPTH_LIMIT, Cookie, HttpRequest, read_request
from tests.support.http import JSON, rest_event


def request(
    headers: dict[str, str] | None = None, *, body: bytes = b"", cdn_secret: str = "", **event: Any
) -> HttpRequest:
    return read_request(rest_event("POST", "/x", headers=headers, **event), body, cdn_secret=cdn_secret)


def body_of(raw: bytes, headers: dict[str, str] | None = None) -> Any:
    return request(JSON if headers is None else headers, body=raw).json()


class TestABody:
    @given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")), st.lists))
    def test_of_json_is_read_as_it_is(self, value: Any) -> None:
        assert body_of(json.dumps(value).encode()) == value

    def test_that_is_empty_is_null(self) -> None:
        assert body_of(b"") is None

    def test_without_a_content_type_is_taken_for_json(self) -> None:
        assert body_of(b"[1]", {}) == [1]

    @pytest.mark.parametrize(
        "raw",
        [
            pytest.param(b"{", id="cut off"),
            pytest.param(b"not json", id="words"),
            pytest.param(b"<html></html>", id="a page"),
            pytest.param(b"{'a': 1}", id="single quotes"),
            pytest.param(b"[1,]", id="a comma too many"),
            pytest.param(b"{} {}", id="two values"),
            pytest.param(b"\xff\xfe\xff", id="bytes that are no text"),
            pytest.param(b"[NaN]", id="not a number"),
            pytest.param(b'{"a": -Infinity}', id="infinity"),
            pytest.param(b"9" * 5000, id="a number of five thousand digits"),
            pytest.param(b'{"a": 1, "a": 1}', id="a key twice"),
            pytest.param(b'{"a": {"b": 1, "b": 2}}', id="a key twice, inside"),
            pytest.param(b'{"a": 1, "\\u0061": 2}', id="a key twice, once as an escape"),
            pytest.param(b'["\\ud800"]', id="half a character"),
            pytest.param(b'{"\\uDFFF": 1, "\\uDFFF": 1}', id="half a character for a key, twice"),
            pytest.param(b"[" * 100_000, id="nesting without end"),
            pytest.param(b"[" * 100_000 + b"]" * 100_000, id="nesting of a hundred thousand levels"),
            pytest.param(b"[" * (DEPTH_LIMIT + 1) + b"]" * (DEPTH_LIMIT + 1), id="one level too deep"),
            pytest.param(b'{"a":' * 400 + b"1" + b"}" * 400, id="objects in objects in objects"),
        ],
    )
    def test_is_refused_as_not_json_and_can_be_written_down(self, raw: bytes) -> None:
        with pytest.raises(InvalidInput) as refusal:
            body_of(raw)
        assert refusal.value.reason == "not_json"
        assert refusal.value.message.encode()

    def test_may_hold_both_halves_of_a_character(self) -> None:
        assert body_of(b'["\\ud83d\\ude00"]') == ["\U0001f600"]

    def test_may_be_nested_as_deep_as_is_allowed(self) -> None:
        deepest = DEPTH_LIMIT - 1
        assert body_of(b"[" * deepest + b"]" * deepest)[0] is not None

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "multipart/form-data", "text/json", "x application/json", ""]
    )
    def test_of_another_type_is_refused(self, content_type: str) -> None:
        with pytest.raises(InvalidInput, match="Content-Type must be application/json"):
            body_of(b"{}", {"Content-Type": content_type})

    def test_of_one_byte_too_many_is_refused_before_it_is_read(self) -> None:
        assert body_of(b'"' + b"x" * (BODY_LIMIT - 2) + b'"')
        with pytest.raises(LimitExceeded) as refusal:
            body_of(b"{" * (BODY_LIMIT + 1))
        assert refusal.value.reason == "body_too_large"

    @given(st.binary(max_size=40))
    def test_of_any_bytes_is_a_value_or_a_refusal(self, raw: bytes) -> None:
        try:
            value = body_of(raw)
        except AppError:
            return
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        pytest.param("", {}, id="nothing"),
        pytest.param("a=1", {"a": "1"}, id="one"),
        pytest.param("a=1; b=2;c=3", {"a": "1", "b": "2", "c": "3"}, id="several, with and without blanks"),
        pytest.param("a=x=y==", {"a": "x=y=="}, id="equals signs in the value"),
        pytest.param('a="1"', {"a": "1"}, id="quotes around the value"),
        pytest.param("; ;novalue; a=1", {"a": "1"}, id="pieces that are no cookie"),
        pytest.param('odd={"x":1}; a=1', {"odd": '{"x":1}', "a": "1"}, id="another program's JSON beside ours"),
        pytest.param("odd[x]=1; a=1", {"odd[x]": "1", "a": "1"}, id="another program's brackets beside ours"),
        pytest.param("odd,name=1; a=1", {"odd,name": "1", "a": "1"}, id="a name that is not allowed beside ours"),
        pytest.param("\u00e9=\u00fc; a=1", {"\u00e9": "\u00fc", "a": "1"}, id="letters beyond ASCII beside ours"),
        pytest.param("path=/; a=1", {"path": "/", "a": "1"}, id="a cookie whose name is an attribute's"),
        pytest.param("a=", {"a": ""}, id="an empty value"),
    ],
)
def test_cookies_are_read_one_by_one(header: str, cookies: dict[str, str]) -> None:
    assert request({"Cookie": header}).cookies == cookies


@given(st.text())
def test_no_cookie_header_breaks_the_reading(header: str) -> None:
    assert request({"cookie": header + "; a=1"}).cookies["a"] == "1"


CDN = {"CloudFront-Viewer-Address": "203.0.113.9:4711", "X-CDN-Secret": "s3cret"}


@pytest.mark.parametrize(
    ("headers", "secret", "address"),
    [
        pytest.param({}, "s3cret", "198.51.100.7", id="no CDN"),
        pytest.param(CDN, "s3cret", "203.0.113.9", id="the CDN, which proves itself"),
        pytest.param(CDN, "", "198.51.100.7", id="a deployment without CDN believes nobody"),
        pytest.param(CDN | {"X-CDN-Secret": "other"}, "s3cret", "198.51.100.7", id="somebody who guesses"),
        pytest.param(
            CDN | {"X-CDN-Secret": "s\u00e9cret"}, "s3cret", "198.51.100.7", id="somebody who guesses beyond ASCII"
        ),
        pytest.param(
            {"CloudFront-Viewer-Address": "203.0.113.9:1"}, "s3cret", "198.51.100.7", id="somebody without proof"
        ),
        pytest.param({"X-CDN-Secret": "s3cret"}, "s3cret", "198.51.100.7", id="the CDN, which says nothing"),
        pytest.param(
            CDN | {"CloudFront-Viewer-Address": "[2001:db8::1]:4711"}, "s3cret", "2001:db8::1", id="IPv6 in brackets"
        ),
        pytest.param(
            CDN | {"CloudFront-Viewer-Address": "2001:db8::1:4711"}, "s3cret", "2001:db8::1", id="IPv6 without"
        ),
        pytest.param({"X-Forwarded-For": "203.0.113.9"}, "", "198.51.100.7", id="X-Forwarded-For is never believed"),
        pytest.param({"X-Forwarded-For": "203.0.113.9"}, "s3cret", "198.51.100.7", id="nor where there is a CDN"),
        pytest.param({"X-Forwarded-For": "192.0.2.1", **CDN}, "s3cret", "203.0.113.9", id="nor beside the CDN's word"),
    ],
)
def test_the_address_of(headers: dict[str, str], secret: str, address: str) -> None:
    assert request(headers, cdn_secret=secret).address == address


def test_header_names_have_no_case() -> None:
    assert request({"ACCEPT": "x", "User-agent": "weep/1"}).user_agent == "weep/1"


def test_a_long_user_agent_is_cut() -> None:
    assert len(request({"User-Agent": "x" * 5000}).user_agent) == 300


def test_the_last_value_of_a_query_parameter_counts_and_blank_ones_are_there() -> None:
    assert request(query="a=1&a=2&b=").query == {"a": "2", "b": ""}


def test_path_values_are_decoded_exactly_once() -> None:
    event = rest_event("GET", "/x/{role+}", values={"role": "arn:aws:iam::222222222222:role/a%2Fb c/\u00e9"})
    assert read_request(event, b"", cdn_secret="").path_values == {
        "role": "arn:aws:iam::222222222222:role/a%2Fb c/\u00e9"
    }


def test_a_path_value_that_is_badly_encoded_is_read_with_replacements() -> None:
    event = rest_event("GET", "/x/{role}") | {"pathParameters": {"role": "a%ff%zz"}}
    assert read_request(event, b"", cdn_secret="").path_values == {"role": "a\ufffd%zz"}


def test_an_event_of_api_gateways_console_which_lacks_nearly_everything_is_read() -> None:
    read = read_request({"headers": None, "requestContext": {}}, b"", cdn_secret="x")
    assert (read.method, read.path, read.address, read.cookies, read.from_browser) == ("", "", "", {}, False)


@pytest.mark.parametrize(
    ("headers", "browser"),
    [({}, False), ({"User-Agent": "Mozilla/5.0"}, False), ({"Origin": "x"}, True), ({"sec-fetch-site": "none"}, True)],
)
def test_a_browser_is_known_by_what_it_says_of_the_origin(headers: dict[str, str], *, browser: bool) -> None:
    assert request(headers).from_browser is browser


@pytest.mark.parametrize(
    ("cookie", "header"),
    [
        (Cookie("a", "1", 60), "a=1; Path=/; Max-Age=60; SameSite=Lax; HttpOnly; Secure"),
        (Cookie("a", "1", 0, http_only=False, secure=False), "a=1; Path=/; Max-Age=0; SameSite=Lax"),
    ],
)
def test_a_cookie_is_written(cookie: Cookie, header: str) -> None:
    assert cookie.header() == header
