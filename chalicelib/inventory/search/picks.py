"""Which rows an expression fits: found once, kept as a table of ids. The file never changes, so what fits its rows stays known."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing

from pysqlite3 import dbapi2 as sqlite

from chalicelib.inventory.search import schema
from chalicelib.inventory.search.models import Column
from chalicelib.inventory.search.patterns import Pattern, too_slow
from chalicelib.inventory.search.scan import Deadline, tried

_KEPT = 4
"""Expressions whose rows of the file are kept: with a million rows each takes some ten megabytes."""
_STEPS = 1000
"""Of SQLite's machine between two looks at the time: about two hundred rows."""

Source = Callable[[str, Column, Pattern], tuple[str, list[str]]]
"""Of a side, a column and an expression: the rows that may fit, as SQL behind FROM, and its parameters."""


class Picks:
    def __init__(self, connection: schema.Connection, source: Source) -> None:
        self._connection = connection
        self._source = source
        self._kept: OrderedDict[tuple[Column, str], str] = OrderedDict()
        self._passing: list[str] = []
        self._made = 0

    def ids(self, side: str, column: Column, pattern: Pattern, deadline: Deadline) -> str:
        """The table with the ids of the rows that fit. Raises InvalidInput for an expression that takes too long."""
        if side != "main":
            table = self._table(side, column, pattern, deadline)
            self._passing.append(table)
        else:
            key = (column, pattern.single.pattern)
            if key not in self._kept:
                self._kept[key] = self._table(side, column, pattern, deadline)
            self._kept.move_to_end(key)
            table = self._kept[key]
        return table

    def forget(self) -> None:
        """After a query: what changes goes, and of the rest what was asked for longest ago."""
        while len(self._kept) > _KEPT:
            self._passing.append(self._kept.popitem(last=False)[1])
        for table in self._passing:
            self._connection.execute(f"DROP TABLE {table}")
        self._passing = []

    def _table(self, side: str, column: Column, pattern: Pattern, deadline: Deadline) -> str:
        self._made += 1
        table = f"temp.picked{self._made}"
        self._connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
        try:
            if not self._picked_fast(table, side, column, pattern, deadline):
                self._picked_slowly(table, side, column, pattern, deadline)
        except BaseException:
            self._passing.append(table)
            raise
        return table

    def _picked_fast(self, table: str, side: str, column: Column, pattern: Pattern, deadline: Deadline) -> bool:
        """By the linear engine inside SQLite; False for an expression that it can't do."""
        if pattern.linear is None:
            return False
        source, parameters = self._source(side, column, pattern)
        # Both are the order of the file; an index of ARNs is read faster than whole rows.
        order = "arn" if column is Column.ARN and not parameters else "id"
        fits = f"INSERT INTO {table} SELECT r.id FROM {source} WHERE regexp(regex(?), r.{column}) ORDER BY r.{order}"  # noqa: S608 constants
        self._connection.set_progress_handler(lambda: deadline.over, _STEPS)
        try:
            self._connection.execute(fits, [*parameters, pattern.linear])
        except sqlite.OperationalError as error:
            if deadline.over:
                raise too_slow(column) from error
            return False
        finally:
            self._connection.set_progress_handler(None, 0)
        return True

    def _picked_slowly(self, table: str, side: str, column: Column, pattern: Pattern, deadline: Deadline) -> None:
        source, parameters = self._source(side, column, pattern)
        with closing(self._connection.cursor()) as cells:
            cells.execute(f"SELECT r.id, r.{column} FROM {source}", parameters)  # noqa: S608 constants
            ids = list(tried(cells, pattern.single, deadline, lambda: too_slow(column)))
        self._connection.executemany(f"INSERT INTO {table} VALUES (?)", ((number,) for number in ids))  # noqa: S608 a name of ours
