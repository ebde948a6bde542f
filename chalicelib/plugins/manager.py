"""Loads plugins by module path and checks them before the first request is served."""

import importlib
from collections.abc import Iterable
from types import ModuleType

import pluggy

from chalicelib.core.errors import Misconfigured
from chalicelib.plugins import hookspecs


def load_plugins(paths: Iterable[str], builtins: Iterable[ModuleType] = ()) -> pluggy.PluginManager:
    """Raises Misconfigured for a module that can't be imported and for a hook that no specification knows."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for builtin in builtins:
        manager.register(builtin, builtin.__name__)
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
    return manager
