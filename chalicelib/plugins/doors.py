"""The two doors of plugins: jobs that run every minute's round, and routes below `/api/plugins/`. Read once, and checked as a whole."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.errors import Misconfigured
from chalicelib.core.hooks import SIGNED_IN, PluginJob, PluginRoute
from chalicelib.plugins.calls import Calls, Said

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_PATH = re.compile(r"([A-Za-z0-9._~-]+(/[A-Za-z0-9._~-]+)*(/\*)?|\*)?")
_LONGEST = 7 * 24 * 60
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})


def package_of(plugin: str) -> str:
    """The name of a plugin in URLs and records: the outermost package of its module."""
    return plugin.partition(".")[0]


def jobs_of(calls: Calls) -> Mapping[str, PluginJob]:
    """By the name under which each is recorded, `plugin/<package>/<job>`. Raises Misconfigured for one that can't run."""
    found: dict[str, PluginJob] = {}
    for said in calls.lists("jobs", PluginJob):
        job, name = said.answer, f"plugin/{package_of(said.plugin)}/{said.answer.name}"
        if not _NAME.fullmatch(job.name):
            raise _fault(said, f"a job can't be called '{job.name}': use small letters, digits, '-' and '_'")
        if not 1 <= job.every_minutes <= _LONGEST:
            raise _fault(said, f"the job {job.name} must run every 1 to {_LONGEST} minutes")
        if name in found:
            raise _fault(said, f"the job {job.name} is registered twice")
        found[name] = job
    return found


@dataclass(frozen=True, slots=True)
class Routes:
    """By package, method and path; paths that end in `*` stand for all below."""

    exact: Mapping[tuple[str, str, str], PluginRoute]

    def find(self, package: str, method: str, path: str) -> PluginRoute | None:
        """The route of exactly this path, else the one with the longest beginning."""
        parts = path.split("/")
        tails = ["/".join([*parts[:count], "*"]) for count in range(len(parts) - 1, -1, -1)]
        for wanted in (path, *tails):
            if route := self.exact.get((package, method, wanted)):
                return route
        return None


def routes_of(calls: Calls) -> Routes:
    """Raises Misconfigured for a route that can't be served."""
    found: dict[tuple[str, str, str], PluginRoute] = {}
    for said in calls.lists("routes", PluginRoute):
        route = said.answer
        key = (package_of(said.plugin), route.method, route.path)
        if route.method not in _METHODS:
            raise _fault(said, f"the method of {route.path} must be one of {', '.join(sorted(_METHODS))}")
        if not route.path or not _PATH.fullmatch(route.path):
            raise _fault(said, f"'{route.path}' is no path: words with '/' between, and maybe '/*' at the end")
        if key in found:
            raise _fault(said, f"{route.method} {route.path} is registered twice")
        found[key] = route
    return Routes(found)


def may_call(route: PluginRoute, held: Callable[[Permission], Decision]) -> Decision:
    """Nobody may call a route that does not say who may."""
    if route.permission is None:
        return Decision.no(
            "The plugin does not say who may call this: it must name a permission.", "no_permission_named"
        )
    if route.permission == SIGNED_IN:
        return Decision.yes("everybody who is signed in", SIGNED_IN)
    return held(Permission(route.permission))


def _fault(said: Said[PluginJob] | Said[PluginRoute], what: str) -> Misconfigured:
    return Misconfigured(f"The plugin {said.plugin}: {what}.")
