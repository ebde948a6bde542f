"""The folder is the registry: every module here but this one and `base` is a source, as its `SOURCE` says."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from chalicelib.core.directory import DirectoryGroup, DirectorySource, DirectoryUser
from chalicelib.core.errors import AppError, Misconfigured, PluginFailed
from chalicelib.identity.directory import sources
from chalicelib.identity.directory.sources.base import SourceType, Surroundings
from chalicelib.plugins.calls import Calls

Listed = TypeVar("Listed", DirectoryUser, DirectoryGroup)

_NOT_SOURCES = {"base", "registry"}


@functools.cache
def source_types() -> Mapping[str, SourceType]:
    """By name. Raises AttributeError for a module that registers nothing."""
    found: dict[str, SourceType] = {}
    for info in pkgutil.iter_modules(sources.__path__):
        if info.name not in _NOT_SOURCES:
            module = importlib.import_module(f"{sources.__name__}.{info.name}")
            found[module.SOURCE.name] = module.SOURCE
    return found


def open_source(name: str, surroundings: Surroundings, plugins: Calls) -> DirectorySource:
    """Raises Misconfigured for a name that neither a module here nor a plugin answers to."""
    known = source_types()
    if name in known:
        return known[name].build(surroundings)
    said = plugins.first("directory_source", DirectorySource, name=name)  # type: ignore[type-abstract]
    if said is None:
        raise Misconfigured(
            f"directory.sources names {name}, which is neither one of {', '.join(sorted(known))} nor a plugin's.",
            reason="unknown_source",
        )
    return _OfPlugin(said.plugin, said.answer)


@dataclass(frozen=True, slots=True)
class _OfPlugin:
    """Somebody else's code: whatever it raises is an error of that plugin, and no end of the run."""

    plugin: str
    source: DirectorySource

    def users(self) -> Iterator[DirectoryUser]:
        yield from self._guarded(self.source.users, DirectoryUser)

    def groups(self) -> Iterator[DirectoryGroup]:
        yield from self._guarded(self.source.groups, DirectoryGroup)

    def _guarded(self, listed: Callable[[], Iterable[Listed]], kind: type[Listed]) -> Iterator[Listed]:
        try:
            for item in listed():
                self._require(isinstance(item, kind), f"lists a {type(item).__name__} as a {kind.__name__}")
                yield item
        except (AppError, ValidationError):
            raise
        except Exception as error:  # a plugin may raise anything, and nothing of it may pass for an answer
            raise PluginFailed(f"The plugin {self.plugin} raised {type(error).__name__} in a listing.") from error

    def _require(self, fits: bool, otherwise: str) -> None:  # noqa: FBT001 the very condition
        if not fits:
            raise PluginFailed(f"The plugin {self.plugin} {otherwise}.")
