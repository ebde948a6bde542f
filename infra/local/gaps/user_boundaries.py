"""Permissions boundaries of IAM users. moto knows those of roles only."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def users_may_be_bounded() -> Iterator[None]:
    """While inside, IAM knows `PutUserPermissionsBoundary` and its opposite, and GetUser shows what they did."""
    from moto.iam.responses import IamResponse

    kind: Any = IamResponse
    lacking = not hasattr(kind, "put_user_permissions_boundary")
    if lacking:
        kind.put_user_permissions_boundary = _put
        kind.delete_user_permissions_boundary = _delete
    try:
        yield
    finally:
        if lacking:
            del kind.put_user_permissions_boundary
            del kind.delete_user_permissions_boundary


def _put(response: Any) -> Any:
    return _bounded(response, response._get_param("PermissionsBoundary"))  # noqa: SLF001 moto's way to read a parameter


def _delete(response: Any) -> Any:
    return _bounded(response, None)


def _bounded(response: Any, arn: str | None) -> Any:
    from moto.core.responses import EmptyResult

    user = response.backend.get_user(response._get_param("UserName"))  # noqa: SLF001 moto's way to read a parameter
    user.permissions_boundary = (
        {"PermissionsBoundaryType": "PermissionsBoundaryPolicy", "PermissionsBoundaryArn": arn} if arn else None
    )
    return EmptyResult()
