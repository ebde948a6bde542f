"""A configuration document as it is written: YAML whose every fault names its line."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import yaml
from pydantic import ValidationError

from chalicelib.dynamic_config.faults import BadDocument, Fault, plain

TEXT_LIMIT = 500_000
"""Bytes of UTF-8. Thousands of mapped groups fit; what a request may carry and a row may hold is not much more."""
NODE_LIMIT = 200_000
"""Values, each alias counted as the whole that it repeats: a few lines of aliases can stand for billions of values."""
DEPTH_LIMIT = 50
_MERGE = "tag:yaml.org,2002:merge"
_NESTED = f"the document is nested deeper than {DEPTH_LIMIT} levels"
_OF_THE_KEY = {"extra_forbidden"}
"""Errors of pydantic that are about a key, not about its value."""


class Document:
    """A document that was read: its data, and where each part of it stands."""

    def __init__(self, text: str, data: dict[str, Any], root: yaml.MappingNode) -> None:
        self.text = text
        self.data = data
        self._root = root

    def place(self, path: Iterable[str | int], *, of_key: bool = False) -> yaml.Mark:
        """Where the value at `path` begins, or its key; for what is not there, the place of what it is missing in."""
        node: yaml.Node = self._root
        key: yaml.Node | None = None
        for part in path:
            # Words of a type's own (which member of a union, `[key]`) are in no document: they are passed over.
            if found := _child(node, part):
                key, node = found
        stands_at_key = of_key or not isinstance(node, yaml.ScalarNode)
        mark: yaml.Mark = (key if key is not None and stands_at_key else node).start_mark
        return mark

    def lines_of(self, section: str) -> tuple[int, int] | None:
        """First line and the one after the last of a section that stands on lines of its own, counted from 0."""
        if self._root.flow_style or (found := _child(self._root, section)) is None:
            return None
        key, value = found
        first, after = key.start_mark.line, value.end_mark.line + bool(value.end_mark.column)
        lines = self.text.splitlines()
        while after > first + 1 and _belongs_to_the_next(lines[after - 1]):
            after -= 1
        return first, after

    def faults_of(self, section: str, error: ValidationError) -> tuple[Fault, ...]:
        return tuple(self._fault(section, fault["type"], fault["loc"], fault["msg"]) for fault in error.errors())

    def _fault(self, section: str, kind: str, location: Sequence[str | int], message: str) -> Fault:
        path = (section, *location)
        mark = self.place(path, of_key=kind in _OF_THE_KEY or path[-1] == "[key]")
        return Fault(
            message=plain(kind, message),
            section=section,
            key=".".join(map(str, path)),
            line=mark.line + 1,
            column=mark.column + 1,
        )


def _belongs_to_the_next(line: str) -> bool:
    """A value ends where the next begins, so blank lines and comments at the margin between them seem to be its own."""
    return not line.strip() or line.startswith("#")


def _child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Key and value, or for an item of a list the item twice."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode):
        # The last one counts: what a merge brought along stands before the mapping's own keys.
        for key, value in reversed(node.value):
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return key, value
    return None


def read(text: str, source: str) -> Document:
    """Raises BadDocument naming line and column of what YAML could not read, and of every key that is given twice."""
    if len(text.encode()) > TEXT_LIMIT:
        raise BadDocument.of(source, [Fault(message=f"the document is larger than {TEXT_LIMIT} bytes")])
    try:
        loader = yaml.SafeLoader(text)
        root = loader.get_single_node()
        if faults := sorted(_Examination(loader).of(root), key=lambda fault: (fault.line or 0, fault.column or 0)):
            raise BadDocument.of(source, faults)
        data = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        raise BadDocument.of(source, [_marked(str(error.problem), error.problem_mark)]) from error
    except yaml.reader.ReaderError as error:
        line, column = text.count("\n", 0, error.position), error.position - text.rfind("\n", 0, error.position)
        fault = Fault(message=f"{error.reason} (#x{ord(text[error.position]):04x})", line=line + 1, column=column)
        raise BadDocument.of(source, [fault]) from error
    except RecursionError as error:
        raise BadDocument.of(source, [Fault(message=_NESTED)]) from error
    if not isinstance(data, dict) or not isinstance(root, yaml.MappingNode):
        raise BadDocument.of(source, [Fault(message="the document must be a mapping of sections")])
    return Document(text, data, root)


class _Examination:
    """Looks at a document before anything is built from it."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
        self._measures: dict[int, tuple[int, int] | None] = {}
        self._faults: list[Fault] = []

    def of(self, root: yaml.Node | None) -> list[Fault]:
        if root is not None:
            size, height = self._measure(root)
            if size > NODE_LIMIT:
                self._faults.append(Fault(message=f"with its aliases it holds more than {NODE_LIMIT} values"))
            if height > DEPTH_LIMIT:
                self._faults.append(Fault(message=_NESTED))
        return self._faults

    def _measure(self, node: yaml.Node) -> tuple[int, int]:
        """How many values it holds and how deep they go. Each node is visited once, however often it is repeated."""
        known = self._measures.get(id(node), (0, 0))
        if known is None:
            self._faults.append(_marked("an alias stands inside of what it repeats", node.start_mark))
            return 1, 1
        if known != (0, 0):
            return known
        self._measures[id(node)] = None
        measures = [self._measure(child) for child in self._children(node)]
        found = 1 + sum(size for size, _ in measures), 1 + max((height for _, height in measures), default=0)
        self._measures[id(node)] = found
        return found

    def _children(self, node: yaml.Node) -> Iterator[yaml.Node]:
        if isinstance(node, yaml.MappingNode):
            self._examine_keys(node)
            yield from (value for _, value in node.value)
        elif isinstance(node, yaml.SequenceNode):
            yield from node.value
        else:
            self._value(node)

    def _examine_keys(self, node: yaml.MappingNode) -> None:
        seen: set[Any] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._faults.append(_marked("a key must be text", key.start_mark))
            elif key.tag != _MERGE:
                name = self._value(key)
                if name in seen:
                    self._faults.append(_marked(f"the key '{name}' stands twice", key.start_mark))
                seen.add(name)

    def _value(self, node: yaml.Node) -> Any:
        try:
            return self._loader.construct_object(node, deep=True)
        except ValueError as error:
            # A date that no calendar has.
            self._faults.append(_marked(str(error), node.start_mark))
        return None


def _marked(message: str, mark: yaml.Mark | None) -> Fault:
    if mark is None:
        return Fault(message=message)
    return Fault(message=message, line=mark.line + 1, column=mark.column + 1)
