"""What changed since the file was built, laid over it: a small database in memory of the same shape, and the ids of rows of the file that
no longer count.
"""

from collections.abc import Iterable
from dataclasses import replace

from chalicelib.inventory.search import schema
from chalicelib.inventory.search.models import AS_BEFORE, AccountRow, Change, SearchRow

TABLES = """
CREATE TABLE fresh.gone (id INTEGER PRIMARY KEY);
CREATE TABLE fresh.account (account_id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE fresh.resource (
  id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL COLLATE NOCASE, account_id TEXT NOT NULL,
  technology TEXT NOT NULL, region TEXT NOT NULL, owner TEXT NOT NULL COLLATE NOCASE, tags TEXT NOT NULL, templated TEXT NOT NULL,
  errors INTEGER NOT NULL, observed_at INTEGER NOT NULL, config_id TEXT NOT NULL
);
CREATE TABLE fresh.tombstone (arn TEXT PRIMARY KEY, observed_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE fresh.found USING fts5(arn, content='', contentless_delete=1, tokenize='trigram');
CREATE VIRTUAL TABLE fresh.tagged USING fts5(tags, content='', contentless_delete=1, tokenize='trigram');
"""
_NAMES = ", ".join(schema.COLUMNS)
_INSERT = f"INSERT INTO fresh.resource ({_NAMES}) VALUES ({', '.join('?' * len(schema.COLUMNS))}) RETURNING id"  # noqa: S608 constants


_KNOWN = """
SELECT max(observed_at) FROM (
  SELECT observed_at FROM main.resource WHERE arn = :arn UNION ALL SELECT observed_at FROM main.tombstone WHERE arn = :arn
  UNION ALL SELECT observed_at FROM fresh.resource WHERE arn = :arn UNION ALL SELECT observed_at FROM fresh.tombstone WHERE arn = :arn
)
"""

_ERRORS = """
SELECT errors FROM fresh.resource WHERE arn = :arn UNION ALL SELECT errors FROM main.resource WHERE arn = :arn LIMIT 1
"""


class Overlay:
    def __init__(self, connection: schema.Connection) -> None:
        self._connection = connection
        connection.execute("ATTACH DATABASE ':memory:' AS fresh")
        connection.executescript(TABLES)

    def take(self, changes: Iterable[Change]) -> None:
        """In any order and as often as they come: what was seen later counts, and of one second what is said last."""
        for change in changes:
            ((known,),) = self._connection.execute(_KNOWN, {"arn": change.arn}).fetchall()
            if known is not None and known > change.observed_at:
                continue
            row = self._with_errors(change.row)
            self._forget(change.arn)
            if row is not None:
                self._put(row)
            else:
                self._connection.execute(
                    "INSERT OR REPLACE INTO fresh.tombstone VALUES (?, ?)", (change.arn, change.observed_at)
                )

    def name(self, accounts: Iterable[AccountRow]) -> None:
        named = [(account.account_id, account.name) for account in accounts]
        self._connection.executemany("INSERT OR REPLACE INTO fresh.account VALUES (?, ?)", named)

    def _with_errors(self, row: SearchRow | None) -> SearchRow | None:
        """A change that tells nothing of errors leaves their number as it was."""
        if row is None or row.errors != AS_BEFORE:
            return row
        known = self._connection.execute(_ERRORS, {"arn": row.arn}).fetchall()
        return replace(row, errors=known[0][0] if known else 0)

    def _put(self, row: SearchRow) -> None:
        ((number,),) = self._connection.execute(_INSERT, schema.values(row)).fetchall()
        self._connection.execute("INSERT INTO fresh.found (rowid, arn) VALUES (?, ?)", (number, row.arn))
        self._connection.execute("INSERT INTO fresh.tagged (rowid, tags) VALUES (?, ?)", (number, row.tags))

    def _forget(self, arn: str) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO fresh.gone SELECT id FROM main.resource WHERE arn = ?",
            (arn,),
        )
        removed = self._connection.execute("DELETE FROM fresh.resource WHERE arn = ? RETURNING id", (arn,))
        for (number,) in removed.fetchall():
            for index in ("found", "tagged"):
                self._connection.execute(f"DELETE FROM fresh.{index} WHERE rowid = ?", (number,))  # noqa: S608 constants
