"""The time that expressions may take, and the slow way of trying one: value by value."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import regex

BUDGET = 2.0
"""Seconds that all regular expressions of one query may take together."""


class Deadline:
    """Of one query, by the processor's time: that others keep the machine busy makes no expression slow."""

    def __init__(self, seconds: float = BUDGET) -> None:
        self._end = time.thread_time() + seconds

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """What is done meanwhile is no expression's work."""
        began = time.thread_time()
        yield
        self._end += time.thread_time() - began

    @property
    def left(self) -> float:
        """Seconds; never none, because an expression's time limit must be one."""
        return max(self._end - time.thread_time(), 0.001)

    @property
    def over(self) -> bool:
        return time.thread_time() > self._end


def tried(
    cells: Iterable[tuple[int, str]],
    single: "regex.Pattern[str]",
    deadline: Deadline,
    too_slow: Callable[[], Exception],
) -> Iterator[int]:
    """The ids of the cells that have a line which fits."""
    try:
        for number, cell in cells:
            if deadline.over:
                raise too_slow()
            if any(single.search(line, timeout=deadline.left) for line in cell.split("\n")):
                yield number
    except TimeoutError as error:
        raise too_slow() from error
