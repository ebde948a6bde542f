"""A table leaves as one file, whatever its size."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.inventory.search import export
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import (
    AccountRow,
    Change,
    Column,
    Condition,
    ExportForm,
    ExportSearch,
    Operator,
    SearchRow,
    Sight,
)

ACCOUNT = "111111111111"
NAMES = [f"ledger-{number}" for number in range(7)]


def row(name: str, **more: str) -> SearchRow:
    return SearchRow(f"arn:aws:iam::{ACCOUNT}:role/{name}", name, ACCOUNT, "AWS::IAM::Role", **more)  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[SearchIndex]:
    rows = [*(row(name, tags="team=a\nstage=b") for name in NAMES), row("=run", owner='"quoted", é')]
    build(tmp_path / "index.sqlite", rows, [AccountRow(ACCOUNT, "payments")])
    found = SearchIndex(tmp_path / "index.sqlite")
    yield found
    found.close()


def whole(index: SearchIndex, asked: ExportSearch, sight: Sight | None = None) -> tuple[str, int]:
    """The file, and how many parts it came in."""
    texts: list[str] = []
    while True:
        part = export.part(index, asked, sight)
        texts.append(part.text)
        if part.after is None:
            return "".join(texts), len(texts)
        asked = asked.model_copy(update={"after": part.after})


@pytest.mark.parametrize(
    ("rows", "size", "parts"), [(5_000, 4_000_000, 1), (3, 4_000_000, 3), (4, 4_000_000, 3), (5_000, 300, 8)]
)
@pytest.mark.parametrize("form", list(ExportForm))
@pytest.mark.parametrize("descending", [False, True])
def test_parts_together_are_every_row_once_in_order(
    index: SearchIndex,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    size: int,
    parts: int,
    form: ExportForm,
    descending: bool,
) -> None:
    monkeypatch.setattr(export, "ROWS", rows)
    monkeypatch.setattr(export, "BYTES", size)
    index.take([Change(row("fresh").arn, 1, row("fresh"))])
    text, count = whole(index, ExportSearch(form=form, sort=Column.NAME, descending=descending))
    read = list(csv.DictReader(io.StringIO(text))) if form is ExportForm.CSV else json.loads(text)
    names = [found["name"].removeprefix("'") for found in read]
    assert names == sorted(["=run", "fresh", *NAMES], reverse=descending)
    assert count >= min(parts, 3)
    assert {found["account_name"] for found in read} == {"payments"}
    assert {found["tags"] for found in read} == {"", "team=a\nstage=b"}


def test_a_file_of_nothing_is_a_file(index: SearchIndex) -> None:
    nothing = (Condition(column=Column.NAME, operator=Operator.EQUALS, value="none"),)
    assert json.loads(whole(index, ExportSearch(form=ExportForm.JSON, conditions=nothing))[0]) == []
    assert whole(index, ExportSearch(conditions=nothing))[0].startswith("arn,name,account_id,account_name")


def test_no_cell_is_a_formula_for_a_spreadsheet(index: SearchIndex) -> None:
    text, _ = whole(index, ExportSearch())
    assert "'=run" in text
    assert '"""quoted"", é"' in text


def test_what_somebody_does_not_see_is_not_exported(index: SearchIndex) -> None:
    sight = Sight(frozenset(), frozenset({ACCOUNT}), lambda _account, arn: arn.endswith("-3"))
    text, _ = whole(index, ExportSearch(form=ExportForm.JSON), sight)
    assert [found["name"] for found in json.loads(text)] == ["ledger-3"]
