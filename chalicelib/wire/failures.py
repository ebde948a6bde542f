"""The error tree on the wire: one status per kind, one body per family of routes."""

from enum import StrEnum
from http import HTTPStatus
from typing import Any

from chalicelib.core.errors import (
    AppError,
    Conflict,
    Forbidden,
    InvalidInput,
    LimitExceeded,
    NotAuthenticated,
    NotFound,
    Upstream,
)


class Shape(StrEnum):
    """Which body a family of routes answers with when it refuses.

    PROBLEM is ConsoleMe's `{"status", "title", "message"}`, which its pages read. UNIVERSAL is read by Weep on every
    endpoint that it calls: it holds the members of all of them, and `code` and `status` are strings. SCIM is RFC 7644's.
    """

    PROBLEM = "problem"
    UNIVERSAL = "universal"
    SCIM = "scim"


_STATUS: dict[type[AppError], HTTPStatus] = {
    InvalidInput: HTTPStatus.BAD_REQUEST,
    NotAuthenticated: HTTPStatus.FORBIDDEN,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    LimitExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    Upstream: HTTPStatus.BAD_GATEWAY,
    AppError: HTTPStatus.INTERNAL_SERVER_ERROR,
}


_WEEP_CODES: dict[type[AppError], str] = {NotAuthenticated: "invalid_jwt", InvalidInput: "904"}
"""What Weep understands: `invalid_jwt` makes it sign in anew, 904 is a request that could not be read."""


_SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_SCIM_TYPES = {
    "invalidFilter",
    "invalidPath",
    "invalidSyntax",
    "invalidValue",
    "mutability",
    "noTarget",
    "tooMany",
    "uniqueness",
}
SCIM_TYPE = "application/scim+json"


def status_of(error: AppError, shape: Shape = Shape.PROBLEM) -> HTTPStatus:
    if shape is Shape.SCIM and isinstance(error, NotAuthenticated):
        return HTTPStatus.UNAUTHORIZED
    if error.reason == "body_too_large":
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def body_of(error: AppError, shape: Shape, request_id: str) -> tuple[dict[str, Any], str]:
    """The body and its content type."""
    status = status_of(error, shape)
    if shape is Shape.SCIM:
        kind = (
            error.reason if error.reason in _SCIM_TYPES else "invalidValue" if isinstance(error, InvalidInput) else None
        )
        told = {"schemas": [_SCIM_ERROR], "status": str(int(status)), "detail": error.message}
        return told | ({"scimType": kind} if kind else {}), SCIM_TYPE
    if shape is Shape.UNIVERSAL:
        code = error.code or _WEEP_CODES.get(type(error), error.reason)
        body = {
            "status": "error",
            "status_code": int(status),
            "reason": error.reason,
            "code": code,
            "message": error.message,
            # Weep prints these through a format string.
            "errors": [error.message.replace("%", "%%")],
            "exception": "",
            "request_id": request_id,
            **error.extra,
        }
        return body, "application/json"
    problem = {
        "status": int(status),
        "title": status.phrase,
        "message": error.message,
        "reason": error.reason,
        "request_id": request_id,
        **error.extra,
    }
    return problem, "application/problem+json"


def sign_in_body(error: NotAuthenticated, sign_in_url: str) -> dict[str, Any]:
    """What a page follows to the sign-in."""
    return {
        "type": "redirect",
        "redirect_url": sign_in_url,
        "reason": "unauthenticated",
        "message": error.message,
    }
