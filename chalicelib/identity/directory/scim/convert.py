"""What was pushed, in the words of the directory and of the wire: pure."""

from collections.abc import Iterable
from datetime import UTC, datetime

from chalicelib.core.directory import DirectoryGroup, DirectoryUser
from chalicelib.identity.directory.scim.models import (
    Member,
    Meta,
    StoredGroup,
    StoredUser,
    UserFields,
    WireEmail,
    WireGroup,
    WireName,
    WireReference,
    WireUser,
)


def directory_user(user: StoredUser) -> DirectoryUser:
    return DirectoryUser(
        name=user.name,
        display_name=_shown(user.fields),
        external_id=user.id,
        suspended=not user.fields.active,
    )


def _shown(fields: UserFields) -> str:
    spoken = f"{fields.name.givenname} {fields.name.familyname}".strip()
    return fields.displayname or fields.name.formatted or spoken


def directory_group(group: StoredGroup, members: Iterable[Member]) -> DirectoryGroup:
    return DirectoryGroup(
        name=group.name,
        display_name=group.fields.displayname,
        external_id=group.id,
        members=frozenset(member.user for member in members),
    )


def wire_user(user: StoredUser, base_url: str) -> WireUser:
    fields = user.fields
    name = WireName(
        formatted=fields.name.formatted or None,
        givenName=fields.name.givenname or None,
        familyName=fields.name.familyname or None,
    )
    emails = tuple(
        WireEmail(value=email.value, type=email.type or None, primary=email.primary) for email in fields.emails
    )
    return WireUser(
        id=user.id,
        externalId=fields.externalid,
        userName=fields.username,
        name=name if name != WireName() else None,
        displayName=fields.displayname or None,
        active=fields.active,
        emails=emails or None,
        meta=_meta("User", f"{base_url}/Users/{user.id}", user),
    )


def wire_group(group: StoredGroup, members: Iterable[Member] | None, base_url: str) -> WireGroup:
    """`members` None: they were not asked for."""
    listed = None
    if members is not None:
        listed = tuple(_reference(member, base_url) for member in members)
    return WireGroup(
        id=group.id,
        externalId=group.fields.externalid,
        displayName=group.fields.displayname,
        members=listed,
        meta=_meta("Group", f"{base_url}/Groups/{group.id}", group),
    )


def _reference(member: Member, base_url: str) -> WireReference:
    return WireReference(value=member.id, ref=f"{base_url}/Users/{member.id}")


def _meta(kind: str, location: str, resource: StoredUser | StoredGroup) -> Meta:
    return Meta(
        resourceType=kind,
        created=_time(resource.created_at),
        lastModified=_time(resource.changed_at),
        location=location,
    )


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
