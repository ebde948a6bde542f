"""The OpenAPI document of what is mounted: made from the views' own types, so that it can't promise anything else."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter

from chalicelib.wire.api import Operation
from chalicelib.wire.authentication import Access

_VERSION = "3.1.0"
_NAMES = re.compile(r"\{(\w+)\+?\}")
_REFERENCE = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "required": ["message"],
    "properties": {
        "status": {"type": ["integer", "string"]},
        "title": {"type": "string"},
        "message": {"type": "string"},
        "reason": {"type": "string"},
        "code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "string"}},
        "redirect_url": {"type": "string"},
        "request_id": {"type": "string"},
    },
}


def openapi(operations: Iterable[Operation], *, title: str, version: str) -> dict[str, Any]:
    """The document, sorted, so that the same routes give the same text."""
    ordered = sorted(operations, key=lambda operation: (operation.path, operation.method))
    schemas, definitions = TypeAdapter.json_schemas(_adapters(ordered), ref_template=_REFERENCE)
    by_key = {key: schema for (key, _), schema in schemas.items()}
    paths: dict[str, dict[str, Any]] = {}
    for operation in ordered:
        path = _NAMES.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _documented(operation, by_key)
    return {
        "openapi": _VERSION,
        "info": {"title": title, "version": version, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": {**_named_in_queries(ordered), **definitions.get("$defs", {}), "Problem": _PROBLEM}},
    }


def _key(operation: Operation, part: str) -> str:
    return f"{operation.method} {operation.path} {part}"


def _adapters(operations: list[Operation]) -> list[tuple[str, Any, TypeAdapter[Any]]]:
    found: list[tuple[str, Any, TypeAdapter[Any]]] = []
    for operation in operations:
        signature = operation.signature
        found.append((_key(operation, "returns"), "serialization", signature.returns))
        if signature.body is not None:
            found.append((_key(operation, "body"), "validation", TypeAdapter(signature.body)))
    return found


def _documented(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    refusal = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    answer = {"application/json": {"schema": schemas[_key(operation, "returns")]}}
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": _who(operation),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            "200": {"description": "Done.", "content": answer},
            "default": {"description": "Refused; the message names cause and fix.", **refusal},
        },
    }
    if operation.signature.body is not None:
        schema = schemas[_key(operation, "body")]
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def _who(operation: Operation) -> str:
    if operation.access is Access.PUBLIC:
        return operation.rule or "Anybody."
    if operation.access is Access.SCIM:
        return "A directory that pushes, with its own bearer token."
    who = "A web session." if operation.access is Access.SESSION else "A web or a CLI session."
    if operation.over:
        return f"{who} Needs {operation.over.value} over what is named."
    return f"{who} Needs {operation.permission.value}." if operation.permission else f"{who} {operation.rule}".strip()


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in operation.signature.path
    ]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.signature.query is None:
        return []
    schema = operation.signature.query.model_json_schema(ref_template=_REFERENCE)
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": shape}
        for name, shape in sorted(schema.get("properties", {}).items())
    ]


def _named_in_queries(operations: list[Operation]) -> dict[str, Any]:
    """Types that a parameter of a query is made of, such as a choice of words."""
    found: dict[str, Any] = {}
    for operation in operations:
        if operation.signature.query is not None:
            found |= operation.signature.query.model_json_schema(ref_template=_REFERENCE).get("$defs", {})
    return found
