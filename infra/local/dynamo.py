"""moto's DynamoDB, made fit for several functions at once.

It is written for one caller at a time: a conditional write checks and then writes, and a transaction begins with a deep copy of every
table that it touches and ends, when it fails, with putting those copies back, over whatever others have written meanwhile.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from infra.local.interpreter import replaced

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_SERVICES = ("dynamodb", "iam", "organizations", "s3", "secretsmanager", "sts")
"""Those that nothing waits in. SQS has long polls, and Lambda and Step Functions call functions that call AWS."""


class OneAtATime:
    """Before moto's application: the calls of one service follow each other."""

    def __init__(self, inner: "WSGIApplication") -> None:
        self._inner = inner
        self._locks = {service: Lock() for service in _SERVICES}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        scope = re.search(r"Credential=[^/]*/\d+/[^/]*/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        lock = self._locks.get(scope[1]) if scope else None
        if lock is None:
            return self._inner(environ, start_response)
        with lock:
            return self._inner(environ, start_response)


@contextmanager
def small_transactions() -> Iterator[None]:
    """While inside, a transaction keeps and puts back only the items that it names, and may read a hundred, as in AWS."""
    from moto.dynamodb import models, responses
    from moto.dynamodb.models.table import Table

    write: Any = models.DynamoDBBackend.transact_write_items

    def transact_write_items(self: Any, transact_items: Sequence[Mapping[str, Any]]) -> None:
        before = list(_named(self, transact_items))
        try:
            write(self, transact_items)
        except BaseException:
            for table, hash_key, range_key, item in before:
                _put_back(table, hash_key, range_key, item)
            raise

    def deepcopy(value: Any) -> Any:
        return value if isinstance(value, Table) else copy.deepcopy(value)

    with ExitStack() as patches:
        patches.enter_context(replaced(responses, "TRANSACTION_MAX_ITEMS", 100))
        patches.enter_context(replaced(models, "copy", SimpleNamespace(deepcopy=deepcopy)))
        patches.enter_context(replaced(models.DynamoDBBackend, "transact_write_items", transact_write_items))
        yield


def _named(backend: Any, transact_items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Table, keys and a copy (or None) of each item that the transaction names; what is malformed moto refuses itself."""
    from moto.dynamodb.models.dynamo_type import DynamoType

    for entry in transact_items:
        for operation in entry.values():
            table = backend.tables.get(operation.get("TableName"))
            given = operation.get("Item") or operation.get("Key") or {}
            if table is None or any(name not in given for name in table.table_key_attrs):
                continue
            hash_key = DynamoType(given[table.hash_key_attr])
            range_key = DynamoType(given[table.range_key_attr]) if table.range_key_attr else None
            yield table, hash_key, range_key, copy.deepcopy(table.get_item(hash_key, range_key))


def _put_back(table: Any, hash_key: Any, range_key: Any, item: Any) -> None:
    if item is None:
        table.delete_item(hash_key, range_key)
    elif range_key is None:
        table.items[hash_key] = item
    else:
        table.items[hash_key][range_key] = item
