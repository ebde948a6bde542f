"""The types of resources: every module of `resources/` holds one, and nothing else is listed anywhere."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.inventory import resources
from chalicelib.inventory.resource_type import ResourceType


@cache
def resource_types() -> Mapping[str, ResourceType[Any]]:
    """By name, in the order of the names. Imports the modules at the first call."""
    found: dict[str, ResourceType[Any]] = {}
    for module in sorted(pkgutil.iter_modules(resources.__path__), key=lambda one: one.name):
        kind: ResourceType[Any] = importlib.import_module(f"{resources.__name__}.{module.name}").RESOURCE_TYPE
        found[kind.name] = kind
    return MappingProxyType(found)


def type_of(arn: Arn) -> ResourceType[Any] | None:
    """The type that an ARN is of; None when no module owns it."""
    return next((kind for kind in resource_types().values() if kind.owns(arn)), None)
