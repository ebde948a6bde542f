"""A table as a whole file: every row that fits, in the wanted order, in parts that each fit an answer. Together they are the file."""

from chalicelib.core.model import Frozen
from chalicelib.core.spreadsheet import csv_line
from chalicelib.inventory.search.conditions import UNKNOWN
from chalicelib.inventory.search.index import SearchIndex, place_of
from chalicelib.inventory.search.models import ExportForm, ExportSearch, Place, Search, SearchRow, Sight
from chalicelib.inventory.search.wire import ExportedCell

ROWS = 5_000
BYTES = 4_000_000
"""Of one part: the function's answer may have 6 MB, and holds it as a text of JSON."""
_COLUMNS = tuple(ExportedCell.model_fields)


class ExportPart(Frozen):
    """`after` is where the next part begins; None when this is the last one."""

    text: str
    after: Place | None


def part(index: SearchIndex, asked: ExportSearch, sight: Sight | None) -> ExportPart:
    """Raises InvalidInput for a condition that makes no sense, or an expression that takes too long."""
    search = Search(
        text=asked.text,
        conditions=asked.conditions,
        sort=asked.sort,
        descending=asked.descending,
        after=asked.after,
        limit=ROWS,
    )
    found = index.rows(search, sight)
    names = index.account_names
    lines: list[str] = []
    size = 0
    for row in found:
        line = _line(row, names.get(row.account_id, UNKNOWN), asked.form)
        size += len(line.encode()) + line.count('"')
        if lines and size > BYTES:
            break
        lines.append(line)
    more = len(lines) < len(found) or len(found) == ROWS
    after = place_of(found[len(lines) - 1], search.sort) if more else None
    text = _csv(lines, asked) if asked.form is ExportForm.CSV else _json(lines, asked, last=after is None)
    return ExportPart(text=text, after=after)


def _csv(lines: list[str], asked: ExportSearch) -> str:
    """The first part has the names of the columns."""
    return "".join(lines if asked.after is not None else [csv_line(_COLUMNS), *lines])


def _json(lines: list[str], asked: ExportSearch, *, last: bool) -> str:
    """One list over all parts."""
    begin = "[\n" if asked.after is None else ",\n" if lines else ""
    return begin + ",\n".join(lines) + ("\n]\n" if last else "")


def _line(row: SearchRow, account_name: str, form: ExportForm) -> str:
    told = ExportedCell(
        arn=row.arn,
        name=row.name,
        account_id=row.account_id,
        account_name=account_name,
        technology=row.technology,
        region=row.region,
        owner=row.owner,
        errors=row.errors,
        templated=row.templated,
        tags=row.tags,
    )
    if form is ExportForm.JSON:
        return told.model_dump_json()
    return csv_line(str(value) for _, value in told)
