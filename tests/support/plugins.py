"""A company's plugin for a test: hooks given as functions, loaded like any other."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pluggy

from chalicelib.plugins.calls import Calls
from chalicelib.plugins.hookspecs import hookimpl
from chalicelib.plugins.manager import load_plugins


def plugin(name: str, **hooks: Callable[..., Any]) -> ModuleType:
    """A module whose functions are the hooks."""
    module = ModuleType(name)
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    return module


def manager(*plugins: ModuleType) -> pluggy.PluginManager:
    return load_plugins([], plugins)


def calls(*plugins: ModuleType) -> Calls:
    """The plugin that is named last is asked first."""
    return Calls(manager(*plugins))
