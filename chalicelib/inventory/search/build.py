"""Builds the file. Rows come as an iterator and are never all in memory."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from chalicelib.core.model import Frozen
from chalicelib.inventory.search import schema
from chalicelib.inventory.search.models import AccountRow, SearchRow

_MEMORY_KB = 262_144


class Built(Frozen):
    """`size` in bytes."""

    rows: int
    size: int


def build(
    path: Path, rows: Iterable[SearchRow], accounts: Iterable[AccountRow], tombstones: Mapping[str, int] | None = None
) -> Built:
    """Writes a new file at `path`, which appears there only when it is whole. Of two rows with one ARN the later counts.

    `tombstones` (ARN to epoch second) keep an old word about a resource that is gone from bringing it back.
    """
    growing = path.with_suffix(".growing")
    growing.unlink(missing_ok=True)
    with schema.closing(schema.connect(growing, writable=True)) as connection:
        # The file is nobody's until it is renamed: a crash leaves one that is thrown away.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA page_size = 8192")
        connection.execute(f"PRAGMA cache_size = -{_MEMORY_KB}")
        connection.execute("PRAGMA temp_store = FILE")
        connection.executescript(schema.TABLES)
        connection.execute(f"CREATE TEMP TABLE unsorted ({', '.join(schema.COLUMNS)})")
        places = ", ".join("?" * len(schema.COLUMNS))
        connection.executemany(f"INSERT INTO unsorted VALUES ({places})", map(schema.values, rows))  # noqa: S608 constants
        named = ", ".join(schema.COLUMNS)
        connection.execute(
            f"INSERT INTO resource ({named}) SELECT {named} FROM unsorted"  # noqa: S608 constants
            " WHERE rowid IN (SELECT max(rowid) FROM unsorted GROUP BY arn) ORDER BY arn"
        )
        connection.execute("DROP TABLE unsorted")
        connection.executemany("INSERT INTO tombstone VALUES (?, ?)", (tombstones or {}).items())
        schema.name_accounts(connection, accounts)
        schema.index(connection)
        connection.execute("INSERT INTO found (found) VALUES ('optimize')")
        connection.execute("INSERT INTO tagged (tagged) VALUES ('optimize')")
        (count,) = connection.execute("SELECT count(*) FROM resource").fetchone()
        facts = {"version": schema.VERSION, "rows": count}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", ((name, str(value)) for name, value in facts.items()))
        connection.execute("ANALYZE")
        connection.commit()
    size = growing.stat().st_size
    os.replace(growing, path)  # noqa: PTH105 atomic, and pathlib's replace is the same call
    return Built(rows=count, size=size)
