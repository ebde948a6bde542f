"""Asking plugins. Each is somebody else's code: what it raises or answers amiss is caught here, by its name.

Whoever decides asks with `every` or `first`: a failing plugin is a PluginFailed, and nothing is decided. Whoever only tells or adds
asks with `tolerant`: a failing plugin is logged and left out. What must happen in the end is asked with `insistent`, again and again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from chalicelib.core.errors import AppError, PluginFailed
from chalicelib.observability import MetricUnit, logger, metrics

if TYPE_CHECKING:
    import pluggy

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Said(Generic[Answer]):
    """An answer and the module path of the plugin that gave it."""

    plugin: str
    answer: Answer


class Calls:
    def __init__(self, manager: "pluggy.PluginManager") -> None:
        self._manager = manager

    def every(self, hook: str, kind: type[Answer], **facts: Any) -> list[Said[Answer]]:
        """The answers of all plugins that have an opinion, the one that was named last first.

        Raises PluginFailed, and the AppErrors that plugins raise on purpose.
        """
        return list(self._asked(hook, kind, facts))

    def first(self, hook: str, kind: type[Answer], **facts: Any) -> Said[Answer] | None:
        """The first answer; plugins after it are not asked. Raises as `every` does."""
        return next(self._asked(hook, kind, facts), None)

    def lists(self, hook: str, kind: type[Answer], **facts: Any) -> list[Said[Answer]]:
        """For hooks that answer many things: all of them. Raises as `every` does, also for one that fails in the middle."""
        return [
            Said(plugin, item) for plugin, call in self._calls(hook, facts) for item in _items(hook, plugin, call, kind)
        ]

    def tolerant(self, hook: str, **facts: Any) -> None:
        """Tells all plugins. One that fails keeps nobody else from hearing it."""
        for plugin, call in self._calls(hook, facts):
            try:
                _guarded(hook, plugin, call)
            except AppError as error:
                _left_out(hook, plugin, error)

    def insistent(self, hook: str, **facts: Any) -> None:
        """Tells all plugins, those after one that failed too; then raises the first failure."""
        failures: list[AppError] = []
        for plugin, call in self._calls(hook, facts):
            try:
                _guarded(hook, plugin, call)
            except AppError as error:
                _left_out(hook, plugin, error)
                failures.append(error)
        if failures:
            raise failures[0]

    def tolerant_lists(self, hook: str, kind: type[Answer], **facts: Any) -> list[Said[Answer]]:
        """What plugins add. Of one that fails nothing is added."""
        found: list[Said[Answer]] = []
        for plugin, call in self._calls(hook, facts):
            try:
                found += [Said(plugin, item) for item in _items(hook, plugin, call, kind)]
            except AppError as error:
                _left_out(hook, plugin, error)
        return found

    def anybody(self, hook: str) -> bool:
        """Whether any plugin implements it."""
        return bool(getattr(self._manager.hook, hook).get_hookimpls())

    def _asked(self, hook: str, kind: type[Answer], facts: dict[str, Any]) -> Iterator[Said[Answer]]:
        for plugin, call in self._calls(hook, facts):
            answer = _guarded(hook, plugin, call)
            if answer is not None:
                yield Said(plugin, _checked(hook, plugin, answer, kind))

    def _calls(self, hook: str, facts: dict[str, Any]) -> Iterator[tuple[str, "_Call"]]:
        caller: pluggy.HookCaller = getattr(self._manager.hook, hook)
        for implementation in reversed(caller.get_hookimpls()):
            wanted = {name: facts[name] for name in implementation.argnames}
            yield implementation.plugin_name, _Call(implementation.function, wanted)


@dataclass(frozen=True, slots=True)
class _Call:
    function: Any
    facts: dict[str, Any]

    def __call__(self) -> Any:
        return self.function(**self.facts)


def _guarded(hook: str, plugin: str, call: "_Call") -> Any:
    try:
        return call()
    except AppError:
        raise
    except Exception as error:  # a plugin may raise anything, and nothing of it may pass for an answer
        raise _failed(hook, plugin, f"raised {type(error).__name__}") from error


def _items(hook: str, plugin: str, call: "_Call", kind: type[Answer]) -> list[Answer]:
    """The plugin may be a generator: it is run to its end here, where its errors are caught."""
    found = _guarded(hook, plugin, _Call(_listed, {"hook": hook, "plugin": plugin, "call": call}))
    return [_checked(hook, plugin, item, kind) for item in found]


def _listed(hook: str, plugin: str, call: "_Call") -> list[Any]:
    answer = call()
    if answer is None:
        return []
    if isinstance(answer, str | dict) or not isinstance(answer, Iterable):
        raise _failed(hook, plugin, f"answered {type(answer).__name__}, and not a list")
    return list(answer)


def _checked(hook: str, plugin: str, answer: Any, kind: type[Answer]) -> Answer:
    if not isinstance(answer, kind):
        raise _failed(hook, plugin, f"answered {type(answer).__name__}, and not {kind.__name__}")
    return answer


def _failed(hook: str, plugin: str, what: str) -> PluginFailed:
    return PluginFailed(f"The plugin {plugin} {what} in its hook {hook}. Its owner finds the cause in the log.")


def _left_out(hook: str, plugin: str, error: AppError) -> None:
    logger.error("plugin failed", extra={"plugin": plugin, "hook": hook}, exc_info=error.__cause__ or error)
    metrics.add_metric(name="PluginFailed", unit=MetricUnit.Count, value=1)
