"""SCIM that is switched off, that was not set up, and pushes whose process ends in the middle."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.core.errors import AppError, Forbidden
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.directory.scim.services import ScimServices
from chalicelib.identity.directory.services import DirectoryServices
from tests.support.aws import REGION, aws_tables, forget_everything
from tests.support.calls import Crash
from tests.support.faults import Boundary, Fault, guarded
from tests.support.scim import scim_served
from tests.support.served import CONFIGURATION

BY = "system:scim:okta"


def test_where_scim_is_no_source_nobody_pushes(tmp_path: Path) -> None:
    with scim_served(tmp_path, "") as scim:
        answer = scim.call("POST", "/Users", {"userName": "ada"})
        assert (answer.status, "switched off" in answer.json["detail"]) == (401, True)


def test_where_the_secret_is_missing_it_is_said_which(tmp_path: Path) -> None:
    with scim_served(tmp_path) as scim:
        name = f"{scim.served.container.settings.table_prefix}directory-scim"
        boto3.client("secretsmanager", REGION).delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        answer = scim.call("GET", "/Users")
        assert (answer.status, "does not exist" in answer.json["detail"]) == (500, True)


@pytest.fixture(scope="module")
def pushed_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    configuration = tmp_path_factory.mktemp("faults") / "configuration.yaml"
    configuration.write_text(CONFIGURATION + "directory: {sources: [scim]}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches, CONSOLEME_CONFIG_FILE=str(configuration)):
        yield


@pytest.mark.usefixtures("pushed_to")
class TestAPushWhoseProcessEnds:
    """At any call to AWS; the client never tries again, and the next sync still makes it whole."""

    POINTS = 34

    @pytest.fixture(autouse=True)
    def people(self, pushed_to: None) -> None:
        tag = ulid().lower()
        self.ada_name, self.bo_name, self.group_name = f"ada-{tag}", f"bo-{tag}", f"eng-{tag}"
        self.ada = self.scim.users.create({"userName": self.ada_name}, BY).id
        self.bo = self.scim.users.create({"userName": self.bo_name}, BY).id
        members = [{"value": self.ada}, {"value": self.bo}]
        self.group = self.scim.groups.create({"displayName": self.group_name, "members": members}, BY).id
        for user in (self.ada_name, self.bo_name):
            self.sign_in(user)

    def sign_in(self, user: str) -> None:
        bootstrap.container().identity.sessions.start(
            user=user, groups=frozenset(), kind=SessionKind.CLI, method="test", address=""
        )

    @property
    def directory(self) -> DirectoryServices:
        return bootstrap.container().identity.directory

    @property
    def scim(self) -> ScimServices:
        return self.directory.scim

    def interrupted(
        self, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault, push: Callable[[], object]
    ) -> bool:
        """Whether the push was struck."""
        boundary = Boundary()
        boundary.arm(point, fault)
        with guarded(monkeypatch, boundary):
            try:
                push()
            except (Crash, AppError):
                assert boundary.struck
        return boundary.struck

    def next_sync(self) -> None:
        forget_everything()
        self.directory.sync.run()

    @pytest.mark.parametrize("point", range(1, POINTS, 6))
    @pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.LOST_ANSWER])
    def test_leaves_a_suspended_person_out_or_as_they_were_and_never_half_in(
        self, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault
    ) -> None:
        patch = {"Operations": [{"op": "replace", "path": "active", "value": False}]}
        struck = self.interrupted(monkeypatch, point, fault, lambda: self.scim.users.patch(self.ada, patch, BY))
        self.next_sync()
        identity = bootstrap.container().identity
        person, stored = identity.people.find(self.ada_name), self.scim.users.get(self.ada)
        assert person is not None
        if not stored.fields.active:
            assert person.suspended
        if not struck:
            assert not stored.fields.active
        if person.suspended and not stored.fields.active:
            assert identity.sessions.of(self.ada_name) == ()
        if person.suspended:
            with pytest.raises(Forbidden):
                self.sign_in(self.ada_name)

    @pytest.mark.parametrize("point", range(1, POINTS, 6))
    @pytest.mark.parametrize("fault", [Fault.CRASH_AFTER])
    def test_takes_a_deleted_user_away_or_keeps_them_out(
        self, monkeypatch: pytest.MonkeyPatch, point: int, fault: Fault
    ) -> None:
        struck = self.interrupted(monkeypatch, point, fault, lambda: self.scim.users.delete(self.ada, BY))
        self.next_sync()
        identity = bootstrap.container().identity
        person = identity.people.find(self.ada_name)
        assert person is not None
        gone = self.scim.users.listed(f'userName eq "{self.ada_name}"') == []
        if gone:
            assert (person.suspended, identity.sessions.of(self.ada_name)) == (True, ())
        assert gone or struck
        assert {one.name for one in self.scim.users.listed("")} >= {self.bo_name}

    @pytest.mark.parametrize("point", range(1, POINTS, 6))
    def test_takes_a_group_from_whoever_left_it(self, monkeypatch: pytest.MonkeyPatch, point: int) -> None:
        patch = {"Operations": [{"op": "remove", "path": f'members[value eq "{self.ada}"]'}]}
        self.interrupted(monkeypatch, point, Fault.CRASH_BEFORE, lambda: self.scim.groups.patch(self.group, patch, BY))
        self.next_sync()
        identity = bootstrap.container().identity
        inside = {member.user for member in self.scim.groups.members(self.scim.groups.get(self.group))}
        for user in (self.ada_name, self.bo_name):
            person = identity.people.find(user)
            assert person is not None
            wanted = {self.group_name} if user in inside else set()
            assert person.groups == wanted
            assert [set(session.groups) for session in identity.sessions.of(user)] == [wanted]
