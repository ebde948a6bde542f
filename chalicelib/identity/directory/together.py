"""Much to do that has nothing to do with each other: a few at a time, and what fails stops nothing else."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from chalicelib.core.errors import AppError, Upstream
from chalicelib.observability import logger

WORKERS = 8
"""At a time: each waits for tables most of its time."""


class Work(Protocol):
    def __call__(self) -> None: ...


def all_done(works: Iterable[tuple[str, Work]], workers: int = WORKERS) -> None:
    """Each with the name of whom it is about; begun in their order. Raises Upstream, at the end, when some failed."""
    if workers == 1:
        outcomes = list(map(_attempted, works))
    else:
        with ThreadPoolExecutor(workers) as threads:
            outcomes = list(threads.map(_attempted, works))
    failures = [error for error in outcomes if error is not None]
    if failures:
        raise Upstream(
            f"{len(failures)} of {len(outcomes)} changes were not carried out, the first because: {failures[0].message}",
            reason="not_carried_out",
        ) from failures[0]


def _attempted(about_and_work: tuple[str, Work]) -> AppError | None:
    about, work = about_and_work
    try:
        work()
    except AppError as error:
        logger.error("a word of the directory was not carried out", extra={"about": about, "cause": error.message})
        return error
    return None
