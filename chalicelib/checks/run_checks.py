"""All checks at once, each in a thread of its own, and never longer than a page waits."""

import importlib
import pkgutil
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from chalicelib.checks import integrations
from chalicelib.checks.base import Check, Parts
from chalicelib.checks.models import CheckList, CheckResult
from chalicelib.core.errors import AppError
from chalicelib.core.health import Health
from chalicelib.observability import logger

SECONDS = 20
"""Of the 29 that API Gateway waits."""
_AT_ONCE = 16


class RunChecks:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def run(self) -> CheckList:
        return CheckList(checked_at=self._parts.clock.now(), checks=run_all(all_checks(self._parts)))


def all_checks(parts: Parts) -> tuple[Check, ...]:
    """Of every module of the folder, by name. Raises AttributeError for a module that offers none."""
    found: list[Check] = []
    for info in sorted(pkgutil.iter_modules(integrations.__path__), key=lambda item: item.name):
        offered: Callable[[Parts], Iterable[Check]] = importlib.import_module(
            f"{integrations.__name__}.{info.name}"
        ).checks
        found += offered(parts)
    return tuple(found)


def run_all(checks: Sequence[Check], seconds: float = SECONDS) -> tuple[CheckResult, ...]:
    """In the order of the checks. What has not answered in time is told as such, and is not waited for."""
    executor = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="check")
    try:
        began = time.monotonic()
        futures = [executor.submit(_timed, check) for check in checks]
        wait(futures, timeout=seconds)
        passed = round(1000 * (time.monotonic() - began))
        return tuple(_result(check, future, passed) for check, future in zip(checks, futures, strict=True))
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _timed(check: Check) -> tuple[Health, int]:
    began = time.monotonic()
    try:
        health = check.run()
    except AppError as error:
        health = Health.failed(error.message, check.fix)
    return health, round(1000 * (time.monotonic() - began))


def _result(check: Check, future: "Future[tuple[Health, int]]", passed: int) -> CheckResult:
    if not future.done():
        late = Health.failed(f"There was no answer within {passed // 1000} seconds.", check.fix)
        return CheckResult.of(check.name, check.title, late, passed)
    error = future.exception()
    if error is not None:
        logger.error("a check failed by itself", exc_info=error, extra={"check": check.name})
        broken = Health.failed(f"The check itself failed: {type(error).__name__}. The log says more.", check.fix)
        return CheckResult.of(check.name, check.title, broken, passed)
    health, duration = future.result()
    return CheckResult.of(check.name, check.title, health, duration)
