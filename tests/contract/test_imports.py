"""Who may import whom: the layers by import-linter, and who may touch which library by reading the code."""

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.tree import ROOT, python_files, relative

PRODUCT = python_files("app.py", "chalicelib")

OWNERS = {
    "boto3": r"chalicelib/aws/.*",
    "botocore": r"chalicelib/aws/.*",
    "pynamodb": r"chalicelib/db/.*|chalicelib/.*/(\w+_)?store\.py",
    "chalice": r"app\.py|chalicelib/wire/.*|chalicelib/tasks/runtime\.py",
    "aws_lambda_powertools": r"chalicelib/observability\.py|chalicelib/tasks/runtime\.py",
    "yaml": r"chalicelib/dynamic_config/.*",
    "jwt": r"chalicelib/identity/.*",
    "onelogin": r"chalicelib/identity/saml/.*",
    "lxml": r"chalicelib/identity/saml/.*",
    "xmlsec": r"chalicelib/identity/saml/.*",
    "infra": r"",
    "tests": r"",
    "moto": r"",
}


@functools.cache
def imported(path: Path) -> set[str]:
    """Top-level names, those inside functions and under TYPE_CHECKING too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("library", OWNERS)
def test_a_library_is_known_only_to_those_who_own_it(library: str) -> None:
    owners = re.compile(OWNERS[library])
    strangers = [
        relative(path) for path in PRODUCT if library in imported(path) and not owners.fullmatch(relative(path))
    ]
    assert strangers == []


def reads_of_the_environment(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        words = {"environ", "environb", "getenv", "putenv"}
        if isinstance(node, ast.Attribute) and node.attr in words:
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.module == "os" and words & {alias.name for alias in node.names}:
            yield node.lineno


def test_only_the_settings_read_the_environment() -> None:
    found = {relative(path): list(reads_of_the_environment(path)) for path in PRODUCT}
    assert [name for name, lines in found.items() if lines] == ["chalicelib/settings.py"]


def test_only_entry_points_ask_the_composition_root() -> None:
    allowed = re.compile(r"chalicelib/(api|tasks)/.*|chalicelib/bootstrap\.py")
    askers = []
    for path in PRODUCT:
        text = path.read_text(encoding="utf-8")
        if re.search(r"\bbootstrap\b", text) and not allowed.fullmatch(relative(path)):
            tree = ast.parse(text)
            askers += [
                relative(path) for node in ast.walk(tree) if isinstance(node, ast.alias) and "bootstrap" in node.name
            ]
    assert askers == []


def test_the_layers_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 broken" in run.stdout
