from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.configuration_world import ConfigurationWorld, configuration_world


@pytest.fixture
def world(tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[ConfigurationWorld]:
    with configuration_world(monkeypatch, tmp_path) as running:
        yield running
