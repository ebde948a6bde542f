"""One call to the outside goes wrong: the n-th of everything that crosses the boundary, in a chosen way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.support.calls import Crash

_CALL = "_make_api_call"


class Fault(StrEnum):
    """What happens at the call. A crash ends the process; whoever called it sees no answer."""

    CRASH_BEFORE = "crash before"
    CRASH_AFTER = "crash after"
    ERROR = "error"
    THROTTLE = "throttle"
    LOST_ANSWER = "timeout after effect"
    NO_ANSWER = "timeout before effect"
    EXECUTION_LOST = "crash, and every execution aborted"


@dataclass
class Boundary:
    """Counts what crosses; at `point` (from 1) the `fault` happens, once."""

    point: int = 0
    fault: Fault = Fault.CRASH_BEFORE
    crossed: list[str] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    """Those of the crossed calls that took effect."""
    struck: bool = False
    open: bool = False
    abort: Callable[[], None] = lambda: None
    """Ends every execution of a workflow."""

    def arm(self, point: int = 0, fault: Fault = Fault.CRASH_BEFORE) -> None:
        """From now on; `point` 0 only counts."""
        self.point, self.fault = point, fault
        self.crossed, self.effects, self.struck = [], [], False

    @contextmanager
    def unguarded(self) -> Iterator[None]:
        """For whoever looks at the state and is no part of the journey."""
        before, self.open = self.open, True
        try:
            yield
        finally:
            self.open = before

    def cross(self, name: str, call: Callable[[], Any]) -> Any:
        if self.open:
            return call()
        self.crossed.append(name)
        if self.struck or len(self.crossed) != self.point:
            return self._effective(name, call)
        self.struck = True
        if self.fault in {Fault.CRASH_AFTER, Fault.LOST_ANSWER}:
            self._effective(name, call)
        if self.fault is Fault.EXECUTION_LOST:
            self.abort()
        if self.fault in {Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.EXECUTION_LOST}:
            raise Crash
        if self.fault in {Fault.LOST_ANSWER, Fault.NO_ANSWER}:
            raise ReadTimeoutError(endpoint_url="https://aws.example", error="as the test wants it")
        code = "ThrottlingException" if self.fault is Fault.THROTTLE else "InternalFailure"
        raise ClientError({"Error": {"Code": code, "Message": "as the test wants it"}}, name)

    def _effective(self, name: str, call: Callable[[], Any]) -> Any:
        answer = call()
        self.effects.append(name)
        return answer


@contextmanager
def guarded(monkeypatch: pytest.MonkeyPatch, boundary: Boundary) -> Iterator[None]:
    """Every call of boto3 and PynamoDB crosses the boundary, as `PutRolePolicy`."""
    real: Any = getattr(BaseClient, _CALL)

    def make(self: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = boundary.cross(operation, lambda: real(self, operation, parameters))
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, _CALL, make)
        yield
