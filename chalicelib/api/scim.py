"""SCIM 2.0: an identity provider pushes its people and groups, with a token of its own."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.identity.directory.scim.convert import wire_group, wire_user
from chalicelib.identity.directory.scim.discovery import (
    MOST_RESULTS,
    as_list,
    one_of,
    resource_types,
    schemas,
    service_provider_config,
)
from chalicelib.identity.directory.scim.models import (
    Document,
    StoredGroup,
    StoredUser,
    WireGroup,
    WireGroupList,
    WireUser,
    WireUserList,
)
from chalicelib.identity.directory.scim.selection import Selection
from chalicelib.identity.directory.scim.services import ScimServices
from chalicelib.wire.authentication import Access, PushClient
from chalicelib.wire.failures import Shape
from chalicelib.wire.http import Reply

api = new_api(__name__)
Item = TypeVar("Item")


class ListQuery(BaseModel):
    """Sorting and other wishes are ignored, as the standard allows."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    filter: str = ""
    startIndex: int = 1  # noqa: N815 the wire's name
    count: int = MOST_RESULTS
    attributes: str = ""
    excludedAttributes: str = ""  # noqa: N815 the wire's name


class OneQuery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    attributes: str = ""
    excludedAttributes: str = ""  # noqa: N815 the wire's name


class Page(BaseModel):
    model_config = ConfigDict(frozen=True)

    first: int = Field(ge=1)
    size: int = Field(ge=0)

    @classmethod
    def of(cls, query: ListQuery) -> "Page":
        return cls(first=max(1, query.startIndex), size=min(max(0, query.count), MOST_RESULTS))

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        return items[self.first - 1 : self.first - 1 + self.size]


def _base_url() -> str:
    return f"{bootstrap.container().settings.public_url}/scim/v2"


def _scim(client: PushClient) -> tuple[ScimServices, str]:
    """The services, and what the audit log calls the client."""
    scim = bootstrap.container().identity.directory.scim
    scim.push.heard()
    return scim, f"system:scim:{client.name}"


def _user(user: StoredUser, query: ListQuery | OneQuery | None = None) -> WireUser:
    return _selection(query).cut(wire_user(user, _base_url()))


def _group(scim: ScimServices, group: StoredGroup, query: ListQuery | OneQuery | None = None) -> WireGroup:
    """Members that nobody wants to see are not read."""
    selection = _selection(query)
    members = scim.groups.members(group) if selection.wants("members") else None
    return selection.cut(wire_group(group, members, _base_url()))


def _selection(query: ListQuery | OneQuery | None) -> Selection:
    return Selection.of(query.attributes, query.excludedAttributes) if query is not None else Selection()


@api.endpoint("GET", "/scim/v2/Users", access=Access.SCIM, shape=Shape.SCIM)
def list_scim_users(query: ListQuery, client: PushClient) -> WireUserList:
    """Users that were pushed, all or those that a filter means."""
    scim, _ = _scim(client)
    found, page = scim.users.listed(query.filter), Page.of(query)
    shown = tuple(_user(user, query) for user in page.cut(found))
    return WireUserList(totalResults=len(found), startIndex=page.first, itemsPerPage=len(shown), Resources=shown)


@api.endpoint("POST", "/scim/v2/Users", access=Access.SCIM, shape=Shape.SCIM, answers=WireUser)
def create_scim_user(body: Document, client: PushClient) -> Reply:
    """A user that the identity provider knows from now on."""
    scim, by = _scim(client)
    user = scim.users.create(body.root, by)
    return Reply(_user(user), 201, headers={"Location": f"{_base_url()}/Users/{user.id}"})


@api.endpoint("GET", "/scim/v2/Users/{user_id}", access=Access.SCIM, shape=Shape.SCIM)
def get_scim_user(user_id: str, query: OneQuery, client: PushClient) -> WireUser:
    """One user."""
    scim, _ = _scim(client)
    return _user(scim.users.get(user_id), query)


@api.endpoint("PUT", "/scim/v2/Users/{user_id}", access=Access.SCIM, shape=Shape.SCIM)
def replace_scim_user(user_id: str, body: Document, client: PushClient) -> WireUser:
    """A user as it is now, whole."""
    scim, by = _scim(client)
    return _user(scim.users.replace(user_id, body.root, by))


