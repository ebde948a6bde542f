"""The file that is searched: SQLite with a trigram index. Rows are stored in the order of their ARNs, so that the first page of any
text search is read without sorting.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlite_regex
from pysqlite3 import dbapi2 as sqlite

from chalicelib.inventory.search.models import AccountRow, SearchRow

Connection = Any
"""pysqlite3 has no types."""
VERSION = 2
"""Of the file's shape: a file of another version is built anew instead of being read."""

COLUMNS = (
    *("arn", "name", "account_id", "technology", "region", "owner", "tags", "templated", "errors", "observed_at"),
    "config_id",
)

TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account (account_id TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE resource (
  id INTEGER PRIMARY KEY, arn TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, account_id TEXT NOT NULL, technology TEXT NOT NULL,
  region TEXT NOT NULL, owner TEXT NOT NULL COLLATE NOCASE, tags TEXT NOT NULL, templated TEXT NOT NULL, errors INTEGER NOT NULL,
  observed_at INTEGER NOT NULL, config_id TEXT NOT NULL
);
CREATE TABLE tombstone (arn TEXT PRIMARY KEY, observed_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE found USING fts5(arn, content='', columnsize=0, tokenize='trigram');
CREATE VIRTUAL TABLE tagged USING fts5(tags, content='', columnsize=0, tokenize='trigram');
"""
INDEXES = """
CREATE UNIQUE INDEX by_arn ON resource (arn);
CREATE INDEX by_name ON resource (name);
CREATE INDEX by_account ON resource (account_id, technology);
CREATE INDEX by_technology ON resource (technology);
CREATE INDEX by_region ON resource (region);
CREATE INDEX by_owner ON resource (owner);
CREATE INDEX by_errors ON resource (errors);
CREATE INDEX by_templated ON resource (templated);
"""
"""An index ends with the id, and ids are in the order of the ARNs."""
_INSERT = f"INSERT INTO resource ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 constants


def connect(path: str | Path, *, writable: bool = False) -> Connection:
    """A file that is read never changes: SQLite need not look for writers. Used by one thread at a time."""
    address = f"file:{path}" if writable else f"file:{path}?mode=ro&immutable=1"
    connection = sqlite.connect(address, uri=True, check_same_thread=False)
    if not writable:
        # Each statement stands alone: what is interrupted takes nothing else back.
        connection.isolation_level = None
        _load_expressions(connection)
        connection.execute("PRAGMA mmap_size = 4000000000")
        connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def _load_expressions(connection: Connection) -> None:
    """`regexp` for SQL, by an engine that takes linear time. Afterwards nothing else can be loaded."""
    connection.enable_load_extension(1)
    sqlite_regex.load(connection)
    connection.enable_load_extension(0)


def insert(connection: Connection, rows: Iterable[SearchRow]) -> None:
    connection.executemany(_INSERT, map(values, rows))


def values(row: SearchRow) -> tuple[str | int, ...]:
    return (
        row.arn,
        row.name,
        row.account_id,
        row.technology,
        row.region,
        row.owner,
        row.tags,
        row.templated,
        row.errors,
        row.observed_at,
        row.config_id,
    )


def name_accounts(connection: Connection, accounts: Iterable[AccountRow]) -> None:
    named = ((account.account_id, account.name) for account in accounts)
    connection.executemany("INSERT OR REPLACE INTO account VALUES (?, ?)", named)


def index(connection: Connection) -> None:
    """After the last row."""
    connection.execute("INSERT INTO found (rowid, arn) SELECT id, arn FROM resource")
    connection.execute("INSERT INTO tagged (rowid, tags) SELECT id, tags FROM resource WHERE tags <> ''")
    connection.executescript(INDEXES)


@contextmanager
def closing(connection: Connection) -> Iterator[Connection]:
    try:
        yield connection
    finally:
        connection.close()
