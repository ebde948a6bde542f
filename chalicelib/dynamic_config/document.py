"""The configuration document: YAML in, typed sections out. This package knows no meaning of its keys."""

from collections.abc import Collection, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from chalicelib.core.errors import Misconfigured

Section = TypeVar("Section", bound=BaseModel)


def parse(text: str, source: str) -> dict[str, Any]:
    """Raises Misconfigured naming file, line and column of what YAML could not read, or of a key given twice."""
    try:
        loaded = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise Misconfigured(f"{source}{place}: {error.problem}.") from error
    except (yaml.YAMLError, ValueError) as error:
        # Characters that YAML forbids, and values such as a date that no calendar has.
        raise Misconfigured(f"{source}: {error}.") from error
    if not isinstance(loaded, dict):
        raise Misconfigured(f"{source} must be a mapping of sections.")
    return loaded


class _UniqueKeys(yaml.SafeLoader):
    """YAML's SafeLoader, but a key given twice is an error: the second would silently replace the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 PyYAML's signature
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise yaml.constructor.ConstructorError(None, None, "a key must be text", key_node.start_mark)
            if key in seen:
                problem = f"the key '{key}' stands twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


class Configuration:
    """The document that ships with the package. Sections are parsed once, at first use."""

    def __init__(self, data: Mapping[str, Any], source: str) -> None:
        self._data = data
        self._source = source
        self._sections: dict[tuple[str, type[BaseModel]], BaseModel] = {}

    @classmethod
    def from_file(cls, path: str, known: Collection[str]) -> "Configuration":
        """Raises Misconfigured when the file is missing, not YAML, or has a section that nobody reads."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise Misconfigured(f"The configuration file {path} can't be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise Misconfigured(f"The configuration file {path} is not UTF-8: {error}.") from error
        data, source = parse(text, Path(path).name), Path(path).name
        if unknown := sorted(map(str, data.keys() - set(known))):
            raise Misconfigured(
                f"{source}: the section {unknown[0]} is not known. Known are: {', '.join(sorted(known))}.",
            )
        return cls(data, source)

    def section(self, name: str, model: type[Section]) -> Section:
        """The section as its owner's type; its defaults when absent. Raises Misconfigured naming each key at fault."""
        key = (name, model)
        if key not in self._sections:
            try:
                found = self._data.get(name)
                self._sections[key] = model.model_validate({} if found is None else found)
            except ValidationError as error:
                faults = "; ".join(
                    f"{'.'.join([name, *map(str, fault['loc'])])}: {fault['msg']}" for fault in error.errors()
                )
                raise Misconfigured(f"{self._source}: {faults}.") from error
        section = self._sections[key]
        assert isinstance(section, model)  # noqa: S101 the key holds the model
        return section
