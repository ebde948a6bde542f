"""What this server can do, in the standard's words (RFC 7643, sections 5 to 7)."""

from typing import Any

from chalicelib.core.errors import NotFound
from chalicelib.identity.directory.scim.models import GROUP_SCHEMA, LIST_SCHEMA, USER_SCHEMA

MOST_RESULTS = 200
_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def service_provider_config(base_url: str) -> dict[str, Any]:
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token whose hash an administrator put into Secrets Manager.",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base_url}/ServiceProviderConfig"},
    }


def resource_types(base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [_TYPE],
            "id": name,
            "name": name,
            "endpoint": f"/{name}s",
            "schema": schema,
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{name}"},
        }
        for name, schema in (("User", USER_SCHEMA), ("Group", GROUP_SCHEMA))
    ]


def schemas(base_url: str) -> list[dict[str, Any]]:
    return [
        {
            "schemas": [_SCHEMA],
            "id": schema,
            "name": name,
            "description": f"What is kept of a {name.lower()}.",
            "attributes": attributes,
            "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{schema}"},
        }
        for name, schema, attributes in (("User", USER_SCHEMA, _USER), ("Group", GROUP_SCHEMA, _GROUP))
    ]


def as_list(resources: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [LIST_SCHEMA],
        "totalResults": len(resources),
        "startIndex": 1,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def one_of(resources: list[dict[str, Any]], resource_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    for resource in resources:
        if str(resource["id"]).lower() == resource_id.lower():
            return resource
    raise NotFound(f"There is no {resource_id[:100]} here.")


def _attribute(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    base = {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": more.pop("description", name),
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
    }
    text = {"caseExact": False, "uniqueness": "none"} if kind in {"string", "reference"} else {}
    return base | text | more


_USER = [
    _attribute(
        "userName",
        description="What the person signs in as; compared without case.",
        required=True,
        uniqueness="server",
    ),
    _attribute(
        "name",
        "complex",
        subAttributes=[_attribute("formatted"), _attribute("familyName"), _attribute("givenName")],
    ),
    _attribute("displayName"),
    _attribute(
        "active", "boolean", description="False suspends the person at once and ends their sessions.", required=True
    ),
    _attribute(
        "emails",
        "complex",
        multiValued=True,
        subAttributes=[_attribute("value"), _attribute("type"), _attribute("primary", "boolean")],
    ),
]
_GROUP = [
    _attribute(
        "displayName", description="The group's name; compared without case.", required=True, uniqueness="server"
    ),
    _attribute(
        "members",
        "complex",
        multiValued=True,
        description="Users by their ids; groups inside groups are not taken.",
        subAttributes=[
            _attribute("value", mutability="immutable", caseExact=True),
            _attribute("type", mutability="immutable", canonicalValues=["User"]),
            _attribute("$ref", "reference", mutability="immutable", referenceTypes=["User"]),
        ],
    ),
]
