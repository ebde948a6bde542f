"""Static, IAM Identity Center, plugins, and the registry that finds them."""

import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import boto3
import pytest

from chalicelib.aws.sessions import Sessions
from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.core.errors import Misconfigured, PluginFailed, Upstream
from chalicelib.identity.directory.models import DirectoryConfig
from chalicelib.identity.directory.sources.base import Surroundings
from chalicelib.identity.directory.sources.registry import open_source, source_types
from chalicelib.plugins.calls import Calls
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.plugins.manager import load_plugins
from tests.support.aws import REGION, refusing
from tests.support.calls import AwsCalls, watched
from tests.support.clock import FrozenClock
from tests.support.directory import FakeSource
from tests.support.tree import python_files

STORE = "d-1234567890"


def surroundings(clock: FrozenClock, **section: Any) -> Surroundings:
    aws = Sessions(clock=clock, region=REGION, endpoint_url=None, states_endpoint_url=None)
    return Surroundings(DirectoryConfig.model_validate(section), aws, clock, lambda _: "")


def without_plugins() -> Calls:
    return Calls(load_plugins(()))


def test_every_module_of_the_folder_is_a_source_of_its_own_name() -> None:
    modules = {path.stem for path in python_files("chalicelib/identity/directory/sources")}
    assert set(source_types()) == modules - {"__init__", "base", "registry"}


class TestStatic:
    def test_lists_the_configured_people_and_every_group_that_one_of_them_is_in(self, clock: FrozenClock) -> None:
        people = {"Ada": {"name": "Ada L.", "groups": ["Admins", "eng"]}, "bo": {"groups": ["eng"], "suspended": True}}
        source = open_source("static", surroundings(clock, static={"people": people}), without_plugins())
        assert list(source.users()) == [
            DirectoryUser(name="ada", display_name="Ada L."),
            DirectoryUser(name="bo", suspended=True),
        ]
        assert {group.name: group.members for group in source.groups()} == {"admins": {"ada"}, "eng": {"ada", "bo"}}