@api.endpoint("PATCH", "/scim/v2/Users/{user_id}", access=Access.SCIM, shape=Shape.SCIM)
def patch_scim_user(user_id: str, body: Document, query: OneQuery, client: PushClient) -> WireUser:
    """What has changed of a user; `active` false suspends at once."""
    scim, by = _scim(client)
    return _user(scim.users.patch(user_id, body.root, by), query)


@api.endpoint("DELETE", "/scim/v2/Users/{user_id}", access=Access.SCIM, shape=Shape.SCIM, answers=str)
def delete_scim_user(user_id: str, client: PushClient) -> Reply:
    """A user who is gone: their sessions end at once."""
    scim, by = _scim(client)
    scim.users.delete(user_id, by)
    return Reply("", 204)


@api.endpoint("GET", "/scim/v2/Groups", access=Access.SCIM, shape=Shape.SCIM)
def list_scim_groups(query: ListQuery, client: PushClient) -> WireGroupList:
    """Groups that were pushed, all or the one that a filter means."""
    scim, _ = _scim(client)
    found, page = scim.groups.listed(query.filter), Page.of(query)
    shown = tuple(_group(scim, group, query) for group in page.cut(found))
    return WireGroupList(totalResults=len(found), startIndex=page.first, itemsPerPage=len(shown), Resources=shown)


@api.endpoint("POST", "/scim/v2/Groups", access=Access.SCIM, shape=Shape.SCIM, answers=WireGroup)
def create_scim_group(body: Document, client: PushClient) -> Reply:
    """A group and its members."""
    scim, by = _scim(client)
    group = scim.groups.create(body.root, by)
    return Reply(_group(scim, group), 201, headers={"Location": f"{_base_url()}/Groups/{group.id}"})


@api.endpoint("GET", "/scim/v2/Groups/{group_id}", access=Access.SCIM, shape=Shape.SCIM)
def get_scim_group(group_id: str, query: OneQuery, client: PushClient) -> WireGroup:
    """One group, with its members unless they are excluded."""
    scim, _ = _scim(client)
    return _group(scim, scim.groups.get(group_id), query)


@api.endpoint("PUT", "/scim/v2/Groups/{group_id}", access=Access.SCIM, shape=Shape.SCIM)
def replace_scim_group(group_id: str, body: Document, client: PushClient) -> WireGroup:
    """A group and its members as they are now, whole."""
    scim, by = _scim(client)
    return _group(scim, scim.groups.replace(group_id, body.root, by))


@api.endpoint("PATCH", "/scim/v2/Groups/{group_id}", access=Access.SCIM, shape=Shape.SCIM)
def patch_scim_group(group_id: str, body: Document, query: OneQuery, client: PushClient) -> WireGroup:
    """What has changed of a group: who joins, who leaves, another name."""
    scim, by = _scim(client)
    return _group(scim, scim.groups.patch(group_id, body.root, by), query)


@api.endpoint("DELETE", "/scim/v2/Groups/{group_id}", access=Access.SCIM, shape=Shape.SCIM, answers=str)
def delete_scim_group(group_id: str, client: PushClient) -> Reply:
    """A group that is gone: everybody loses it at once."""
    scim, by = _scim(client)
    scim.groups.delete(group_id, by)
    return Reply("", 204)


@api.endpoint("GET", "/scim/v2/ServiceProviderConfig", access=Access.SCIM, shape=Shape.SCIM)
def scim_service_provider_config() -> dict[str, Any]:
    """What this server supports."""
    return service_provider_config(_base_url())


@api.endpoint("GET", "/scim/v2/ResourceTypes", access=Access.SCIM, shape=Shape.SCIM)
def list_scim_resource_types() -> dict[str, Any]:
    """Users and groups."""
    return as_list(resource_types(_base_url()))


@api.endpoint("GET", "/scim/v2/ResourceTypes/{name}", access=Access.SCIM, shape=Shape.SCIM)
def get_scim_resource_type(name: str) -> dict[str, Any]:
    """One of them."""
    return one_of(resource_types(_base_url()), name)


@api.endpoint("GET", "/scim/v2/Schemas", access=Access.SCIM, shape=Shape.SCIM)
def list_scim_schemas() -> dict[str, Any]:
    """The attributes that are kept."""
    return as_list(schemas(_base_url()))


@api.endpoint("GET", "/scim/v2/Schemas/{schema}", access=Access.SCIM, shape=Shape.SCIM)
def get_scim_schema(schema: str) -> dict[str, Any]:
    """Those of users, or of groups."""
    return one_of(schemas(_base_url()), schema)
