"""What a reader may rely on in every file."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.tree import ROOT, python_files, relative, tracked_files

MODULE_LIMIT = 300
APP_LIMIT = 60
_TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".json",
    ".toml",
    ".txt",
    ".ts",
    ".tsx",
    ".css",
    ".html",
    ".js",
    ".cfg",
    ".sh",
    "",
}
_GENERATED = re.compile(r"package-lock\.json|openapi\.json|schema\.d\.ts|\.min\.js")
# Put together here, so that this file does not hold them.
_UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
_MACHINE = re.compile(
    "|".join(["/wo" + "rk/", "/ho" + "me/[a-z]", "/Use" + "rs/[A-Za-z]", "/ro" + r"ot/", r"C:\\\\Users"])
)


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def words_of(path: Path) -> str:
    if path.suffix not in _TEXT or _GENERATED.search(path.name):
        return ""
    return path.read_text(encoding="utf-8", errors="replace")


def test_every_module_can_be_read_in_one_sitting() -> None:
    long = {
        relative(path): lines_of(path) for path in python_files("chalicelib", "infra") if lines_of(path) > MODULE_LIMIT
    }
    assert long == {}


def test_the_entry_point_of_the_application_only_mounts() -> None:
    assert lines_of(ROOT / "app.py") < APP_LIMIT


def test_every_folder_of_tests_is_a_package_so_that_two_files_may_have_one_name() -> None:
    folders = {path.parent for path in python_files("tests")}
    assert [relative(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_nothing_unfinished_is_marked_as_such() -> None:
    assert [relative(path) for path in tracked_files() if _UNFINISHED.search(words_of(path))] == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert [relative(path) for path in tracked_files() if _MACHINE.search(words_of(path))] == []


@pytest.mark.parametrize("lock", [path for path in tracked_files() if path.name == "package-lock.json"], ids=relative)
def test_packages_of_the_page_come_from_the_public_registry(lock: Path) -> None:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    hosts = {urlsplit(package["resolved"]).hostname for package in packages.values() if "resolved" in package}
    assert hosts <= {"registry.npmjs.org"}


def test_every_module_says_why_it_is_there() -> None:
    silent = []
    for path in python_files("chalicelib", "infra", "app.py"):
        text = path.read_text(encoding="utf-8").strip()
        if text and not text.startswith('"""'):
            silent.append(relative(path))
    assert silent == []
