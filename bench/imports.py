"""How long each Lambda function's module takes to import, beside the packages without which it could not be one."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from bench.interpreters import run
from bench.tables import Table, milliseconds
from infra.local.declared import Declared

BARE = ("chalice.app", "aws_lambda_powertools.logging", "aws_lambda_powertools.metrics", "pydantic.main")


def table(declared: Declared, environment: Mapping[str, str], times: int) -> Table:
    bare = _measured(BARE, environment, times)
    found = Table(
        f"Import of each entry point in a fresh interpreter (median of {times})",
        ("function", "module", "import", "beyond the bare packages", "modules", "heavy libraries loaded"),
        note=f"The bare packages are {', '.join(BARE)}. The start of the interpreter itself is not counted.",
    )
    found.rows.append(("(bare packages)", "", milliseconds(bare["seconds"]), "", str(bare["modules"]), _heavy(bare)))
    for function in declared.functions.values():
        module = function.handler.rpartition(".")[0]
        seen = _measured([module], environment, times)
        beyond = milliseconds(max(0.0, seen["seconds"] - bare["seconds"]))
        row = (function.name, module, milliseconds(seen["seconds"]), beyond, str(seen["modules"]), _heavy(seen))
        found.rows.append(row)
    return found


def _measured(modules: Sequence[str], environment: Mapping[str, str], times: int) -> dict[str, Any]:
    """Of several runs the first only fills the disk's cache and writes the bytecode."""
    runs = [run("bench.loaded", *modules, environment=environment) for _ in range(times + (times > 1))]
    counted = runs[-times:]
    return {**counted[-1], "seconds": median(one["seconds"] for one in counted)}


def _heavy(seen: Mapping[str, Any]) -> str:
    return ", ".join(seen["heavy"]) or "none"
