"""The demo's tables: what the YAML files beside this module say, with their `%{names}` filled in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
"""A policy document, as JSON has it."""

_NAME = re.compile(r"%\{(\w+)\}")


@cache
def table(name: str) -> Any:
    """The content of `data/<name>.yaml`. Shared: nobody writes to it."""
    return yaml.safe_load((Path(__file__).parent / "data" / f"{name}.yaml").read_text(encoding="utf-8"))


def filled(value: Any, names: Mapping[str, str]) -> Any:
    """A copy of `value` with every `%{name}` replaced. IAM's own `${variables}` stay. Raises KeyError for an unknown name."""
    if isinstance(value, str):
        return _NAME.sub(lambda found: names[found[1]], value)
    if isinstance(value, list):
        return [filled(item, names) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, names) for key, item in value.items()}
    return value


def document(statements: list[Document], names: Mapping[str, str]) -> Document:
    """The policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": filled(statements, names)}
