"""Filters, paths and patches, in the words that Okta and Entra ID use."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import InvalidInput
from chalicelib.identity.directory.scim.models import (
    USER_SCHEMA,
    UserFields,
    lowered,
    member_ids,
    user_fields,
)
from chalicelib.identity.directory.scim.patch import member_change, operations, patched
from chalicelib.identity.directory.scim.paths import Filter, Path, parse_filter, parse_path
from chalicelib.identity.directory.scim.selection import Selection

ADA: dict[str, Any] = {
    "username": "ada@example.com",
    "displayname": "Ada",
    "active": True,
    "name": {"givenname": "Ada", "familyname": "L"},
    "emails": [{"value": "ada@example.com", "type": "work", "primary": True}],
}


def patch(*listed: dict[str, Any], of: dict[str, Any] = ADA) -> UserFields:
    return user_fields(lowered(patched(of, operations({"Operations": list(listed)}))))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName eq "ada@example.com"', Filter("username", "ada@example.com")),
        ('USERNAME Eq "a b"', Filter("username", "a b")),
        ('displayName eq "say \\"hi\\" \\u00e9"', Filter("displayname", 'say "hi" \u00e9')),
        ('externalId eq "0-1"', Filter("externalid", "0-1")),
        ('emails.value eq "x"', Filter("emails.value", "x")),
        (f'{USER_SCHEMA}:userName eq "x"', Filter("username", "x")),
        ("active eq True", Filter("active", "true")),
    ],
)
def test_a_filter_is_one_comparison_for_equality(text: str, found: Filter) -> None:
    assert parse_filter(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        'userName co "x"',
        'userName eq "x" and active eq true',
        "userName eq x",
        'userName eq "x',
        '"x" eq userName',
        'userName eq "\\q"',
        "a" * 3000 + ' eq "x"',
    ],
)
def test_any_other_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_filter(text)
    assert refusal.value.reason == "invalidFilter"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("active", Path("active")),
        ("name.givenName", Path("name", part="givenname")),
        ('emails[type eq "work"].value', Path("emails", Filter("type", "work"), "value")),
        ('members[value eq "1-2"]', Path("members", Filter("value", "1-2"))),
        (f"{USER_SCHEMA}:name.familyName", Path("name", part="familyname")),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
            Path("urn:ietf:params:scim:schemas:extension:enterprise:2.0:user:manager", foreign=True),
        ),
    ],
)
def test_a_path_is_read(text: str, found: Path) -> None:
    assert parse_path(text) == found


@pytest.mark.parametrize("text", ["", "a b", "name.", "a.b.c", "emails[type]", 'emails[type eq "work"'])
def test_what_is_no_path_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_path(text)


class TestAPatch:
    @pytest.mark.parametrize(
        "operation",
        [
            pytest.param({"op": "replace", "value": {"active": False}}, id="okta"),
            pytest.param({"op": "Replace", "path": "active", "value": "False"}, id="entra"),
            pytest.param({"op": "Add", "path": "active", "value": "false"}, id="entra, adding"),
            pytest.param({"op": "REPLACE", "path": f"{USER_SCHEMA}:active", "value": False}, id="with the schema"),
            pytest.param({"OP": "replace", "Path": "Active", "VALUE": False}, id="in capitals"),
        ],
    )
    def test_suspends(self, operation: dict[str, Any]) -> None:
        assert patch(operation).active is False

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "remove", "path": "active"},
            {"op": "remove", "path": "userName"},
            {"op": "replace", "path": "active", "value": None},
            {"op": "replace", "path": "active", "value": "maybe"},
            {"op": "replace", "path": "userName", "value": " "},
            {"op": "replace", "path": "emails", "value": [{"value": {}}]},
            {"op": "remove"},
            {"op": "add", "value": "x"},
            {"op": "move", "path": "active", "value": True},
            {"path": "active", "value": True},
        ],
    )
    def test_that_means_nothing_is_refused(self, operation: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            patch(operation)

    @pytest.mark.parametrize("listed", [None, [], {}, ["x"], [{"op": "add"}] * 1001])
    def test_without_operations_is_refused(self, listed: Any) -> None:
        with pytest.raises(InvalidInput):
            operations({"Operations": listed})

    def test_changes_what_it_names_and_leaves_the_rest(self) -> None:
        found = patch(
            {"op": "replace", "value": {"displayName": "Ada L.", "name.familyName": "Lovelace"}},
            {"op": "add", "path": "name", "value": {"formatted": "Ada Lovelace"}},
            {"op": "replace", "path": 'emails[type eq "work"].value', "value": "new@example.com"},
            {"op": "add", "path": 'emails[type eq "home"].value', "value": "home@example.com"},
            {"op": "add", "path": "externalId", "value": "x-1"},
        )
        assert (found.username, found.displayname, found.externalid) == ("ada@example.com", "Ada L.", "x-1")
        assert (found.name.givenname, found.name.familyname, found.name.formatted) == (
            "Ada",
            "Lovelace",
            "Ada Lovelace",
        )
        assert [(email.type, email.value, email.primary) for email in found.emails] == [
            ("work", "new@example.com", True),
            ("home", "home@example.com", None),
        ]

    def test_takes_away(self) -> None:
        found = patch(
            {"op": "remove", "path": "displayName"},
            {"op": "remove", "path": "name.familyName"},
            {"op": "remove", "path": 'emails[type eq "work"]'},
            {"op": "remove", "path": 'emails[type eq "none"]'},
        )
        assert (found.displayname, found.name.familyname, found.name.givenname, found.emails) == ("", "", "Ada", ())

    def test_adds_to_a_list_and_replaces_one(self) -> None:
        more = {"value": "b@example.com"}
        assert len(patch({"op": "add", "path": "emails", "value": [more]}).emails) == 2
        assert len(patch({"op": "add", "path": "emails", "value": more}).emails) == 2
        assert len(patch({"op": "replace", "path": "emails", "value": [more]}).emails) == 1
        assert patch({"op": "replace", "path": 'emails[type eq "work"]', "value": more}).emails[0].type == "work"

    def test_of_what_is_not_kept_has_no_effect(self) -> None:
        enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        found = patch(
            {"op": "add", "path": "title", "value": "Countess"},
            {"op": "replace", "value": {enterprise: {"department": "Engines"}, "id": "other", "schemas": []}},
            {"op": "add", "path": f"{enterprise}:manager", "value": "x"},
        )
        assert found == user_fields(ADA)


class TestMembers:
    @pytest.mark.parametrize(
        ("listed", "after"),
        [
            pytest.param([{"op": "Add", "path": "members", "value": [{"value": "c"}]}], {"a", "b", "c"}, id="add"),
            pytest.param([{"op": "add", "value": {"members": [{"value": "c"}]}}], {"a", "b", "c"}, id="add, no path"),
            pytest.param([{"op": "Remove", "path": "members", "value": [{"value": "a"}]}], {"b"}, id="entra removes"),
            pytest.param([{"op": "remove", "path": 'members[value eq "a"]'}], {"b"}, id="okta removes"),
            pytest.param([{"op": "remove", "path": "members", "value": []}], {"a", "b"}, id="removes nobody"),
            pytest.param([{"op": "remove", "path": "members"}], set(), id="removes all"),
            pytest.param([{"op": "replace", "path": "members", "value": [{"value": "c"}]}], {"c"}, id="replace"),
            pytest.param([{"op": "replace", "path": "members", "value": None}], set(), id="replace by nobody"),
            pytest.param([{"op": "replace", "value": {"displayName": "x"}}], {"a", "b"}, id="not about members"),
            pytest.param(
                [
                    {"op": "add", "path": "members", "value": [{"value": "c"}]},
                    {"op": "remove", "path": 'members[value eq "c"]'},
                    {"op": "remove", "path": 'members[value eq "a"]'},
                    {"op": "add", "path": "members", "value": {"value": "a"}},
                ],
                {"a", "b"},
                id="in the order of the operations",
            ),
        ],
    )
    def test_come_and_go(self, listed: list[dict[str, Any]], after: set[str]) -> None:
        assert member_change(operations({"Operations": listed})).of(frozenset({"a", "b"})) == after

    @pytest.mark.parametrize(
        "operation",
        [
            {"op": "remove", "path": 'members[display eq "a"]'},
            {"op": "replace", "path": 'members[value eq "a"]', "value": {"value": "b"}},
            {"op": "add", "path": "members", "value": [{"display": "a"}]},
            {"op": "add", "path": "members", "value": [7]},
        ],
    )
    def test_are_named_by_their_ids_only(self, operation: dict[str, Any]) -> None:
        with pytest.raises(InvalidInput):
            member_change(operations({"Operations": [operation]}))

    def test_may_be_listed_as_ids_alone(self) -> None:
        assert member_ids(["a", {"value": "b"}, "a"]) == ("a", "b")
        assert member_ids("a") == ("a",)

    @given(
        st.frozensets(st.sampled_from("abcdef")),
        st.lists(st.tuples(st.sampled_from(["add", "remove", "replace"]), st.frozensets(st.sampled_from("abcdef")))),
    )
    def test_are_after_a_patch_who_they_are_after_one_operation_after_the_other(
        self, before: frozenset[str], moves: list[tuple[str, frozenset[str]]]
    ) -> None:
        wanted = set(before)
        for kind, ids in moves:
            wanted = {"add": wanted | ids, "remove": wanted - ids, "replace": set(ids)}[kind]
        listed = [{"op": kind, "path": "members", "value": sorted(ids)} for kind, ids in moves] or [
            {"op": "add", "path": "members", "value": []}
        ]
        assert member_change(operations({"Operations": listed})).of(before) == wanted


class TestASelection:
    @pytest.mark.parametrize(
        ("attributes", "excluded", "shown", "hidden"),
        [
            ("", "", {"id", "members", "name"}, set()),
            ("", "members", {"id", "name"}, {"members"}),
            ("userName", "", {"id", "schemas", "userName"}, {"members", "meta"}),
            ("name.familyName", "", {"name"}, {"members"}),
            (f"{USER_SCHEMA}:userName, name", "", {"userName", "name"}, {"members"}),
            ("", "id,schemas", {"id", "schemas"}, set()),
        ],
    )
    def test_shows_what_is_wanted_and_always_the_id(
        self, attributes: str, excluded: str, shown: set[str], hidden: set[str]
    ) -> None:
        selection = Selection.of(attributes, excluded)
        assert all(selection.wants(name) for name in shown)
        assert not any(selection.wants(name) for name in hidden)
