"""Calls to AWS that go out together: each waits until all of its wave are under way, so that one that was to follow would never come."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier, Lock
from typing import Any

import pytest
from botocore.client import BaseClient

_CALL = "_make_api_call"
_PATIENCE = 10
"""Seconds after which a wave that is not complete is a failure."""


@contextmanager
def waves(monkeypatch: pytest.MonkeyPatch, *sizes: int) -> Iterator[list[str]]:
    """Expects so many calls in each wave, one wave after the other, and nothing more. Gives the operations."""
    real: Any = getattr(BaseClient, _CALL)
    barriers = [barrier for size in sizes for barrier in [Barrier(size)] * size]
    seen: list[str] = []
    lock, one_at_a_time = Lock(), Lock()

    def make(self: Any, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        with lock:
            seen.append(operation)
            barrier = _expected(barriers, seen)
        barrier.wait(_PATIENCE)
        # The embedded AWS is no place for several threads.
        with one_at_a_time:
            answer: dict[str, Any] = real(self, operation, parameters)
        barrier.wait(_PATIENCE)
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, _CALL, make)
        yield seen
    assert len(seen) == sum(sizes), seen


def _expected(barriers: Sequence[Barrier], seen: Sequence[str]) -> Barrier:
    assert len(seen) <= len(barriers), f"more calls than were expected: {seen}"
    return barriers[len(seen) - 1]
