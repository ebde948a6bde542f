"""A folder is a registry: every module of `api/` and `tasks/` is found and mounted; a contract test refuses one that holds nothing."""

import importlib
import pkgutil
from types import ModuleType

from chalice.app import Blueprint, Chalice


def blueprints(package: ModuleType) -> list[Blueprint]:
    """The blueprints of a package's modules, by module name."""
    found: list[Blueprint] = []
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda item: item.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        found += [value for value in vars(module).values() if isinstance(value, Blueprint)]
    return found


def mount(app: Chalice, *packages: ModuleType) -> None:
    for package in packages:
        for blueprint in blueprints(package):
            app.register_blueprint(blueprint)
