"""Many people at the same moment, each in a thread of their own."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Lock
from typing import Any

from chalicelib.core.errors import AppError
from tests.support.request_world import World


@contextmanager
def one_call_at_a_time(shop: World) -> Iterator[None]:
    """The embedded database is written for one caller at a time; DynamoDB does this for each item."""
    turn, cross = Lock(), shop.boundary.cross

    def in_turn(name: str, call: Any) -> Any:
        with turn:
            return cross(name, call)

    shop.boundary.cross = in_turn  # type: ignore[method-assign]
    try:
        yield
    finally:
        del shop.boundary.cross


def at_once(shop: World, deeds: Sequence[Callable[[], object]]) -> list[str]:
    """What each is told: `done`, or the error."""
    start = Barrier(len(deeds))

    def tried(deed: Callable[[], object]) -> str:
        start.wait()
        try:
            deed()
        except AppError as error:
            return f"{type(error).__name__}: {error.message}"
        return "done"

    with one_call_at_a_time(shop), ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(tried, deeds))
