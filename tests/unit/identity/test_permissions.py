import pytest

from chalicelib.accounts.models import AccountRecord
from chalicelib.core.decisions import Permission
from chalicelib.identity.directory.models import Person
from chalicelib.identity.permissions import MAX_GROUP_AGE, Permissions
from chalicelib.identity.rules import Rulebook, holds
from chalicelib.identity.scopes import GroupsConfig
from chalicelib.identity.store import PeopleStore
from tests.support.builders import caller
from tests.support.clock import FrozenClock


class NoAccounts:
    def find(self, account_id: str) -> None:
        pytest.fail(f"nobody needs facts about account {account_id}")

    def all(self) -> dict[str, AccountRecord]:
        pytest.fail("nobody needs facts about accounts")


ADMINISTRATORS = ("user:root@example.com", "group:cloud-admins")
GROUPS = GroupsConfig(
    can_admin=("group:operators",),
    can_admin_policies=("group:policy-admins", "user:ada@example.com"),
    can_audit=("group:Auditors",),
)


@pytest.mark.parametrize(
    ("user", "groups", "permission", "allowed", "rule"),
    [
        pytest.param(
            "root@example.com",
            [],
            Permission.EDIT_CONFIG,
            True,
            "administrator",
            id="an administrator of the deployment",
        ),
        pytest.param("x", ["cloud-admins"], Permission.AUDIT, True, "administrator", id="one by their group"),
        pytest.param("x", ["operators"], Permission.CREATE_ROLES, True, "administrator", id="one by the configuration"),
        pytest.param(
            "ada@example.com", [], Permission.ADMIN_POLICIES, True, "can_admin_policies", id="a person by name"
        ),
        pytest.param(
            "x", ["policy-admins"], Permission.ADMIN_POLICIES, True, "can_admin_policies", id="a person by group"
        ),
        pytest.param("x", ["auditors"], Permission.AUDIT, True, "can_audit", id="a group that is written in capitals"),
        pytest.param("x", ["policy-admins"], Permission.AUDIT, False, "can_audit", id="another permission"),
        pytest.param(
            "x", ["policy-admins"], Permission.ADMIN, False, "can_admin", id="administration from a lesser one"
        ),
        pytest.param("x", [], Permission.EDIT_CONFIG, False, "can_edit_config", id="nobody in particular"),
        pytest.param(
            "cloud-admins", [], Permission.AUDIT, False, "can_audit", id="a user called like a group of administrators"
        ),
        pytest.param(
            "x", ["root@example.com"], Permission.AUDIT, False, "can_audit", id="a group called like an administrator"
        ),
    ],
)
def test_who_holds_what(user: str, groups: list[str], permission: Permission, rule: str, *, allowed: bool) -> None:
    decision = holds(caller(user, *groups).principals, permission, GROUPS, ADMINISTRATORS)
    assert (decision.allowed, decision.rule) == (allowed, rule)


def test_a_refusal_says_which_permission_and_where_it_is_granted() -> None:
    decision = holds(caller().principals, Permission.CREATE_ROLES, GroupsConfig(), ())
    assert "can_create_roles" in decision.reason
    assert "section groups" in decision.reason


def test_a_name_in_the_section_groups_must_say_what_it_is() -> None:
    with pytest.raises(ValueError, match=r"can_audit[\s\S]*must say what it is"):
        GroupsConfig(can_audit=("auditors",))


@pytest.mark.usefixtures("tables")
class TestSomebodyWhoIsNotOnTheLine:
    def permissions(self, clock: FrozenClock) -> Permissions:
        book = Rulebook(GROUPS, ADMINISTRATORS)
        return Permissions(book=book, people=PeopleStore(clock), accounts=NoAccounts(), clock=clock)

    def test_is_judged_by_their_groups_as_last_seen(self, clock: FrozenClock) -> None:
        PeopleStore(clock).saw("linus@example.com", frozenset({"policy-admins"}), "saml")
        clock.advance(MAX_GROUP_AGE)
        permissions = self.permissions(clock)
        assert permissions.of_absent("linus@example.com", Permission.ADMIN_POLICIES).allowed
        assert not permissions.of_absent("linus@example.com", Permission.EDIT_CONFIG).allowed

    def test_is_refused_when_their_groups_are_older_than_a_day_even_with_rights_of_their_own(
        self, clock: FrozenClock
    ) -> None:
        PeopleStore(clock).saw("root@example.com", frozenset(), "saml")
        clock.advance(MAX_GROUP_AGE + 1)
        decision = self.permissions(clock).of_absent("root@example.com", Permission.AUDIT)
        assert (decision.allowed, decision.rule) == (False, "stale_groups")
        assert "ask root@example.com to sign in again" in decision.reason

    def test_is_refused_when_nobody_has_ever_seen_them(self, clock: FrozenClock) -> None:
        assert self.permissions(clock).of_absent("nobody@example.com", Permission.AUDIT).rule == "stale_groups"

    def test_is_refused_when_they_are_suspended_whatever_they_hold(self, clock: FrozenClock) -> None:
        gone = Person(
            user="root@example.com", groups=frozenset(), source="acme", observed_at=clock.now(), suspended=True
        )

        class Directory:
            def find(self, user: str) -> Person:
                return gone

        permissions = Permissions(
            book=Rulebook(GROUPS, ADMINISTRATORS), people=Directory(), accounts=NoAccounts(), clock=clock
        )
        for decision in (
            permissions.of_absent("root@example.com", Permission.AUDIT),
            permissions.of_absent_over("root@example.com", Permission.ADMIN_POLICIES, []),
        ):
            assert (decision.allowed, decision.rule) == (False, "suspended")
            assert decision.reason == "root@example.com is suspended in the directory."

    def test_loses_a_group_with_the_next_sign_in_that_lacks_it(self, clock: FrozenClock) -> None:
        PeopleStore(clock).saw("mary@example.com", frozenset({"auditors"}), "saml")
        clock.advance(1)
        PeopleStore(clock).saw("mary@example.com", frozenset(), "saml")
        assert not self.permissions(clock).of_absent("mary@example.com", Permission.AUDIT).allowed

    def test_on_the_line_is_judged_by_the_session_alone(self, clock: FrozenClock) -> None:
        permissions = self.permissions(clock)
        assert permissions.of_caller(caller("x", "auditors"), Permission.AUDIT).allowed
        assert not permissions.of_caller(caller("x"), Permission.AUDIT).allowed
