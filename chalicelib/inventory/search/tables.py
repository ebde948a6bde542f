"""The table of all resources: ConsoleMe's filters, and our own structured search."""

from collections.abc import Sequence
from typing import Any

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.pages.links import config_timeline_url
from chalicelib.inventory.search.conditions import UNKNOWN
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.links import link
from chalicelib.inventory.search.models import PAGE_LIMIT, Column, Condition, Operator, Search, SearchRow, Sight
from chalicelib.inventory.search.wire import FoundResource, ResourceCell, ResourceTable, TableQuery

_WIRE_COLUMNS = frozenset(
    {Column.ACCOUNT_ID, Column.ACCOUNT_NAME, Column.ARN, Column.TECHNOLOGY, Column.TEMPLATED, Column.ERRORS}
)
_PATTERN_LIMIT = 500


def table(
    index: SearchIndex, query: TableQuery, sight: Sight | None, *, links: bool, regions: Sequence[str]
) -> ResourceTable:
    """`regions`: of the deployment, its home first. Raises InvalidInput for a filter of a shape that is none, or one that takes too
    long.
    """
    wanted = PAGE_LIMIT if query.limit is None else min(query.limit, PAGE_LIMIT)
    conditions = _conditions(query.filters or {})
    if conditions is None:
        total = index.page(Search(limit=1), sight).total
        return ResourceTable(totalCount=total, filteredCount=0, matchingCount=0, data=[])
    page = index.page(Search(conditions=conditions, limit=wanted), sight)
    names = index.account_names
    return ResourceTable(
        totalCount=page.total,
        filteredCount=len(page.rows),
        matchingCount=page.matching,
        data=[cell(row, names.get(row.account_id, UNKNOWN), links=links, regions=regions) for row in page.rows],
    )


def _conditions(filters: dict[str, Any]) -> tuple[Condition, ...] | None:
    """None when a column is asked for that no row has: nothing matches."""
    found: list[Condition] = []
    for key, wanted in filters.items():
        if not wanted:
            continue
        if key not in _WIRE_COLUMNS:
            return None
        found.append(_condition(Column(key), wanted))
    return tuple(found)


def _condition(column: Column, wanted: Any) -> Condition:
    match wanted:
        case str():
            if len(wanted) > _PATTERN_LIMIT:
                raise InvalidInput(f"filters.{column}: longer than {_PATTERN_LIMIT} characters.", reason="bad_filter")
            return Condition(column=column, operator=Operator.MATCHES, value=wanted)
        case [int() as low, int() as high]:
            return Condition(column=column, operator=Operator.BETWEEN, low=low, high=high)
    raise InvalidInput(f"filters.{column}: send a regular expression, or two numbers [from, to].", reason="bad_filter")


def cell(row: SearchRow, account_name: str, *, links: bool, regions: Sequence[str]) -> ResourceCell:
    where = link(row) if links else ""
    templated = row.templated or None
    return ResourceCell(
        account_id=row.account_id,
        account_name=account_name,
        arn=f"[{row.arn}]({where})" if where else row.arn,
        technology=row.technology,
        templated="N/A" if links and templated is None else templated,
        errors=row.errors,
        config_history_url=config_timeline_url(row, row.technology, regions) if row.config_id else None,
        name=row.name,
        region=row.region,
        owner=row.owner,
    )


def shown(row: SearchRow, account_name: str, regions: Sequence[str]) -> FoundResource:
    """As our own table has it."""
    plain = cell(row, account_name, links=False, regions=regions)
    return FoundResource(**plain.model_dump(), url=link(row), tags=row.tags, observed_at=row.observed_at)
