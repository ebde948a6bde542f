"""The base of every table: pk and sk, a name that is looked up at first use, conditional writes only."""

import functools
from typing import Any

from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.models import Model

from chalicelib.settings import load


class Table(Model):
    """Base model. A subclass names its table by `suffix`; prefix, region and endpoint come from the settings.

    Importing a subclass reads nothing: PynamoDB asks for the connection at the first call, and only then are the settings
    read. The method is PynamoDB's own seam for that (it caches the connection on the class).
    """

    suffix: str = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)

    class Meta:
        table_name = ""
        connect_timeout_seconds = 3
        read_timeout_seconds = 8
        max_retry_attempts = 4

    @classmethod
    def _get_connection(cls) -> TableConnection:
        if cls._connection is None:
            settings = load()
            found = {
                "table_name": settings.table_prefix + cls.suffix,
                "region": settings.region,
                "host": settings.aws_endpoint_url,
            }
            setattr(cls, "Meta", type("Meta", (Table.Meta,), found))  # noqa: B010 a class attribute, made at run time
            table = super()._get_connection()
            shared = _OfOneClient()
            shared.add_meta_table(table.get_meta_table())
            table.connection = shared
        return super()._get_connection()

    @classmethod
    def forget_connection(cls) -> None:
        """Drops the cached connections of all tables: a new process would have none."""
        connection.cache_clear()
        cls._connection = None
        for table in cls.__subclasses__():
            table.forget_connection()


class _OfOneClient(Connection):
    """What a table runs on: it knows the table's keys and talks through the client of `connection`."""

    @property
    def client(self) -> Any:
        return connection().client


@functools.cache
def connection() -> Connection:
    """What transactions run on. Its client is made once in a process: making one costs more than most calls do, and each has
    TLS connections of its own.
    """
    settings = load()
    options: dict[str, Any] = {"region": settings.region, "host": settings.aws_endpoint_url}
    return Connection(connect_timeout_seconds=3, read_timeout_seconds=8, max_retry_attempts=4, **options)
