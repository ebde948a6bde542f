"""Searching: the file and what changed since, as one."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from chalicelib.core.errors import InvalidInput
from chalicelib.inventory.search import schema
from chalicelib.inventory.search.conditions import Compiler, Where, phrase
from chalicelib.inventory.search.models import AccountRow, Change, Column, Found, Search, SearchRow, Sees, Sight
from chalicelib.inventory.search.overlay import Overlay
from chalicelib.inventory.search.patterns import Pattern
from chalicelib.inventory.search.scan import Deadline, Joined

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
        self._joined: dict[Column, Joined] = {}
        self._values: dict[Column, frozenset[str]] = {}
        self._names: dict[str, str] | None = None
        self._picks = 0
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
        if search.sort in {Column.TAGS, Column.ACCOUNT_NAME}:
            raise InvalidInput(f"Rows can't be sorted by {search.sort}.", reason="bad_sort")
        deadline = Deadline()
        self._sees = sight.sees if sight is not None else _nothing
        try:
            sides = [self._where(side, search, sight, deadline) for side in _SIDES]
            found = [row for where in sides for row in self._rows(where, search)]
            total = self._total(self._where(side, Search(), sight, deadline) for side in _SIDES)
            matching = self._total(sides)
        finally:
            self._forget_picks()
        found.sort(key=lambda row: _order(row, search.sort), reverse=search.descending)
        return Found(rows=tuple(found[: search.limit]), total=total, matching=matching, more=len(found) > search.limit)

    def rows(self, search: Search, sight: Sight | None, narrow: Callable[[Where], None]) -> list[SearchRow]:
        """The first rows of a search that `narrow` adds its own conditions to; nothing is counted."""
        self._sees = sight.sees if sight is not None else _nothing
        found: list[SearchRow] = []
        for side in _SIDES:
            where = self._where(side, search, sight, Deadline())
            narrow(where)
            found += self._rows(where, search)
        found.sort(key=lambda row: _order(row, search.sort))
        return found[: search.limit]

    def _total(self, sides: Iterable[Where]) -> int:
        return sum(map(self._count, sides))

    def each(self, search: Search, sight: Sight | None = None) -> Iterator[SearchRow]:
        """Every row of a search, page by page: for exports."""
        after = search.after
        while True:
            page = self.page(search.model_copy(update={"after": after}), sight)
            yield from page.rows
            if not page.more:
                return
            last = page.rows[-1]
            after = (_cell(last, search.sort), last.arn)

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
            return self._picked(side, column, pattern, deadline)

        return Compiler(self.values, self.account_names, picked, deadline).where(side, search, sight)

    def _rows(self, where: Where, search: Search) -> list[SearchRow]:
        """One more than the page holds."""
        clauses, parameters = list(where.clauses), list(where.parameters)
        direction, beyond = ("DESC", "<") if search.descending else ("ASC", ">")
        # Rows of the file lie in the order of their ARNs, which saves the sorting.
        place, column = _place_of(where), f"r.{search.sort}"
        if search.after is not None:
            value, arn = search.after
            last = self._place(arn, descending=search.descending) if where.side == "main" else arn
            by_arn = search.sort is Column.ARN
            clauses.append(f"{place} {beyond} ?" if by_arn else f"({column}, {place}) {beyond} (?, ?)")
            parameters += [last] if by_arn else [value, last]
        order = f"{place} {direction}" if search.sort is Column.ARN else f"{column} {direction}, {place} {direction}"
        if where.side == "main" and self._any_gone:
            clauses.append("r.id NOT IN (SELECT id FROM fresh.gone)")
        sql = f"SELECT {_ROW} FROM {_source(where)} {_all(clauses)} ORDER BY {order} LIMIT ?"  # noqa: S608 constants and placeholders
        found = self._connection.execute(sql, [*_asked(where), *parameters, search.limit + 1])
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
        sql = f"SELECT count(*) FROM {_source(where)} {_all(where.clauses)}"  # noqa: S608 constants and placeholders
        bound = [*_asked(where), *where.parameters]
        if where.side != "main":
            return self._number(sql, bound)
        if where.clauses:
            gone = _all([*where.clauses, "r.id IN (SELECT id FROM fresh.gone)"])
            less = f"SELECT count(*) FROM {_source(where)} {gone}"  # noqa: S608 constants and placeholders
        elif where.matches:
            sql = "SELECT count(*) FROM main.found WHERE found MATCH ?"
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

    # --- Regular expressions ------------------------------------------------------------------------------------------

    def _picked(self, side: str, column: Column, pattern: Pattern, deadline: Deadline) -> str:
        """Writes the ids that fit into a table of their own, and gives the condition that names it."""
        with deadline.stopped():
            candidates = self._candidates(side, column, pattern)
        ids = list(candidates.matching(pattern, column, deadline))
        self._picks += 1
        table = f"temp.picked{self._picks}"
        self._connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
        self._connection.executemany(f"INSERT INTO {table} VALUES (?)", ((number,) for number in ids))  # noqa: S608 constants
        return f"r.id IN (SELECT id FROM {table})"  # noqa: S608 constants

    def _candidates(self, side: str, column: Column, pattern: Pattern) -> Joined:
        if pattern.letters and column is not Column.TAGS:
            # Only rows with these letters can fit. A resource's name is part of its ARN.
            return Joined(self._cells(Where(side, matches=list(map(phrase, pattern.letters))), column))
        if side != "main":
            return Joined(self._cells(Where(side), column))
        if column not in self._joined:
            self._joined[column] = Joined(self._cells(Where(side), column))
        return self._joined[column]

    def _cells(self, where: Where, column: Column) -> Iterator[tuple[int, str]]:
        sql = f"SELECT r.id, r.{column} FROM {_source(where)} ORDER BY r.id"  # noqa: S608 constants
        yield from self._connection.execute(sql, _asked(where))

    def _forget_picks(self) -> None:
        for number in range(1, self._picks + 1):
            self._connection.execute(f"DROP TABLE IF EXISTS temp.picked{number}")
        self._picks = 0


def _nothing(_account_id: str, _arn: str) -> bool:
    return False


def _source(where: Where) -> str:
    """What is read: the trigram index first, where it is asked."""
    if not where.matches:
        return f"{where.side}.resource r"
    found = f"(SELECT rowid FROM {where.side}.found WHERE found MATCH ?) f"  # noqa: S608 constants
    return f"{found} CROSS JOIN {where.side}.resource r ON r.id = f.rowid"


def _place_of(where: Where) -> str:
    """What to sort by for the order of ARNs. The trigram index gives its rows in the order of the file's ids."""
    if where.side != "main":
        return "r.arn"
    return "f.rowid" if where.matches else "r.id"


def _asked(where: Where) -> list[str]:
    """The parameter of the index."""
    return [" AND ".join(where.matches)] if where.matches else []


def _all(clauses: list[str]) -> str:
    return f"WHERE {' AND '.join(clauses)}" if clauses else ""


def _cell(row: SearchRow, column: Column) -> str | int:
    value: str | int = getattr(row, column)
    return value


def _order(row: SearchRow, column: Column) -> tuple[str | int, str]:
    """As SQLite sorts: names and owners without the case of ASCII letters."""
    value = _cell(row, column)
    if isinstance(value, str) and column in {Column.NAME, Column.OWNER}:
        value = "".join(letter.lower() if letter.isascii() else letter for letter in value)
    return value, row.arn
