from collections.abc import Iterator

import pytest

from tests.support.spoke_readers import Spokes, spokes


@pytest.fixture(scope="module", name="cloud")
def _cloud() -> Iterator[Spokes]:
    with spokes() as running:
        yield running
