"""Changes the decision modules in a thousand small ways and counts what the tests notice: `python -m infra.mutation`.

mutmut makes the changes in a copy (`mutants/`) and runs, for each of them, the tests that reach the changed function. Which modules
and which tests are in `pyproject.toml`, `tool.mutmut`. A change that no test notices is a survivor: it is listed, and
`mutmut show NAME` prints it.
"""

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
WANTED = 90.0
"""Per cent of the changes of all modules together."""
_LINE = re.compile(r"^\s*(?P<name>[\w.ǁ]+): (?P<status>[a-z ]+)$")
_NOTICED = {"killed", "timeout", "caught by type check", "segfault"}


def read(lines: Iterable[str]) -> dict[str, str]:
    """Change to what became of it, from what `mutmut results --all true` prints."""
    found = (_LINE.match(line.rstrip()) for line in lines)
    return {match["name"]: match["status"].strip() for match in found if match}


def module_of(name: str) -> str:
    """`chalicelib.identity.rules` of `chalicelib.identity.rules.x_holds__mutmut_3`."""
    return name.rpartition(".x")[0]


def table(results: Mapping[str, str]) -> tuple[list[str], float]:
    """One line per module and one for all, and the rate of all in per cent. Nothing at all is nothing noticed."""
    made, noticed = Counter(map(module_of, results)), Counter[str]()
    noticed.update(module_of(name) for name, status in results.items() if status in _NOTICED)
    lines = [f"{'module':<42}{'changes':>9}{'noticed':>9}{'rate':>8}"]
    rows = [(module, made[module], noticed[module]) for module in sorted(made)]
    rows.append(("all", made.total(), noticed.total()))
    lines += [f"{module:<42}{count:>9}{good:>9}{rate(good, count):>7.1f}%" for module, count, good in rows]
    return lines, rate(noticed.total(), made.total())


def rate(good: int, count: int) -> float:
    return 100 * good / count if count else 0.0


def survivors(results: Mapping[str, str]) -> list[str]:
    return [f"{name}: {status}" for name, status in sorted(results.items()) if status not in _NOTICED]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", default="2")
    parser.add_argument("--report", action="store_true", help="only print what the last run has found")
    parser.add_argument("--survivors", action="store_true", help="list every change that no test noticed")
    parser.add_argument("modules", nargs="*", help="modules to change, as chalicelib.identity.rules; without: all")
    chosen = parser.parse_args()
    if not chosen.report:
        patterns = [f"{module}.*" for module in chosen.modules]
        run = _mutmut("run", "--max-children", chosen.workers, *patterns, check=False)
        if run.returncode:
            print(run.stdout[-4000:], file=sys.stderr)
            return run.returncode
    results = read(_mutmut("results", "--all", "true").stdout.splitlines())
    if chosen.modules:
        results = {name: status for name, status in results.items() if module_of(name) in chosen.modules}
    lines, reached = table(results)
    print("\n".join(lines))
    if chosen.survivors:
        print("\nNot noticed:\n" + "\n".join(survivors(results)))
    if reached < WANTED:
        print(f"\n{reached:.1f} % of the changes were noticed; {WANTED:.0f} % are wanted.", file=sys.stderr)
        return 1
    return 0


def _mutmut(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=check)


if __name__ == "__main__":
    sys.exit(main())
