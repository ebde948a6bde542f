"""What `make mutation` prints of mutmut's results."""

import tomllib

import pytest

from infra.mutation import module_of, read, survivors, table
from tests.support.tree import ROOT

PRINTED = """
    chalicelib.identity.rules.x_holds__mutmut_1: killed
    chalicelib.identity.rules.x_holds__mutmut_2: survived
    chalicelib.identity.targets.xǁTargetsǁ__init____mutmut_3: timeout
    chalicelib.identity.targets.xǁTargetsǁof__mutmut_1: no tests
    something else: entirely
"""
RESULTS = read(PRINTED.splitlines())


def test_changes_are_read_with_what_became_of_them() -> None:
    assert list(RESULTS.values()) == ["killed", "survived", "timeout", "no tests"]


def test_a_change_belongs_to_its_module_in_a_function_or_a_method() -> None:
    assert {module_of(name) for name in RESULTS} == {"chalicelib.identity.rules", "chalicelib.identity.targets"}


def test_each_module_and_all_together_have_a_rate() -> None:
    lines, reached = table(RESULTS)
    assert [line.split() for line in lines] == [
        ["module", "changes", "noticed", "rate"],
        ["chalicelib.identity.rules", "2", "1", "50.0%"],
        ["chalicelib.identity.targets", "2", "1", "50.0%"],
        ["all", "4", "2", "50.0%"],
    ]
    assert reached == pytest.approx(50)


def test_nothing_changed_is_nothing_noticed() -> None:
    assert table({})[1] == 0


def test_what_no_test_noticed_is_listed_by_name() -> None:
    assert survivors(RESULTS) == [
        "chalicelib.identity.rules.x_holds__mutmut_2: survived",
        "chalicelib.identity.targets.xǁTargetsǁof__mutmut_1: no tests",
    ]


def test_every_module_and_every_test_that_is_named_exists() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    places = [*named["only_mutate"], *named["pytest_add_cli_args_test_selection"], *named["also_copy"]]
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_every_module_of_rules_is_changed() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    rules = {str(path.relative_to(ROOT)) for path in (ROOT / "chalicelib").rglob("rules.py")}
    assert rules - set(named["only_mutate"]) == set()
