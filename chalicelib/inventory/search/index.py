"""Searching: the file and what changed since, as one."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.search import schema
from chalicelib.inventory.search.conditions import Compiler, Where, phrase
from chalicelib.inventory.search.models import AccountRow, Change, Column, Found, Place, Search, SearchRow, Sees, Sight
from chalicelib.inventory.search.overlay import Overlay
from chalicelib.inventory.search.patterns import Pattern
from chalicelib.inventory.search.picks import Picks
from chalicelib.inventory.search.scan import Deadline
from chalicelib.inventory.search.sql import all_of, asked, order_of, source

_SIDES = ("main", "fresh")
_ROW = ", ".join(f"r.{column}" for column in schema.COLUMNS)
_BEYOND = 2**62
"""Higher than any id."""
_FEW = frozenset({Column.ACCOUNT_ID, Column.TECHNOLOGY, Column.REGION, Column.OWNER, Column.TEMPLATED, Column.ERRORS})


class SearchIndex:
    """One file, opened. Used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        self._connection = schema.connect(path)
        self._overlay = Overlay(self._connection)
        self._values: dict[Column, frozenset[str]] = {}
        self._names: dict[str, str] | None = None
        self._by_account: dict[str, int] | None = None
        self._picks = Picks(self._connection, self._candidates)
        self._sees: Sees = _nothing
        self._connection.create_function("sees", 2, self._seen)

    def _seen(self, account_id: str, arn: str) -> bool:
        """SQLite's function `sees`: it is made once, and asks whoever reads now."""
        return self._sees(account_id, arn)

    @classmethod
    def readable(cls, path: Path) -> bool:
        """Whether the file has the shape that this program reads."""
        with schema.closing(schema.connect(path)) as connection:
            found = connection.execute("SELECT value FROM meta WHERE name = 'version'").fetchone()
        return bool(found == (str(schema.VERSION),))

    def close(self) -> None:
        self._connection.close()

    def take(self, changes: Iterable[Change]) -> None:
        """Lays changes over the file, in any order: what was seen later counts."""
        self._overlay.take(changes)

    def name_accounts(self, accounts: Iterable[AccountRow]) -> None:
        self._overlay.name(accounts)
        self._names = None

    # --- Pages --------------------------------------------------------------------------------------------------------

    def page(self, search: Search, sight: Sight | None = None) -> Found:
        """Rows in the wanted order, never cut before they are sorted; both counts are exact.

        Raises InvalidInput for a condition that makes no sense and for an expression that takes too long.
        """
        _check_sort(search)
        deadline = Deadline()
        self._sees = sight.sees if sight is not None else _nothing
        try:
            sides = [self._where(side, search, sight, deadline) for side in _SIDES]
            found = [row for where in sides for row in self._rows(where, search)]
            total = self._seen_in_all(sight, deadline)
            matching = self._total(sides)
        finally:
            self._picks.forget()
        found.sort(key=lambda row: _order(row, search.sort), reverse=search.descending)
        return Found(rows=tuple(found[: search.limit]), total=total, matching=matching, more=len(found) > search.limit)

    def rows(
        self, search: Search, sight: Sight | None, narrow: Callable[[Where], None] | None = None
    ) -> list[SearchRow]:
        """The first rows of a search that `narrow` adds its own conditions to; nothing is counted. Raises InvalidInput as a page does."""
        _check_sort(search)
        self._sees = sight.sees if sight is not None else _nothing
        deadline = Deadline()
        found: list[SearchRow] = []
        try:
            for side in _SIDES:
                where = self._where(side, search, sight, deadline)
                if narrow is not None:
                    narrow(where)
                found += self._rows(where, search)
        finally:
            self._picks.forget()
        found.sort(key=lambda row: _order(row, search.sort), reverse=search.descending)
        return found[: search.limit]

    def _total(self, sides: Iterable[Where]) -> int:
        return sum(map(self._count, sides))

    def _seen_in_all(self, sight: Sight | None, deadline: Deadline) -> int:
        """How many rows there are for a reader. What is seen of the file by whole accounts is known without reading rows."""
        judged = sight if sight is None else Sight(frozenset(), sight.partly, sight.sees)
        main, fresh = (self._where(side, Search(), judged, deadline) for side in _SIDES)
        if sight is None:
            return self._total([main, fresh])
        if self._by_account is None:
            grouped = "SELECT account_id, count(*) FROM main.resource GROUP BY account_id"
            self._by_account = dict(self._connection.execute(grouped).fetchall())
        whole = sum(self._by_account.get(account_id, 0) for account_id in sight.accounts)
        changed = self._where("fresh", Search(), Sight(sight.accounts), deadline)
        gone = (
            "SELECT count(*) FROM main.resource r WHERE r.id IN (SELECT id FROM fresh.gone)"
            " AND r.account_id IN (SELECT value FROM json_each(?))"
        )
        left = self._number(gone, [json.dumps(sorted(sight.accounts))]) if self._any_gone else 0
        return whole - left + self._count(changed) + (self._total([main, fresh]) if sight.partly else 0)

    def each(self, search: Search, sight: Sight | None = None) -> Iterator[SearchRow]:
        """Every row of a search, page by page: for exports."""
        after = search.after
        while True:
            page = self.page(search.model_copy(update={"after": after}), sight)
            yield from page.rows
            if not page.more:
                return
            after = place_of(page.rows[-1], search.sort)

    def all(self) -> Iterator[SearchRow]:
        """The file's own rows, in the order of their ARNs, without what is laid over it: for the next file."""
        every = f"SELECT {_ROW} FROM main.resource r ORDER BY r.id"  # noqa: S608 constants
        yield from (SearchRow(*row) for row in self._connection.execute(every))

    def tombstones(self) -> list[tuple[str, int]]:
        """Of the file: ARNs that are gone, and when that was seen."""
        return [
            (str(arn), int(at)) for arn, at in self._connection.execute("SELECT arn, observed_at FROM main.tombstone")
        ]

    def find(self, arn: str) -> SearchRow | None:
        for side, counts in (("fresh", ""), ("main", " AND r.id NOT IN (SELECT id FROM fresh.gone)")):
            found = self._connection.execute(f"SELECT {_ROW} FROM {side}.resource r WHERE r.arn = ?{counts}", (arn,))  # noqa: S608 constants
            if row := found.fetchone():
                return SearchRow(*row)
        return None

    def _where(self, side: str, search: Search, sight: Sight | None, deadline: Deadline) -> Where:
        def picked(column: Column, pattern: Pattern) -> str:
            return self._picks.ids(side, column, pattern, deadline)

        return Compiler(self.values, self.account_names, picked, deadline).where(side, search, sight)

    def _rows(self, where: Where, search: Search) -> list[SearchRow]:
        """One more than the page holds."""
        where.settle(sorted_by_ids=search.sort is Column.ARN)
        clauses, parameters = list(where.clauses), list(where.parameters)
        direction, beyond = ("DESC", "<") if search.descending else ("ASC", ">")
        # Rows of the file lie in the order of their ARNs, which saves the sorting.
        place, column = order_of(where), f"r.{search.sort}"
        if search.after is not None:
            value, arn = search.after
            last = self._place(arn, descending=search.descending) if where.side == "main" else arn
            by_arn = search.sort is Column.ARN
            clauses.append(f"{place} {beyond} ?" if by_arn else f"({column}, {place}) {beyond} (?, ?)")
            parameters += [last] if by_arn else [value, last]
        order = f"{place} {direction}" if search.sort is Column.ARN else f"{column} {direction}, {place} {direction}"
        if where.side == "main" and self._any_gone:
            clauses.append("r.id NOT IN (SELECT id FROM fresh.gone)")
        sql = f"SELECT {_ROW} FROM {source(where)} {all_of(clauses)} ORDER BY {order} LIMIT ?"  # noqa: S608 constants and placeholders
        found = self._connection.execute(sql, [*asked(where), *parameters, search.limit + 1])
        return [SearchRow(*row) for row in found]

    def _place(self, arn: str, *, descending: bool) -> int:
        """The id behind which (or before which) the page goes on; the row itself may be gone."""
        wanted = (
            "min(id) FROM main.resource WHERE arn >= ?" if descending else "max(id) FROM main.resource WHERE arn <= ?"
        )
        ((found,),) = self._connection.execute(f"SELECT {wanted}", (arn,)).fetchall()
        return int(found) if found is not None else (_BEYOND if descending else 0)

    def _count(self, where: Where) -> int:
        """Of the file: what its index says, less what is gone, because counting around the gone would read every row."""
        where.settle()
        sql = f"SELECT count(*) FROM {source(where)} {all_of(where.clauses)}"  # noqa: S608 constants and placeholders
        bound = [*asked(where), *where.parameters]
        if where.side != "main":
            return self._number(sql, bound)
        if where.clauses:
            gone = all_of([*where.clauses, "r.id IN (SELECT id FROM fresh.gone)"])
            less = f"SELECT count(*) FROM {source(where)} {gone}"  # noqa: S608 constants and placeholders
        elif where.picked:
            sql = f"SELECT count(*) FROM {where.picked[0]}"  # noqa: S608 a name of ours
            less = f"{sql} WHERE id IN (SELECT id FROM fresh.gone)"  # noqa: S608 constants
        elif where.index[1]:
            index, _ = where.index
            sql = f"SELECT count(*) FROM main.{index} WHERE {index} MATCH ?"  # noqa: S608 constants
            less = f"{sql} AND rowid IN (SELECT id FROM fresh.gone)"  # noqa: S608 constants
        else:
            sql = "SELECT CAST(value AS INTEGER) FROM main.meta WHERE name = 'rows'"
            less = "SELECT count(*) FROM fresh.gone"
        return self._number(sql, bound) - (self._number(less, bound) if self._any_gone else 0)

    def _number(self, sql: str, bound: list[str | int]) -> int:
        ((number,),) = self._connection.execute(sql, bound).fetchall()
        return int(number)

    @property
    def _any_gone(self) -> bool:
        return self._connection.execute("SELECT 1 FROM fresh.gone LIMIT 1").fetchone() is not None

    # --- What is known of columns -------------------------------------------------------------------------------------

    def values(self, column: Column) -> frozenset[str]:
        """All values of a column that has few."""
        if column not in _FEW:
            raise InvalidInput(f"The values of {column} can't be listed.", reason="bad_column")
        if column not in self._values:
            self._values[column] = frozenset(self._distinct("main", column))
        return self._values[column] | frozenset(self._distinct("fresh", column))

    def _distinct(self, side: str, column: Column) -> Iterator[str]:
        """Jumps from value to value in the column's index, instead of reading every row."""
        if side == "fresh" or column in {Column.TEMPLATED, Column.ERRORS}:
            rows = self._connection.execute(f"SELECT DISTINCT {column} FROM {side}.resource")  # noqa: S608 constants
        else:
            rows = self._connection.execute(
                f"WITH RECURSIVE step(value) AS (SELECT min({column}) FROM {side}.resource UNION ALL"  # noqa: S608 constants
                f" SELECT (SELECT min({column}) FROM {side}.resource WHERE {column} > value) FROM step WHERE value IS NOT NULL)"
                " SELECT value FROM step WHERE value IS NOT NULL"
            )
        return (str(value) for (value,) in rows.fetchall())

    @property
    def account_names(self) -> dict[str, str]:
        if self._names is None:
            self._names = {}
            for side in _SIDES:
                self._names.update(self._connection.execute(f"SELECT account_id, name FROM {side}.account"))  # noqa: S608 constants
        return self._names

    def _candidates(self, side: str, column: Column, pattern: Pattern) -> tuple[str, list[str]]:
        """Only rows with an expression's letters can fit. A resource's name is part of its ARN."""
        letters = list(map(phrase, pattern.letters)) if column is not Column.TAGS else []
        where = Where(side, matches=letters)
        return source(where), asked(where)


def place_of(row: SearchRow, sort: Column) -> Place:
    """Behind which the next page begins."""
    return _cell(row, sort), row.arn


def _check_sort(search: Search) -> None:
    if search.sort in {Column.TAGS, Column.ACCOUNT_NAME}:
        raise InvalidInput(f"Rows can't be sorted by {search.sort}.", reason="bad_sort")


def _nothing(_account_id: str, _arn: str) -> bool:
    return False


def _cell(row: SearchRow, column: Column) -> str | int:
    value: str | int = getattr(row, column)
    return value


def _order(row: SearchRow, column: Column) -> tuple[str | int, str]:
    """As SQLite sorts: names and owners without the case of ASCII letters."""
    value = _cell(row, column)
    if isinstance(value, str) and column in {Column.NAME, Column.OWNER}:
        value = "".join(letter.lower() if letter.isascii() else letter for letter in value)
    return value, row.arn
