"""Every call to AWS, seen where botocore makes it (PynamoDB's too): counted, refused, or followed by a crash."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

Answer = Callable[[], dict[str, Any]]
Rule = Callable[[dict[str, Any], Answer], dict[str, Any]]
"""Takes the call's parameters and the call itself; gives the answer, or raises."""

_CALL = "_make_api_call"
WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})


class Crash(BaseException):
    """The process is gone: nothing of ours can catch it."""


@dataclass
class AwsCalls:
    seen: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    rules: dict[str, Rule] = field(default_factory=dict)

    def clear(self) -> None:
        self.seen.clear()

    def count(self, *operations: str) -> int:
        return sum(name in operations for name, _ in self.seen)

    def counted(self) -> dict[str, int]:
        return dict(Counter(name for name, _ in self.seen))

    def writes_to(self, table: str) -> list[dict[str, Any]]:
        """Every item that was put, updated or deleted in a table (its name or the end of it), transactions and batches taken apart."""
        found = []
        for name, parameters in self.seen:
            if name == "TransactWriteItems":
                actions = [action for item in parameters["TransactItems"] for action in item.items()]
                found += [body for kind, body in actions if kind != "ConditionCheck"]
            elif name == "BatchWriteItem":
                asked = [(into, one) for into, those in parameters["RequestItems"].items() for one in those]
                found += [{"TableName": into, **body} for into, one in asked for body in one.values()]
            elif name in WRITES:
                found.append(parameters)
        return [body for body in found if body.get("TableName", "").endswith(table)]

    def on(self, operation: str, rule: Rule) -> None:
        self.rules[operation] = rule

    def refuse(self, operation: str, code: str, *, after: int = 0) -> None:
        """Refuses every call of the operation, once `after` of them went through."""
        passed = 0

        def rule(_: dict[str, Any], answer: Answer) -> dict[str, Any]:
            nonlocal passed
            passed += 1
            if passed <= after:
                return answer()
            raise ClientError({"Error": {"Code": code, "Message": "as the test wants it"}}, operation)

        self.on(operation, rule)

    def page(self, operation: str, key: str, size: int) -> None:
        """The embedded AWS answers all at once: cuts its answers into pages, with a marker on all but the last."""

        def rule(parameters: dict[str, Any], answer: Answer) -> dict[str, Any]:
            start = int(parameters.pop("Marker", 0))
            whole = answer()
            found = whole[key][start : start + size]
            rest = len(whole[key]) > start + size
            return {**whole, key: found, "IsTruncated": rest, **({"Marker": str(start + size)} if rest else {})}

        self.on(operation, rule)

    def crash(self, operation: str, *, after: bool, skip: int = 0) -> None:
        """Crashes at a call of the operation, before or after it took effect; so many calls go through first."""
        left = skip

        def rule(_: dict[str, Any], answer: Answer) -> dict[str, Any]:
            nonlocal left
            if left:
                left -= 1
                return answer()
            del self.rules[operation]
            if after:
                answer()
            raise Crash

        self.on(operation, rule)


@contextmanager
def watched(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsCalls]:
    calls = AwsCalls()
    real: Any = getattr(BaseClient, _CALL)

    def make(self: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        calls.seen.append((operation, dict(parameters)))

        def answer() -> dict[str, Any]:
            said: dict[str, Any] = real(self, operation, parameters)
            return said

        rule = calls.rules.get(operation)
        return rule(parameters, answer) if rule else answer()

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, _CALL, make)
        yield calls
