from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.estate import Estate, estate


@pytest.fixture(name="estate")
def _estate(own_tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Estate]:
    with estate(monkeypatch, tmp_path) as running:
        yield running
