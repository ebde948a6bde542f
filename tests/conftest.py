"""What every test may ask for. Nothing here touches AWS or the network unless a test names it."""

from collections.abc import Iterator

import hypothesis
import pytest

from chalicelib import bootstrap, settings
from tests.support.aws import aws_tables
from tests.support.clock import FrozenClock
from tests.support.kept_files import keep_files

keep_files()
hypothesis.settings.register_profile("suite", deadline=None, max_examples=60, database=None, derandomize=True)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2_000, database=None)
hypothesis.settings.register_profile(
    "mutation",
    hypothesis.settings.get_profile("suite"),
    # mutmut runs the same test several times in one process, each time on another instance of its class.
    suppress_health_check=[hypothesis.HealthCheck.differing_executors],
)
hypothesis.settings.load_profile("suite")


_DOORS = {
    "authorisation",
    "checks",
    "contract",
    "plugins",
    "sign_in",
    "test_api.py",
    "test_page_routes.py",
    "test_rights_model.py",
}
"""Folders and files of tests that come in by a door: routes, plugins, commands, and the random story of rights."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses our tables runs on DynamoDB Local too, but for what comes in by a door of the product and so reaches the repositories
    by ways that others have tried: `make test-dynamodb` takes the tests with this marker.
    """
    for item in items:
        asked_for = "on_our_tables" in getattr(item, "fixturenames", ())
        uses = asked_for or hasattr(getattr(item, "module", None), "aws_tables")
        if uses and not _DOORS & set(item.path.parts):
            item.add_marker(pytest.mark.dynamodb)


@pytest.fixture(scope="session")
def on_our_tables() -> None:
    """Asked for by each shared fixture that opens `aws_tables`: the tests that use it are suites of our repositories."""


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="module")
def tables(on_our_tables: None) -> Iterator[None]:
    """Embedded AWS with our tables, one for all tests of the module: each test uses names of its own."""
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches):
        yield


@pytest.fixture
def own_tables(on_our_tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Embedded AWS with our tables, for this test alone."""
    with aws_tables(monkeypatch):
        yield


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a process whose environment nobody has read yet."""
    settings.load.cache_clear()
    bootstrap.container.cache_clear()
    yield
    settings.load.cache_clear()
    bootstrap.container.cache_clear()