@pytest.mark.usefixtures("own_tables")
class TestIdentityCenter:
    def opened(self, clock: FrozenClock, **section: Any) -> Any:
        config = {"identity_store_id": STORE, **section}
        return open_source("identity_center", surroundings(clock, identity_center=config), without_plugins())

    @pytest.fixture
    def store(self, own_tables: None) -> Any:
        return boto3.client("identitystore", REGION)

    def user(self, store: Any, name: str, *emails: str) -> str:
        listed = [{"Value": email, "Primary": number == 0} for number, email in enumerate(emails)]
        found = store.create_user(
            IdentityStoreId=STORE,
            UserName=name,
            DisplayName=name.title(),
            Name={"GivenName": name, "FamilyName": "X"},
            **({"Emails": listed} if listed else {}),
        )
        return str(found["UserId"])

    def group(self, store: Any, name: str, *user_ids: str) -> None:
        group_id = store.create_group(IdentityStoreId=STORE, DisplayName=name)["GroupId"]
        for user_id in user_ids:
            store.create_group_membership(IdentityStoreId=STORE, GroupId=group_id, MemberId={"UserId": user_id})

    def test_lists_people_by_their_first_address_and_groups_with_their_members(
        self, store: Any, clock: FrozenClock
    ) -> None:
        ada = self.user(store, "ada", "Ada@Example.com", "ada@private.example")
        machine = self.user(store, "build-machine")
        self.group(store, "Engineers", ada, machine)
        self.group(store, "Nobody")
        source = self.opened(clock)
        users = {user.name: user for user in source.users()}
        assert set(users) == {"ada@example.com", "build-machine"}
        assert (users["ada@example.com"].external_id, users["ada@example.com"].suspended) == (ada, False)
        groups = {group.name: group.members for group in source.groups()}
        assert groups == {"engineers": {"ada@example.com", "build-machine"}, "nobody": frozenset()}

    def test_calls_people_by_their_user_name_where_the_configuration_says_so(
        self, store: Any, clock: FrozenClock
    ) -> None:
        self.user(store, "ada", "ada@example.com")
        assert [user.name for user in self.opened(clock, user_name="user_name").users()] == ["ada"]

    def test_reads_every_page(self, store: Any, clock: FrozenClock) -> None:
        ids = [self.user(store, f"u{number}", f"u{number}@example.com") for number in range(230)]
        self.group(store, "all", *ids)
        source = self.opened(clock)
        assert len(list(source.users())) == 230
        (group,) = source.groups()
        assert len(group.members) == 230

    def test_knows_who_is_disabled(self, store: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> None:
        self.user(store, "ada", "ada@example.com")
        with watched(monkeypatch) as calls:
            calls.on("ListUsers", _disabled)
            assert [user.suspended for user in self.opened(clock).users()] == [True]

    def test_breaks_off_with_what_aws_said(self, store: Any, clock: FrozenClock) -> None:
        self.group(store, "Engineers", self.user(store, "ada", "ada@example.com"))
        source = self.opened(clock)
        list(source.users())
        with (
            refusing("identitystore.ListGroupMemberships", "AccessDeniedException"),
            pytest.raises(Upstream, match="list_group_memberships"),
        ):
            list(source.groups())

    def test_is_read_in_another_account_and_region_under_a_role(
        self, store: Any, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        role = "arn:aws:iam::444444444444:role/ReadIdentityCenter"
        with watched(monkeypatch) as calls:
            assert list(self.opened(clock, region="eu-west-1", role_arn=role).users()) == []
        assert _assumed(calls) == [role]

    def test_needs_the_id_of_the_store(self, clock: FrozenClock) -> None:
        with pytest.raises(Misconfigured, match="identity_store_id is missing"):
            self.opened(clock, identity_store_id="")


def _disabled(_: dict[str, Any], answer: Any) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(json.dumps(answer(), default=str))
    return {**whole, "Users": [{**user, "UserStatus": "DISABLED"} for user in whole["Users"]]}


def _assumed(calls: AwsCalls) -> list[str]:
    return [parameters["RoleArn"] for operation, parameters in calls.seen if operation == "AssumeRole"]


class TestAPluginsSource:
    @pytest.fixture
    def calls(self) -> Iterator[Calls]:
        module = ModuleType("company_directory")
        sources = {"ldap": FakeSource(people={"ada": ("eng",)}), "broken": Broken(), "odd": Odd()}

        def directory_source(name: str) -> Any:
            return sources.get(name)

        module.directory_source = hookimpl(directory_source)  # type: ignore[attr-defined]
        sys.modules[module.__name__] = module
        yield Calls(load_plugins([module.__name__]))
        del sys.modules[module.__name__]

    def test_is_asked_for_by_the_name_in_the_configuration(self, calls: Calls, clock: FrozenClock) -> None:
        source = open_source("ldap", surroundings(clock), calls)
        assert [user.name for user in source.users()] == ["ada"]
        assert [group.members for group in source.groups()] == [{"ada"}]

    def test_that_nobody_answers_to_is_a_fault_of_the_configuration(self, calls: Calls, clock: FrozenClock) -> None:
        with pytest.raises(Misconfigured, match="names nowhere, which is neither one of google_workspace"):
            open_source("nowhere", surroundings(clock), calls)

    def test_that_raises_anything_fails_by_its_name(self, calls: Calls, clock: FrozenClock) -> None:
        with pytest.raises(PluginFailed, match="company_directory raised ZeroDivisionError"):
            list(open_source("broken", surroundings(clock), calls).users())

    def test_that_lists_something_else_fails_by_its_name(self, calls: Calls, clock: FrozenClock) -> None:
        with pytest.raises(PluginFailed, match="lists a str as a DirectoryUser"):
            list(open_source("odd", surroundings(clock), calls).users())

    def test_may_fail_with_an_error_of_its_own(self, calls: Calls, clock: FrozenClock) -> None:
        with pytest.raises(Upstream, match="on purpose"):
            list(open_source("broken", surroundings(clock), calls).groups())


class Broken:
    def users(self) -> Iterator[DirectoryUser]:
        yield DirectoryUser(name="ada")
        raise ZeroDivisionError

    def groups(self) -> Iterator[DirectoryGroup]:
        raise Upstream("on purpose")


class Odd:
    def users(self) -> list[Any]:
        return ["ada"]

    def groups(self) -> list[Any]:
        return []
