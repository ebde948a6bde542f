"""Calls of AWS that a measured piece of work makes, by service and operation, and the rows that it writes."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

_META = "META"
_ONE = {"PutItem", "UpdateItem", "DeleteItem"}


@dataclass
class Counted:
    calls: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    """Items written, by table; `inventory resources` are the rows that stand for a resource."""

    def of(self, *services: str) -> int:
        return sum(times for name, times in self.calls.items() if name.partition(":")[0] in services)

    def writes(self, table: str) -> int:
        return sum(times for name, times in self.rows.items() if name.endswith(table))

    def note(self, service: str, operation: str, parameters: Mapping[str, Any]) -> None:
        self.calls[f"{service}:{operation}"] += 1
        for table, item in _written(operation, parameters):
            self.rows[table] += 1
            if item.get("sk", {}).get("S") == _META:
                self.rows[f"{table} resources"] += 1


def _written(operation: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if operation in _ONE:
        yield parameters["TableName"], parameters.get("Item") or parameters["Key"]
    if operation == "BatchWriteItem":
        for table, requests in parameters["RequestItems"].items():
            for request in requests:
                yield (
                    table,
                    request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"],
                )


@contextmanager
def counted() -> Iterator[Counted]:
    """Everything that boto3 and PynamoDB call meanwhile."""
    from botocore.client import BaseClient

    found, lock = Counted(), Lock()
    name = "_make_api_call"
    real = getattr(BaseClient, name)

    def call(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        with lock:
            found.note(self.meta.service_model.service_name, operation, parameters)
        return real(self, operation, parameters)

    setattr(BaseClient, name, call)
    try:
        yield found
    finally:
        setattr(BaseClient, name, real)
