"""The people, groups and account settings of Google Workspace."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import quote

from pydantic import Field

from chalicelib.core.directory import DirectoryGroup, DirectorySource, DirectoryUser, Setting
from chalicelib.core.errors import Misconfigured, NotFound
from chalicelib.core.model import OldWire
from chalicelib.identity.directory.google_api import GoogleApi, ServiceKey, service_key
from chalicelib.identity.directory.sources.base import SourceType, Surroundings

SECRET = "directory-google"  # noqa: S105 the end of a secret's name
_AT_A_TIME = 8
_USER_FIELDS = (
    "nextPageToken,users(id,customerId,primaryEmail,name/fullName,suspended,archived,isAdmin,isDelegatedAdmin,isEnrolledIn2Sv,"
    "isEnforcedIn2Sv,orgUnitPath)"
)
_GROUP_FIELDS = "nextPageToken,groups(id,email,name)"
_MEMBER_FIELDS = "nextPageToken,members(id)"


class _Name(OldWire):
    fullName: str = ""  # noqa: N815 Google's name


class _User(OldWire):
    """A user as Google lists it."""

    id: str
    customerId: str = ""  # noqa: N815
    primaryEmail: str = Field(min_length=3)  # noqa: N815
    name: _Name = _Name()
    suspended: bool = False
    archived: bool = False
    isAdmin: bool = False  # noqa: N815
    isDelegatedAdmin: bool = False  # noqa: N815
    isEnrolledIn2Sv: bool = False  # noqa: N815
    isEnforcedIn2Sv: bool = False  # noqa: N815
    orgUnitPath: str = ""  # noqa: N815

    def as_user(self) -> DirectoryUser:
        """Whoever is archived can't sign in at Google either."""
        settings: dict[str, Setting] = {
            "administrator": self.isAdmin,
            "delegated_administrator": self.isDelegatedAdmin,
            "two_step_enrolled": self.isEnrolledIn2Sv,
            "two_step_enforced": self.isEnforcedIn2Sv,
            "archived": self.archived,
            "organisational_unit": self.orgUnitPath,
        }
        return DirectoryUser(
            name=self.primaryEmail,
            display_name=self.name.fullName,
            external_id=self.id,
            suspended=self.suspended or self.archived,
            settings=settings,
        )


class _Group(OldWire):
    id: str
    email: str = Field(min_length=3)
    name: str = ""


class _Member(OldWire):
    """`id` names a user, a group, or a customer, which stands for everybody there."""

    id: str = ""


class GoogleWorkspace:
    """`apis` by mail domain: each is read in the name of an administrator of its own."""

    def __init__(self, apis: Mapping[str, GoogleApi]) -> None:
        self._apis = apis
        self._users: dict[str, str] = {}
        self._customers: dict[str, set[str]] = defaultdict(set)

    def users(self) -> Iterator[DirectoryUser]:
        for domain, api in self._apis.items():
            found = api.pages(
                "/admin/directory/v1/users",
                "users",
                domain=domain,
                maxResults="500",
                projection="basic",
                fields=_USER_FIELDS,
            )
            for item in found:
                listed = _User.model_validate(item)
                user = listed.as_user()
                self._users[listed.id] = user.name
                self._customers[listed.customerId].add(user.name)
                yield user

    def groups(self) -> Iterator[DirectoryGroup]:
        """A group that is deleted while its members are read is a group no more."""
        listed = [(api, group) for domain, api in self._apis.items() for group in _groups(domain, api)]
        names = {group.id: group.email for _, group in listed}
        with ThreadPoolExecutor(_AT_A_TIME) as threads:
            for group in threads.map(partial(self._with_members, names), listed):
                if group is not None:
                    yield group

    def _with_members(self, names: Mapping[str, str], listed: tuple[GoogleApi, _Group]) -> DirectoryGroup | None:
        api, group = listed
        path = f"/admin/directory/v1/groups/{quote(group.id, safe='')}/members"
        try:
            found = api.pages(path, "members", maxResults="200", fields=_MEMBER_FIELDS)
            members = [_Member.model_validate(item).id for item in found]
        except NotFound:
            return None
        return DirectoryGroup(
            name=group.email,
            display_name=group.name,
            external_id=group.id,
            members=frozenset(self._users[member] for member in members if member in self._users).union(
                *(self._customers[member] for member in members if member and member in self._customers)
            ),
            groups=frozenset(names[member] for member in members if member in names),
        )


def _groups(domain: str, api: GoogleApi) -> Iterator[_Group]:
    items: Iterator[dict[str, Any]] = api.pages(
        "/admin/directory/v1/groups", "groups", domain=domain, maxResults="200", fields=_GROUP_FIELDS
    )
    yield from map(_Group.model_validate, items)


def _build(surroundings: Surroundings) -> DirectorySource:
    subjects = surroundings.config.google_workspace.subjects
    if not subjects:
        raise Misconfigured(
            "directory.google_workspace.subjects is empty: give each mail domain an administrator, such as "
            "{example.com: admin@example.com}."
        )
    key: Callable[[], ServiceKey] = lambda: service_key(surroundings.secret(SECRET), SECRET)  # noqa: E731
    return GoogleWorkspace(
        {domain: GoogleApi(key=key, subject=subject, clock=surroundings.clock) for domain, subject in subjects.items()}
    )


SOURCE = SourceType("google_workspace", _build)
