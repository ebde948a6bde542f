"""API Gateway's resource tree: which shapes it refuses, and which resource a path is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

RESOURCE_LIMIT = 300
_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")
_STATIC = re.compile(r"[\w.\-~:$!*'()@&=,;%]+")


class RouteShapeError(ValueError):
    """API Gateway would refuse these routes when they are deployed."""


@dataclass(frozen=True)
class Match:
    resource: str
    """The path as declared, with variables in braces."""
    variables: Mapping[str, str]
    """Still percent-encoded, as API Gateway hands them on."""
    methods: Sequence[str]


@dataclass
class _Node:
    resource: str = ""
    methods: Sequence[str] = ()
    static: dict[str, "_Node"] = field(default_factory=dict)
    variable: str = ""
    below: "_Node | None" = None
    greedy: bool = False


class RouteTable:
    def __init__(self, routes: Mapping[str, Sequence[str]]) -> None:
        """Raises RouteShapeError for what API Gateway would not take."""
        self._root = _Node()
        self._count = 0
        for path, methods in routes.items():
            self._add(path, methods)
        if self._count > RESOURCE_LIMIT:
            raise RouteShapeError(f"{self._count} resources; API Gateway takes {RESOURCE_LIMIT}.")
        self._prefixes = api_prefixes(routes)

    def _add(self, path: str, methods: Sequence[str]) -> None:
        if not path.startswith("/") or (path != "/" and path.endswith("/")):
            raise RouteShapeError(f"{path}: a path begins with a slash and does not end in one.")
        node = self._root
        segments = path.split("/")[1:] if path != "/" else []
        for position, segment in enumerate(segments):
            node = self._child(node, segment, path, last=position == len(segments) - 1)
        if node.resource:
            raise RouteShapeError(f"{path} and {node.resource} are one resource to API Gateway.")
        node.resource = path
        node.methods = tuple(methods)

    def _child(self, node: _Node, segment: str, path: str, *, last: bool) -> _Node:
        variable = _VARIABLE.fullmatch(segment)
        if variable is None:
            if not _STATIC.fullmatch(segment):
                raise RouteShapeError(f"{path}: '{segment}' is neither plain text nor one whole variable.")
            if segment not in node.static:
                node.static[segment] = _Node()
                self._count += 1
            return node.static[segment]
        name, greedy = variable[1], bool(variable[2])
        if greedy and not last:
            raise RouteShapeError(f"{path}: {segment} takes the rest of the path, so it must be the last segment.")
        if node.below is not None and (node.variable != name or node.greedy != greedy):
            raise RouteShapeError(
                f"{path}: {segment} has a sibling variable '{node.variable}'; only one name is allowed there."
            )
        if node.below is None:
            node.below, node.variable, node.greedy = _Node(), name, greedy
            self._count += 1
        return node.below

    def match(self, path: str) -> Match | None:
        """The resource that the (still encoded) path is; plain segments go before variables. One slash at the end is ignored."""
        trimmed = path[:-1] if path != "/" and path.endswith("/") else path
        segments = trimmed.split("/")[1:] if trimmed != "/" else []
        return _walk(self._root, segments, {})

    def is_api(self, path: str) -> bool:
        """Whether the path belongs to the API and not to the page, whatever the API makes of it."""
        segments = path.split("/")
        return segments[1] in self._prefixes or "/".join(segments[1:3]) in self._prefixes


def _walk(node: _Node, segments: Sequence[str], variables: dict[str, str]) -> Match | None:
    if not segments:
        return Match(node.resource, variables, node.methods) if node.resource else None
    first, rest = segments[0], segments[1:]
    if first in node.static:
        found = _walk(node.static[first], rest, variables)
        if found:
            return found
    if node.below is None or not first:
        return None
    if node.greedy:
        return Match(node.below.resource, {**variables, node.variable: "/".join(segments)}, node.below.methods)
    return _walk(node.below, rest, {**variables, node.variable: first})


_SHARED = frozenset({"policies"})
"""First segments below which the page has addresses of its own: there the API takes two segments."""


def api_prefixes(routes: Iterable[str]) -> frozenset[str]:
    """Beginnings of all routes: `/<prefix>` and all below it go to the API, at the CDN and on the laptop; the rest is the page's.

    Raises RouteShapeError for a route that would take the page's own paths.
    """
    found: set[str] = set()
    for path in routes:
        first, *below = path.split("/")[1:]
        plain = [first] if first not in _SHARED else [first, below[0] if below else ""]
        if any(not segment or "{" in segment for segment in plain):
            raise RouteShapeError(
                f"/{'/'.join(plain)} would take the page's own paths: the first segment of a route must be plain text, and below "
                f"{', '.join(sorted(_SHARED))} the second too."
            )
        found.add("/".join(plain))
    return frozenset(found)
