"""Whether somebody on the line may create or delete roles at a place."""

from collections.abc import Callable

from chalicelib.core.decisions import Permission
from chalicelib.core.principals import Caller
from chalicelib.identity.permissions import Permissions

Allowed = Callable[[Permission, str], None]
"""Raises Forbidden when whoever asks does not hold the permission over that ARN."""


def allowed_to(permissions: Permissions, caller: Caller) -> Allowed:
    return lambda permission, arn: permissions.of_caller_over(caller, permission, [arn]).require()
