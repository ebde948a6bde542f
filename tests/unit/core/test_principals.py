import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import InvalidInput
from chalicelib.core.principals import Principal, PrincipalKind, fold
from tests.support.builders import caller


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        pytest.param("user:ada@example.com", PrincipalKind.USER, "ada@example.com", id="a user"),
        pytest.param("group:Cloud-Admins", PrincipalKind.GROUP, "cloud-admins", id="a group, whose case is folded"),
        pytest.param("group: spaced ", PrincipalKind.GROUP, "spaced", id="blanks around the name"),
        pytest.param("group:a:b", PrincipalKind.GROUP, "a:b", id="a name with a colon in it"),
        pytest.param("group:group:x", PrincipalKind.GROUP, "group:x", id="a name that looks like a principal"),
    ],
)
def test_a_principal_says_what_it_is(text: str, kind: PrincipalKind, name: str) -> None:
    principal = Principal.parse(text)
    assert (principal.kind, principal.name) == (kind, name)
    assert str(principal) == f"{kind}:{name}"


@pytest.mark.parametrize("text", ["", "ada", "ada@example.com", "user:", "user:  ", ":ada", "role:x", "User:ada", "*"])
def test_a_name_that_does_not_say_what_it_is_is_refused_with_both_ways_to_say_it(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"user:.* or group:") as refusal:
        Principal.parse(text)
    assert refusal.value.reason == "bad_principal"


@given(st.text(min_size=1).filter(str.strip))
def test_a_principal_reads_back_as_itself(name: str) -> None:
    for principal in (Principal.user(name), Principal.group(name)):
        assert Principal.parse(str(principal)) == principal


def test_a_user_and_a_group_of_one_name_are_two() -> None:
    assert Principal.user("ops") != Principal.group("ops")


@given(st.text())
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


def test_a_caller_is_their_user_and_their_groups_in_order() -> None:
    who = caller("Ada@Example.com", "b", "a")
    assert [str(principal) for principal in who.principals] == ["user:ada@example.com", "group:a", "group:b"]
    assert who.live is False
