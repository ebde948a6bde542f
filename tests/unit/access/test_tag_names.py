"""Who a tag's value names, case by case."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.access.tag_names import tag_names


def names(value: str, *delimiters: str) -> list[str]:
    """Explicit names as `user=ada`, bare ones as they are."""
    found = tag_names(value, delimiters or (":",))
    return [f"{one.kind}={one.name}" if one.kind else one.name for one in found]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("   ", [], id="blanks"),
        pytest.param(":: :", [], id="delimiters only"),
        pytest.param("a:b", ["a", "b"], id="two bare names"),
        pytest.param("a::b", ["a", "b"], id="a blank piece is nobody"),
        pytest.param(":a:", ["a"], id="blank pieces at the ends"),
        pytest.param(" Ada@Example.com ", ["ada@example.com"], id="case and blanks around a name do not count"),
        pytest.param("a:A:a", ["a"], id="a name counts once"),
        pytest.param("user:ada", ["user=ada"], id="an explicit user"),
        pytest.param("group:ops", ["group=ops"], id="an explicit group"),
        pytest.param("USER:Ada", ["user=ada"], id="an explicit user in capitals"),
        pytest.param(" user : ada ", ["user=ada"], id="with blanks"),
        pytest.param("user:ada:ops", ["user=ada", "ops"], id="an explicit name, then a bare one"),
        pytest.param("ops:user:ada", ["ops", "user=ada"], id="a bare name, then an explicit one"),
        pytest.param("user:ada:group:ops", ["user=ada", "group=ops"], id="two explicit names"),
        pytest.param("user:ada:user:ada", ["user=ada"], id="an explicit name counts once"),
        pytest.param("user:ada:ada", ["user=ada", "ada"], id="explicit and bare are two claims"),
        pytest.param("user:", [], id="what nothing follows is nobody"),
        pytest.param("user::ada", ["ada"], id="what a blank follows is nobody"),
        pytest.param("ops:user:", ["ops"], id="what nothing follows at the end"),
        pytest.param("user", ["user"], id="the word alone is a bare name"),
        pytest.param("ops:user", ["ops", "user"], id="the word at the end is a bare name"),
        pytest.param("user:user", ["user=user"], id="the user that is called user"),
        pytest.param("group:user:ada", ["group=user", "ada"], id="the group that is called user, then a bare name"),
        pytest.param("user:group:admins", ["user=group", "admins"], id="the user that is called group"),
        pytest.param("users:ada", ["users", "ada"], id="a word that only begins like it"),
        pytest.param("a/b", ["a/b"], id="another sign is part of a name"),
    ],
)
def test_where_the_colon_is_the_delimiter(value: str, found: list[str]) -> None:
    assert names(value) == found


@pytest.mark.parametrize(
    ("value", "delimiters", "found"),
    [
        pytest.param("a/b", "/", ["a", "b"], id="two bare names"),
        pytest.param("user:ada/ops", "/", ["user=ada", "ops"], id="an explicit name"),
        pytest.param("Group : Ops /x", "/", ["group=ops", "x"], id="with blanks and capitals"),
        pytest.param("user:/ops", "/", ["ops"], id="what nothing follows is nobody"),
        pytest.param("team:a/b", "/", ["team:a", "b"], id="another word before a colon is part of the name"),
        pytest.param("user/ada", "/", ["user", "ada"], id="only the colon says what a name is"),
        pytest.param("user:a:b/c", "/", ["user=a:b", "c"], id="a name may hold colons"),
        pytest.param("a b  c", " ", ["a", "b", "c"], id="blanks as the delimiter"),
        pytest.param("a+b", "+", ["a", "b"], id="a sign that patterns use"),
        pytest.param("a.b", "/", ["a.b"], id="a sign is no pattern"),
    ],
)
def test_with_another_delimiter(value: str, delimiters: str, found: list[str]) -> None:
    assert names(value, delimiters) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        pytest.param("a/b:c", ["a", "b", "c"], id="either may stand between two names"),
        pytest.param("user:ada/ops", ["user=ada", "ops"], id="an explicit name ends at the next delimiter"),
        pytest.param("user/ada", ["user", "ada"], id="only the colon says what a name is"),
        pytest.param("x/user:ada", ["x", "user=ada"], id="after another delimiter"),
        pytest.param("user:/ada", ["ada"], id="what a blank follows is nobody"),
    ],
)
def test_with_several_delimiters(value: str, found: list[str]) -> None:
    assert names(value, "/", ":") == found


def test_the_longest_delimiter_is_cut_first() -> None:
    assert names("user::ada", ":", "::") == names("user::ada", "::", ":") == ["user", "ada"]
    assert names("user:ada::ops", ":", "::") == ["user=ada", "ops"]
    assert names("user:ada::ops", "::") == ["user=ada", "ops"]


@given(st.text(alphabet="uuserg:/ adAb", max_size=24))
def test_a_value_never_names_anybody_whom_its_bare_pieces_would_not_name(value: str) -> None:
    bare = {piece.strip().casefold() for piece in re.split("[:/]", value)}
    for found in tag_names(value, (":", "/")):
        assert found.name
        assert found.name in bare


def test_a_bare_name_stands_for_a_user_and_for_a_group() -> None:
    bare, explicit = tag_names("ops:group:ops", (":",))
    assert bare.identities == ("user:ops", "group:ops")
    assert explicit.identities == ("group:ops",)
