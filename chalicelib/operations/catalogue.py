"""Every function of `tasks/`: the folder is the registry, read by its name since tasks lie above."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chalicelib.core.tasks import DeclaredTask

_TASKS = "chalicelib.tasks"
_NO_TASK = "runtime"


@cache
def declared_tasks() -> Mapping[str, DeclaredTask]:
    """By name, in the order of the names. Imports the modules at the first call: none of them loads anything heavy."""
    found: dict[str, DeclaredTask] = {}
    package = importlib.import_module(_TASKS)
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        if info.name != _NO_TASK:
            declared: DeclaredTask = importlib.import_module(f"{_TASKS}.{info.name}").tasks.declared
            found[declared.name] = declared
    return MappingProxyType(found)
