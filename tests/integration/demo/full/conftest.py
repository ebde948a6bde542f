"""The full demo, written once for all the tests of this folder, which only read."""

from collections.abc import Iterator

import pytest

from tests.integration.demo.conftest import demo
from tests.integration.demo.reading import Written


@pytest.fixture(scope="package")
def full() -> Iterator[Written]:
    with demo("full") as written:
        yield written
