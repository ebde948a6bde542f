"""Resources as they are kept, and as the wire has them. What clients send beyond that is left out, as the standard allows."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, field_validator, model_serializer

from chalicelib.core.errors import InvalidInput
from chalicelib.core.model import Frozen
from chalicelib.core.principals import fold

USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_LONGEST = 500


class Document(RootModel[dict[str, Any]]):
    """Any JSON object: which of its keys count is decided by the resource."""

    model_config = ConfigDict(frozen=True)


class _Sent(BaseModel):
    """What a client says: names of attributes in small letters, since they are compared without case; unknown ones ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)


class Email(_Sent):
    value: str = Field(default="", max_length=_LONGEST)
    type: str = Field(default="", max_length=50)
    primary: bool | None = None


class PersonName(_Sent):
    formatted: str = Field(default="", max_length=_LONGEST)
    givenname: str = Field(default="", max_length=_LONGEST)
    familyname: str = Field(default="", max_length=_LONGEST)


class UserFields(_Sent):
    """What is kept of a user. `active` may come as the text "False"."""

    username: str = Field(min_length=1, max_length=_LONGEST)
    externalid: str | None = Field(default=None, max_length=_LONGEST)
    displayname: str = Field(default="", max_length=_LONGEST)
    active: bool = True
    name: PersonName = PersonName()
    emails: tuple[Email, ...] = Field(default=(), max_length=50)

    @field_validator("username")
    @classmethod
    def _some_letter(cls, name: str) -> str:
        if not fold(name):
            message = "must not be blank"
            raise ValueError(message)
        return name

    @field_validator("displayname", "name", "emails", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any, info: Any) -> Any:
        return cls.model_fields[info.field_name].get_default() if value is None else value


class GroupFields(_Sent):
    displayname: str = Field(min_length=1, max_length=_LONGEST)
    externalid: str | None = Field(default=None, max_length=_LONGEST)


class StoredUser(Frozen):
    """Epoch seconds. `name` is folded: what people are called everywhere else here."""

    id: str
    fields: UserFields
    created_at: int
    changed_at: int

    @property
    def name(self) -> str:
        return fold(self.fields.username)


class StoredGroup(Frozen):
    id: str
    fields: GroupFields
    created_at: int
    changed_at: int

    @property
    def name(self) -> str:
        return fold(self.fields.displayname)


class Member(Frozen):
    """A user in a group: the id of the resource and the user's folded name."""

    id: str
    user: str


class Resource(Frozen):
    """A resource on the wire; keys without a value are absent."""

    model_config = ConfigDict(serialize_by_alias=True)

    @model_serializer(mode="wrap")
    def _only_set(self, handler: Any) -> dict[str, Any]:
        return {key: value for key, value in handler(self).items() if value is not None}


class Meta(Resource):
    resourceType: str  # noqa: N815 the wire's name
    created: str | None = None
    lastModified: str | None = None  # noqa: N815 the wire's name
    location: str


class WireName(Resource):
    formatted: str | None = None
    givenName: str | None = None  # noqa: N815 the wire's name
    familyName: str | None = None  # noqa: N815 the wire's name


class WireEmail(Resource):
    value: str
    type: str | None = None
    primary: bool | None = None


class WireReference(Resource):
    """Of a user in a group."""

    value: str
    type: str = "User"
    ref: str = Field(serialization_alias="$ref")


class WireUser(Resource):
    schemas: tuple[str, ...] = (USER_SCHEMA,)
    id: str
    externalId: str | None = None  # noqa: N815 the wire's name
    userName: str | None  # noqa: N815 the wire's name
    name: WireName | None = None
    displayName: str | None = None  # noqa: N815 the wire's name
    active: bool | None
    emails: tuple[WireEmail, ...] | None = None
    meta: Meta | None


class WireGroup(Resource):
    schemas: tuple[str, ...] = (GROUP_SCHEMA,)
    id: str
    externalId: str | None = None  # noqa: N815 the wire's name
    displayName: str | None  # noqa: N815 the wire's name
    members: tuple[WireReference, ...] | None = None
    meta: Meta | None


class WireUserList(Resource):
    schemas: tuple[str, ...] = (LIST_SCHEMA,)
    totalResults: int  # noqa: N815 the wire's name
    startIndex: int  # noqa: N815 the wire's name
    itemsPerPage: int  # noqa: N815 the wire's name
    Resources: tuple[WireUser, ...]


class WireGroupList(Resource):
    schemas: tuple[str, ...] = (LIST_SCHEMA,)
    totalResults: int  # noqa: N815 the wire's name
    startIndex: int  # noqa: N815 the wire's name
    itemsPerPage: int  # noqa: N815 the wire's name
    Resources: tuple[WireGroup, ...]


def lowered(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the names of attributes (of all levels) in small letters."""
    return {str(key).lower(): _lowered(value) for key, value in document.items()}


def _lowered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return lowered(value)
    return [_lowered(item) for item in value] if isinstance(value, list) else value


def user_fields(document: Mapping[str, Any]) -> UserFields:
    """From attributes in small letters. Raises InvalidInput naming the one at fault."""
    return _parsed(UserFields, document)


def group_fields(document: Mapping[str, Any]) -> GroupFields:
    return _parsed(GroupFields, document)


Sent = TypeVar("Sent", UserFields, GroupFields)


def _parsed(kind: type[Sent], document: Mapping[str, Any]) -> Sent:
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()[:5])
        raise InvalidInput(f"Invalid resource: {faults}.", reason="invalidValue") from error


def member_ids(value: Any) -> tuple[str, ...]:
    """The ids of members as clients name them: `[{"value": id}]`, one such object, or the id alone. Raises InvalidInput."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    found = [item.get("value") if isinstance(item, Mapping) else item for item in listed]
    if not all(isinstance(item, str) and item for item in found):
        raise InvalidInput('Members are named by their ids: [{"value": "..."}].', reason="invalidValue")
    return tuple(dict.fromkeys(map(str, found)))
