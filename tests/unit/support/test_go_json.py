import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.go_json import (
    DecodeError,
    Reader,
    decode,
    flag,
    listed,
    members,
    pointer,
    present_whole,
    record,
    text,
    whole,
)

PERSON = record({"name": text, "age": whole, "tags": listed(text)})


@pytest.mark.parametrize(
    ("reader", "body", "value"),
    [
        pytest.param(text, b'"a"', "a", id="a text"),
        pytest.param(text, b"null", "", id="null for a text"),
        pytest.param(whole, b"9223372036854775807", 2**63 - 1, id="the largest integer"),
        pytest.param(whole, b"null", 0, id="null for an integer"),
        pytest.param(flag, b"true", True, id="a truth value"),
        pytest.param(flag, b"null", False, id="null for a truth value"),
        pytest.param(listed(text), b"null", [], id="null for a list"),
        pytest.param(members, b"null", {}, id="null for a map"),
        pytest.param(pointer(PERSON), b"null", None, id="null for a pointer"),
        pytest.param(PERSON, b"{}", {"name": "", "age": 0, "tags": []}, id="an empty object"),
        pytest.param(
            PERSON, b'{"NAME":"a","Age":1,"more":2}', {"name": "a", "age": 1, "tags": []}, id="keys without case"
        ),
        pytest.param(record({"end": present_whole}), b"{}", {"end": 0}, id="an absent number"),
    ],
)
def test_go_reads(reader: Reader, body: bytes, value: object) -> None:
    assert decode(reader, body) == value


@pytest.mark.parametrize(
    ("reader", "body"),
    [
        pytest.param(text, b"1", id="a number for a text"),
        pytest.param(text, b"true", id="a truth value for a text"),
        pytest.param(text, b"[]", id="a list for a text"),
        pytest.param(whole, b"1.0", id="a fraction that is none"),
        pytest.param(whole, b"1e3", id="an exponent"),
        pytest.param(whole, b'"1"', id="a text for a number"),
        pytest.param(whole, b"true", id="a truth value for a number"),
        pytest.param(whole, b"9223372036854775808", id="one more than the largest"),
        pytest.param(present_whole, b"null", id="null for a number that parses itself"),
        pytest.param(flag, b'"true"', id="a word for a truth value"),
        pytest.param(flag, b"1", id="a one for a truth value"),
        pytest.param(listed(text), b"{}", id="an object for a list"),
        pytest.param(listed(text), b"[1]", id="a number in a list of texts"),
        pytest.param(members, b"[]", id="a list for a map"),
        pytest.param(PERSON, b"[]", id="a list for a struct"),
        pytest.param(PERSON, b'{"age":"1"}', id="a text in a field of a number"),
        pytest.param(PERSON, b'{"Age":1.0}', id="a fraction under a key of another case"),
        pytest.param(text, b"NaN", id="not a number"),
        pytest.param(PERSON, b"", id="nothing"),
        pytest.param(PERSON, b"<html></html>", id="a page"),
        pytest.param(PERSON, b"{} {}", id="two values"),
    ],
)
def test_go_refuses(reader: Reader, body: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(reader, body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "invalid character '<' looking for beginning of value"),
        (b"", "unexpected end of JSON input"),
        (b'{"name":{"a":1}}', "cannot unmarshal object into field .name of type string"),
    ],
)
def test_a_refusal_reads_like_gos(body: bytes, message: str) -> None:
    with pytest.raises(DecodeError) as refusal:
        decode(PERSON, body)
    assert str(refusal.value) == message


@given(st.binary(max_size=30))
def test_any_bytes_are_a_value_or_a_refusal(body: bytes) -> None:
    try:
        found = decode(PERSON, body)
    except DecodeError:
        return
    assert set(found) == {"name", "age", "tags"}
