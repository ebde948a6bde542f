"""Loads plugins by module path and checks them before the first request is served."""

import importlib
import inspect
from collections.abc import Iterable
from types import ModuleType

import pluggy

from chalicelib.core.errors import Misconfigured
from chalicelib.plugins import hookspecs


def load_plugins(paths: Iterable[str], builtins: Iterable[object] = ()) -> pluggy.PluginManager:
    """Modules by their paths, and built-ins as modules or as objects whose methods are hooks.

    Raises Misconfigured for a module that can't be imported and for a hook that no specification knows.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for builtin in builtins:
        manager.register(builtin, getattr(builtin, "__name__", type(builtin).__qualname__))
    for path in paths:
        try:
            module = importlib.import_module(path)
        except ImportError as error:
            raise Misconfigured(f"The plugin {path} can't be imported: {error}.") from error
        try:
            manager.register(module, path)
            manager.check_pending()
        except pluggy.PluginValidationError as error:
            raise Misconfigured(f"The plugin {path} does not fit the hooks: {error}.") from error
        except ValueError as error:
            raise Misconfigured(f"The plugin {path} is named twice.") from error
        _refuse_odd(manager, module, path)
    return manager


def _refuse_odd(manager: pluggy.PluginManager, module: ModuleType, path: str) -> None:
    """What pluggy would take and we do not: wrappers, which could turn another plugin's no into a yes, and hooks that would never
    be called because they are misspelt and marked as optional, or named right and not marked at all.
    """
    specified = {name for name, found in vars(hookspecs).items() if hasattr(found, f"{hookspecs.PROJECT}_spec")}
    for caller in manager.get_hookcallers(module) or []:
        if caller.name not in specified:
            raise Misconfigured(f"The plugin {path} does not fit the hooks: there is no hook {caller.name}.")
        for implementation in caller.get_hookimpls():
            if implementation.plugin is module and (implementation.hookwrapper or implementation.wrapper):
                raise Misconfigured(f"The plugin {path} does not fit the hooks: {caller.name} is a wrapper.")
    for name in sorted(specified):
        found = vars(module).get(name)
        unmarked = inspect.isfunction(found) and not hasattr(found, f"{hookspecs.PROJECT}_impl")
        if unmarked and found.__module__ == module.__name__:
            raise Misconfigured(f"The plugin {path} does not fit the hooks: {name} lacks @hookimpl.")
