"""Writes docs/configuration.md from the types that read the configuration: `python -m infra.reference`. With --check, compares."""

import argparse
import ast
import inspect
import sys
import textwrap
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from chalicelib.core.errors import Misconfigured
from chalicelib.sections import SECTIONS, section_models
from chalicelib.settings import PREFIX, Settings

TARGET = Path(__file__).parents[1] / "docs" / "configuration.md"

MODELS: dict[str, type[BaseModel]] = section_models()


def section_model(name: str) -> type[BaseModel]:
    """Raises Misconfigured for a section that nobody reads."""
    if name not in MODELS:
        raise Misconfigured(f"The section {name} is not known. Known are: {', '.join(sorted(MODELS))}.")
    return MODELS[name]


HEAD = """# Configuration reference

Generated from the types that read it (`make docs`); do not edit by hand.

A deployment is configured in two places. **The configuration document** is YAML, ships with the package
(`chalicelib/configuration.yaml`, or the file that `CONSOLEME_CONFIG_FILE` names) and holds what the product should do. Once somebody
saves it at run time ([how](how-to/change-the-configuration.md)), the saved one counts for every section but `deployment`. A section
or a key that nobody knows, a key given twice, and a value of the wrong type are refused, with the place named.
**The environment** holds only what must be known before a table can be read.

Principals always say what they are: `user:ada@example.com` or `group:admins`.
"""


def text() -> str:
    parts = [HEAD, "## The configuration document\n"]
    for name in sorted(SECTIONS):
        model = MODELS[name]
        parts.append(f"### Section `{name}`\n\n{_prose(model)}\n{_table(model, name)}")
    parts.append("## The environment\n\n" + _environment())
    return "\n".join(parts).rstrip() + "\n"


def _prose(model: type[BaseModel]) -> str:
    lines = inspect.cleandoc(model.__doc__ or "")
    return "" if lines.startswith("Section `") and "\n" not in lines else f"{lines}\n"


def _table(model: type[BaseModel], prefix: str) -> str:
    rows, nested = ["| key | type | default | meaning |", "|---|---|---|---|"], []
    notes = _notes(model)
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            nested.append(f"\n#### `{prefix}.{name}`\n\n{_prose(inner)}\n{_table(inner, f'{prefix}.{name}')}")
            continue
        nested += [
            f"\n#### Each of `{prefix}.{name}`{kind}\n\n{_prose(item)}\n{_table(item, f'{prefix}.{name}')}"
            for kind, item in _items(inner)
        ]
        default = "required" if field.default is PydanticUndefined and not field.default_factory else _shown(field)
        rows.append(f"| `{name}` | {_type(field.annotation)} | {default} | {notes.get(name, '')} |")
    table = "\n".join(rows) + "\n" if len(rows) > 2 else ""  # noqa: PLR2004 head and rule
    return table + "".join(nested)


def _items(annotation: Any) -> list[tuple[str, type[BaseModel]]]:
    """The model that a list or a mapping is made of; of several, each with the word by which the document tells it apart."""
    if get_origin(annotation) not in {tuple, list, dict}:
        return []
    found: list[tuple[str, type[BaseModel]]] = []
    for inner in get_args(annotation):
        word = _discriminator(inner)
        kinds = get_args(get_args(inner)[0]) if word else (inner,)
        models = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]
        found += [
            (f" with `{word}: {_words(model.model_fields[word].annotation)}`" if word else "", model)
            for model in models
        ]
    return found


def _discriminator(annotation: Any) -> str:
    """The key by which models of a union are told apart; empty for what is no such union."""
    if get_origin(annotation) is not Annotated:
        return ""
    return next(
        (str(found) for part in get_args(annotation)[1:] if (found := getattr(part, "discriminator", None))), ""
    )


def _environment() -> str:
    rows, notes = ["| variable | default | meaning |", "|---|---|---|"], _notes(Settings)
    for name, field in Settings.model_fields.items():
        variable = "AWS_REGION" if name == "region" else PREFIX + name.upper()
        default = "the packaged `configuration.yaml`" if name == "config_file" else _shown(field)
        rows.append(f"| `{variable}` | {default} | {notes.get(name, '')} |")
    return "\n".join(rows) + "\n"


def _shown(field: Any) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, tuple):
        value = list(value)
    return "" if value in (None, "", [], {}) else f"`{value}`"


def _type(annotation: Any) -> str:
    return f"`{_words(annotation)}`"


def _words(annotation: Any) -> str:
    """A type in the words of YAML: text, number, list, mapping."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return "one of the kinds below" if _discriminator(annotation) else _words(inner[0])
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in {tuple, list}:
        return f"list of {_words(inner[0])}"
    if origin is dict:
        return f"mapping of {_words(inner[0])} to {_words(inner[1])}"
    if origin in {Union, UnionType}:
        return " or ".join(_words(part) for part in inner if part is not type(None))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "{" + ", ".join(annotation.model_fields) + "}"
    names = {str: "text", int: "number", bool: "true or false"}
    return names.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _notes(model: type[BaseModel]) -> dict[str, str]:
    """The text that stands under a field in its class, or in the class that it comes from."""
    found: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base.__module__.startswith("chalicelib."):
            found |= _own_notes(base)
    return found


def _own_notes(model: type[BaseModel]) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 the source of a class
    found: dict[str, str] = {}
    for field, after in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(after, ast.Expr):
            note = ast.literal_eval(after.value)
            found[field.target.id] = " ".join(str(note).split())
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail when the file is not what the types say")
    if parser.parse_args().check:
        if TARGET.read_text(encoding="utf-8") == text():
            return 0
        print("docs/configuration.md is not what the types say: run `make docs`.", file=sys.stderr)
        return 1
    TARGET.write_text(text(), encoding="utf-8")
    print(f"{TARGET.name} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
