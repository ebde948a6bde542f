"""Regular expressions over many values at once: the values of a column joined by line ends, searched as one text."""

import time
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby

import regex

from chalicelib.inventory.search.patterns import Pattern, too_slow

BUDGET = 2.0
"""Seconds that all regular expressions of one query may take together."""


class Deadline:
    """Of one query."""

    def __init__(self, seconds: float = BUDGET) -> None:
        self._end = time.monotonic() + seconds

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """What is done meanwhile is no expression's work."""
        began = time.monotonic()
        yield
        self._end += time.monotonic() - began

    @property
    def left(self) -> float:
        """Seconds; never none, because an expression's time limit must be one."""
        return max(self._end - time.monotonic(), 0.001)


class Joined:
    """The values of one column, with the id of each. Of a value with several lines (tags) each line is tried by itself."""

    def __init__(self, rows: Iterable[tuple[int, str]]) -> None:
        self._ids = array("q")
        self._starts = array("q")
        values: list[str] = []
        start = 0
        for number, value in rows:
            for line in value.split("\n"):
                self._ids.append(number)
                self._starts.append(start)
                values.append(line)
                start += len(line) + 1
        self._text = "\n".join(values)

    def matching(self, pattern: Pattern, column: str, deadline: Deadline) -> Iterator[int]:
        """Ids in the order of the rows. Raises InvalidInput for an expression that takes too long."""
        if not self._ids:
            return
        joined = pattern.joined
        fitting = self._searched(joined, deadline) if joined is not None else self._tried(pattern.single, deadline)
        try:
            yield from (number for number, _ in groupby(fitting))
        except TimeoutError as error:
            raise too_slow(column) from error

    def _searched(self, joined: "regex.Pattern[str]", deadline: Deadline) -> Iterator[int]:
        """A row counts once, and no match reaches over its end."""
        starts, ids = self._starts, self._ids
        end = row = 0
        last = len(ids) - 1
        for found in joined.finditer(self._text, timeout=deadline.left):
            place = found.start()
            if place < end:
                continue
            row = bisect_right(starts, place, row) - 1
            yield ids[row]
            if row == last:
                return
            end = starts[row + 1]

    def _tried(self, single: "regex.Pattern[str]", deadline: Deadline) -> Iterator[int]:
        for number, value in zip(self._ids, self._text.split("\n"), strict=True):
            if single.search(value, timeout=deadline.left):
                yield number
