"""All checks at once: what is slow or broken is told as such, and delays nobody."""

import pkgutil
from threading import Barrier, Event

import pytest

from chalicelib.checks import integrations
from chalicelib.checks.base import Check, ago
from chalicelib.checks.run_checks import run_all
from chalicelib.core.errors import Upstream
from chalicelib.core.health import Health, HealthStatus


def check(name: str, run: object) -> Check:
    assert callable(run)
    return Check(name, name.title(), run, "mend it")


def test_results_come_in_the_order_of_the_checks_with_their_words() -> None:
    healths = {
        "a": Health.ok("fine"),
        "b": Health.warning("so so", "look"),
        "c": Health.failed("gone", "bring it back"),
        "d": Health.not_configured("none"),
    }
    results = run_all([check(name, lambda health=health: health) for name, health in healths.items()])
    assert [(one.name, one.title, one.status, one.cause, one.fix) for one in results] == [
        (name, name.title(), health.status, health.cause, health.fix) for name, health in healths.items()
    ]
    assert all(one.duration >= 0 for one in results)


def test_checks_run_at_the_same_time() -> None:
    together = Barrier(8, timeout=10)

    def run() -> Health:
        together.wait()
        return Health.ok("met")

    assert {one.status for one in run_all([check(f"c{number}", run) for number in range(8)])} == {HealthStatus.OK}


def test_an_error_of_ours_is_the_cause_and_the_checks_fix_is_told() -> None:
    def run() -> Health:
        raise Upstream("AWS did not answer.")

    (result,) = run_all([check("x", run)])
    assert (result.status, result.cause, result.fix) == (HealthStatus.FAILED, "AWS did not answer.", "mend it")


def test_a_check_that_breaks_is_a_failure_of_its_own_and_hides_no_other() -> None:
    def run() -> Health:
        raise ZeroDivisionError

    broken, whole = run_all([check("x", run), check("y", lambda: Health.ok("fine"))])
    assert (broken.status, whole.status) == (HealthStatus.FAILED, HealthStatus.OK)
    assert broken.cause == "The check itself failed: ZeroDivisionError. The log says more."


def test_what_does_not_answer_in_time_is_not_waited_for() -> None:
    end = Event()

    def run() -> Health:
        end.wait(30)
        return Health.ok("late")

    try:
        late, whole = run_all([check("x", run), check("y", lambda: Health.ok("fine"))], seconds=0.2)
    finally:
        end.set()
    assert (late.status, late.fix, whole.status) == (HealthStatus.FAILED, "mend it", HealthStatus.OK)
    assert late.cause == "There was no answer within 0 seconds."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a minute ago"),
        (60, "1 minute ago"),
        (7199, "1 hour ago"),
        (7200, "2 hours ago"),
        (200_000, "2 days ago"),
    ],
)
def test_times_are_told_for_people(seconds: int, words: str) -> None:
    assert ago(seconds) == words


def test_every_module_of_the_folder_offers_checks() -> None:
    import importlib

    names = [info.name for info in pkgutil.iter_modules(integrations.__path__)]
    modules = [importlib.import_module(f"{integrations.__name__}.{name}") for name in names]
    assert [module.__name__ for module in modules if not callable(getattr(module, "checks", None))] == []
    assert len(names) >= 9
