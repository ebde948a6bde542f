"""What the directory knows, and how its sources are doing. For auditors and administrators."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.decisions import Permission
from chalicelib.core.model import Frozen
from chalicelib.identity.directory.models import Wanted
from chalicelib.wire.authentication import Access

if TYPE_CHECKING:
    from chalicelib.identity.directory.list_directory import ListDirectory

api = new_api(__name__)


class UserQuery(Frozen):
    """`q` is part of a name, `group` one that the person is in."""

    source: str | None = None
    q: str = Field(default="", max_length=200)
    group: str = Field(default="", max_length=500)
    suspended: Literal["true", "false"] | None = None
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=2000)


class GroupQuery(Frozen):
    """`q` is part of a name, `member` somebody who is in it."""

    source: str | None = None
    q: str = Field(default="", max_length=200)
    member: str = Field(default="", max_length=500)
    limit: int = Field(default=50, ge=1, le=200)
    cursor: str = Field(default="", max_length=2000)


class WireDirectoryUser(Frozen):
    """A person as one source knows them. Epoch seconds: when that last changed, and when it was last known to be so."""

    user: str
    display_name: str
    source: str
    method: str
    """Of the sign-in, where that is the source."""
    groups: tuple[str, ...]
    suspended: bool
    settings: dict[str, str | bool]
    changed_at: int
    as_of: int


class UserPage(Frozen):
    users: tuple[WireDirectoryUser, ...]
    cursor: str
    """For the next page; empty at the end. A page may be short of the limit and still have one."""


class WireDirectoryGroup(Frozen):
    group: str
    display_name: str
    source: str
    members: tuple[str, ...]
    size: int
    """How many members there are: of a very large group the first 20,000 are listed."""
    settings: dict[str, str | bool]
    changed_at: int
    as_of: int


class GroupPage(Frozen):
    groups: tuple[WireDirectoryGroup, ...]
    cursor: str


class WireSource(Frozen):
    """Epoch seconds, None means never. `warning` says what vanished and is not believed gone yet."""

    source: str
    succeeded_at: int | None
    failed_at: int | None
    error: str | None
    warning: str | None
    people: int
    groups: int
    suspended: int


class SourceList(Frozen):
    sources: tuple[WireSource, ...]


class WireConflict(Frozen):
    """A bare name that means nobody, because sources know a user and a group of that name."""

    name: str
    since: int
    user_in: tuple[str, ...]
    group_in: tuple[str, ...]


class ConflictList(Frozen):
    conflicts: tuple[WireConflict, ...]


def _listing() -> "ListDirectory":
    return bootstrap.container().identity.directory.listing


@api.endpoint("GET", "/api/v2/directory/users", access=Access.SESSION, permission=Permission.AUDIT)
def list_directory_users(query: UserQuery) -> UserPage:
    """People as the sources and their own sign-ins tell them, with groups, suspension, settings and age."""
    wanted = Wanted(
        source=query.source,
        text=query.q,
        related=query.group,
        suspended=None if query.suspended is None else query.suspended == "true",
        limit=query.limit,
        cursor=query.cursor,
    )
    page = _listing().users(wanted)
    users = tuple(
        WireDirectoryUser(
            user=record.user,
            display_name=record.display_name,
            source=record.source,
            method=record.by,
            groups=tuple(sorted(record.groups)),
            suspended=record.suspended,
            settings=record.settings,
            changed_at=record.observed_at,
            as_of=page.as_of(record),
        )
        for record in page.records
    )
    return UserPage(users=users, cursor=page.cursor)


@api.endpoint("GET", "/api/v2/directory/groups", access=Access.SESSION, permission=Permission.AUDIT)
def list_directory_groups(query: GroupQuery) -> GroupPage:
    """Groups of the sources with their members, those of groups inside them too."""
    page = _listing().groups(
        Wanted(source=query.source, text=query.q, related=query.member, limit=query.limit, cursor=query.cursor)
    )
    groups = tuple(
        WireDirectoryGroup(
            group=record.group,
            display_name=record.display_name,
            source=record.source,
            members=tuple(sorted(record.members)),
            size=record.size,
            settings=record.settings,
            changed_at=record.observed_at,
            as_of=page.as_of(record),
        )
        for record in page.records
    )
    return GroupPage(groups=groups, cursor=page.cursor)


@api.endpoint("GET", "/api/v2/directory/sources", access=Access.SESSION, permission=Permission.AUDIT)
def list_directory_sources() -> SourceList:
    """When each source last answered whole, what it said, and what is held back."""
    return SourceList(sources=tuple(WireSource(**state.model_dump(exclude={"held"})) for state in _listing().sources()))


@api.endpoint("GET", "/api/v2/directory/conflicts", access=Access.SESSION, permission=Permission.AUDIT)
def list_directory_conflicts() -> ConflictList:
    """Names that are both a user's and a group's: bare, in a tag or a mapping, they mean nobody."""
    return ConflictList(
        conflicts=tuple(
            WireConflict(
                name=known.conflict.name,
                since=known.conflict.since,
                user_in=tuple(sorted(known.kinds.users)),
                group_in=tuple(sorted(known.kinds.groups)),
            )
            for known in _listing().conflicts()
        )
    )
