"""docs/tasks.md names every task there is, and what became of each of ConsoleMe's."""

import re

from chalicelib.core.tasks import TaskKind
from chalicelib.operations.catalogue import declared_tasks
from tests.support.tree import ROOT

TEXT = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
NAME = re.compile(r"`([a-z_0-9]+)`")
CELERY = 30
RHYTHMS = {
    60: "every minute",
    300: "every 5 minutes",
    900: "every 15 minutes",
    3600: "every hour",
    21_600: "every 6 hours",
}


def rows(heading: str) -> list[list[str]]:
    """Cells of the table below a heading, without its head."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_task_is_named_with_when_it_runs() -> None:
    told = {name: runs for names, runs, _ in rows("Ours") for name in NAME.findall(names)}
    assert told.keys() == declared_tasks().keys()
    for name, task in declared_tasks().items():
        if task.every is not None:
            assert told[name] == RHYTHMS[task.every], name
        else:
            assert told[name].startswith("by its queue" if task.kind is TaskKind.QUEUE else "by the workflow"), name


def test_each_of_the_old_tasks_has_a_counterpart_or_a_reason() -> None:
    found = rows("ConsoleMe's")
    assert [int(number) for number, *_ in found] == list(range(1, CELERY + 1))
    for number, _, here, why in found:
        assert here == "none" or set(NAME.findall(here)) <= declared_tasks().keys(), number
        assert here != "none" or why, number
