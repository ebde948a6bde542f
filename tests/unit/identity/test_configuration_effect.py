"""What a new configuration does to people: permissions, lock-outs, and who may make the change at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.configuration_hooks import Guard
from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Principal
from chalicelib.identity.configuration_effect import (
    lockouts,
    permission_effects,
    save_refusals,
    session_effects,
)
from chalicelib.identity.models import SessionsConfig
from chalicelib.identity.rules import Rulebook, holds, may_edit_configuration
from chalicelib.identity.scopes import GroupsConfig, VisibilityConfig

ADMIN, EDITOR, NOBODY = Principal.group("admins"), Principal.group("editors"), Principal.user("pat@example.com")
HERE = {"admins": frozenset({"ada@example.com"})}


def book(administrators: tuple[str, ...] = ("group:admins",), visibility: Any = None, **groups: Any) -> Rulebook:
    return Rulebook(
        groups=GroupsConfig.model_validate({"can_edit_config": ["group:editors"], **groups}),
        administrators=administrators,
        visibility=VisibilityConfig.model_validate(visibility or {}),
    )


def rules(findings: list[Any]) -> list[tuple[str, bool]]:
    return [(found.rule, found.confirmable) for found in findings if isinstance(found, Guard)]


class TestWhoMaySave:
    @pytest.mark.parametrize("permission", list(Permission))
    def test_an_editor_changes_no_list_of_permissions(self, permission: Permission) -> None:
        held: dict[str, Any] = {permission.value: [*getattr(book().groups, permission.value), "user:eddi@example.com"]}
        assert rules(save_refusals([EDITOR], book(), book(**held), [])) == [("permissions_unchanged", False)]
        assert save_refusals([ADMIN], book(), book(**held), []) == []

    def test_an_editor_changes_no_permission_over_a_part_and_not_who_sees_what(self) -> None:
        scope = {"principals": ["group:editors"], "permission": "can_admin", "where": {"accounts": ["1" * 12]}}
        assert save_refusals([EDITOR], book(), book(scopes=[scope]), []) != []
        assert save_refusals([EDITOR], book(), book(visibility={"everybody_sees_the_rest": False}), []) != []

    def test_an_editor_changes_nothing_that_says_who_somebody_is(self) -> None:
        (guard,) = save_refusals([EDITOR], book(), book(), ["directory"])
        assert (guard.rule, guard.confirmable) == ("can_admin", False)
        assert "The section directory says who somebody is" in guard.reason
        assert save_refusals([ADMIN], book(), book(), ["directory"]) == []

    def test_an_editor_changes_everything_else(self) -> None:
        assert save_refusals([EDITOR], book(), book(), []) == []

    def test_who_is_no_editor_by_the_document_in_force_changes_nothing(self) -> None:
        after = book(can_edit_config=["group:editors", str(NOBODY)])
        assert rules(save_refusals([NOBODY], book(), after, [])) == [("can_edit_config", False)]
        assert rules(save_refusals([NOBODY], book(), book(), [])) == [("can_edit_config", False)]


class TestLockouts:
    def test_while_an_administrator_is_known_nothing_speaks_against_it(self) -> None:
        assert lockouts([ADMIN], book(), book(can_audit=["group:x"]), HERE) == []

    @pytest.mark.parametrize(
        ("administrators", "before", "members"),
        [
            pytest.param(("group:never-seen",), ["user:hand@example.com"], {}, id="the last one named"),
            pytest.param(("group:never-seen",), ["group:admins"], HERE, id="the last group with somebody in it"),
        ],
    )
    def test_the_last_known_administrator_is_never_taken_away(
        self, administrators: tuple[str, ...], before: list[str], members: Any
    ) -> None:
        old, new = book(administrators, can_admin=before), book(administrators)
        found = lockouts([NOBODY], old, new, members)
        assert rules(found)[0] == ("last_administrator", False)
        assert "group:never-seen" in str(found[0])

    def test_where_nobody_was_known_before_there_is_nobody_to_lose(self) -> None:
        administrators = ("group:never-seen",)
        assert lockouts([EDITOR], book(administrators, can_admin=["group:x"]), book(administrators), {}) == []

    def test_an_administrator_is_asked_before_they_stop_being_one(self) -> None:
        by_hand = Principal.user("hand@example.com")
        old = book(can_admin=[str(by_hand)])
        (guard,) = lockouts([by_hand], old, book(), HERE)
        assert isinstance(guard, Guard)
        assert (guard.rule, guard.confirmable) == ("own_lockout", True)
        assert "the right to administer" in guard.reason

    def test_an_editor_is_asked_before_they_stop_being_one(self) -> None:
        (guard,) = lockouts([EDITOR], book(), book(can_edit_config=[]), HERE)
        assert isinstance(guard, Guard)
        assert "the right to edit the configuration" in guard.reason

    def test_who_keeps_it_in_another_way_is_not_asked(self) -> None:
        old = book(can_admin=["user:ada@example.com"])
        assert lockouts([Principal.user("ada@example.com"), ADMIN], old, book(), HERE) == []
        assert lockouts([EDITOR], book(), book(can_edit_config=[], can_admin=["group:editors"]), HERE) == []


class TestPermissionEffects:
    def test_each_principal_and_permission_has_a_line(self) -> None:
        before = GroupsConfig(can_audit=("user:a@example.com",))
        after = GroupsConfig(can_audit=("group:admins",), can_admin=("user:b@example.com",))
        found = permission_effects(before, after, HERE)
        assert [(effect.text, effect.warning) for effect in found] == [
            ("user:b@example.com gets can_admin.", True),
            ("group:admins gets can_audit: 1 person known so far.", False),
            ("user:a@example.com loses can_audit.", False),
        ]

    def test_a_group_with_nobody_in_it_is_a_warning(self) -> None:
        (effect,) = permission_effects(GroupsConfig(), GroupsConfig(can_admin=("group:new",)), {"new": frozenset()})
        assert effect.warning
        assert "nobody is known to be in that group" in effect.text

    def test_permissions_over_a_part_have_lines_of_their_own(self) -> None:
        grant = {"principals": ["group:a"], "permission": "can_admin", "where": {"accounts": ["1" * 12]}}
        scoped = GroupsConfig.model_validate({"scopes": [grant]})
        (new,) = permission_effects(GroupsConfig(), scoped, {})
        (gone,) = permission_effects(scoped, GroupsConfig(), {})
        assert new.text == "can_admin over [accounts 111111111111] for group:a is new."
        assert gone.text == "can_admin over [accounts 111111111111] for group:a ends."

    def test_what_stays_is_not_told(self) -> None:
        same = GroupsConfig(can_admin=("user:a@example.com",))
        assert permission_effects(same, same, {}) == []


class TestSessionEffects:
    def test_what_people_notice_is_told(self) -> None:
        found = session_effects(SessionsConfig(), SessionsConfig(cookie_name="x", address_check="off"))
        assert [effect.warning for effect in found] == [True, True]
        assert "Everybody has to sign in again" in found[0].text
        assert "phished" in found[1].text

    def test_what_stays_or_becomes_stricter_is_not(self) -> None:
        assert session_effects(SessionsConfig(address_check="off"), SessionsConfig(address_check="off")) == []
        assert session_effects(SessionsConfig(), SessionsConfig(address_check="strict", web_minutes=5)) == []


_NAMES = st.lists(st.sampled_from(["group:admins", "group:editors", "user:a", "user:b"]), unique=True, max_size=3)
_BOOKS = st.fixed_dictionaries({permission.value: _NAMES for permission in Permission})


@given(before=_BOOKS, after=_BOOKS, who=st.sets(st.sampled_from([ADMIN, EDITOR, Principal.user("a")]), min_size=1))
def test_whoever_is_let_through_gained_nothing_they_could_not_have_given_themselves(
    before: dict[str, list[str]], after: dict[str, list[str]], who: set[Principal]
) -> None:
    old, new = book((), **before), book((), **after)
    if save_refusals(who, old, new, []):
        return
    assert may_edit_configuration(who, old).allowed
    for permission in Permission:
        had = holds(who, permission, old.groups, old.administrators).allowed
        has = holds(who, permission, new.groups, new.administrators).allowed
        assert had or not has or holds(who, Permission.ADMIN, old.groups, old.administrators).allowed
