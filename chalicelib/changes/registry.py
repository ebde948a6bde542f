"""The folder is the registry: every module here is a change type, but those that are named here."""

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any

from chalicelib import changes
from chalicelib.changes.base import ChangeType
from chalicelib.core.errors import InvalidInput

_NOT_TYPES = {"base", "gateways", "registry", "spoke_actions", "whole_role"}

_LATER = frozenset(
    {
        "managed_policy_resource",
        "generic_file",
    }
)
"""Types that ConsoleMe has and this product does not have yet: whoever sends one is told so."""


_OTHER_NAMES = {"sts_resource_policy": "assume_role_policy"}
"""What ConsoleMe calls the trust policy of another role than the principal's."""


@functools.cache
def change_types() -> Mapping[str, ChangeType[Any, Any]]:
    """By name. Raises AttributeError for a module that registers nothing."""
    found: dict[str, ChangeType[Any, Any]] = {}
    for info in pkgutil.iter_modules(changes.__path__):
        if info.name not in _NOT_TYPES:
            module = importlib.import_module(f"{changes.__name__}.{info.name}")
            found[module.CHANGE.name] = module.CHANGE
    return found


def change_type(name: str) -> ChangeType[Any, Any]:
    """Raises InvalidInput for a type that does not exist, or not yet."""
    known, name = change_types(), _OTHER_NAMES.get(name, name)
    if name in known:
        return known[name]
    supported = ", ".join(sorted(known))
    if name in _LATER:
        raise InvalidInput(
            f"The change type {name} is not supported yet. Supported are: {supported}.",
            reason="change_type_not_supported",
        )
    raise InvalidInput(
        f"The change type '{name[:50]}' is unknown. Supported are: {supported}.", reason="change_type_unknown"
    )
