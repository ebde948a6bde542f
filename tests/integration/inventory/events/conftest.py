import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.aws import aws_tables
from tests.support.estate import CONFIGURATION, FIRST, SECOND, TAG, Estate, estate
from tests.support.trail import queued

THIRD = "444444444444"
_NUMBERS = itertools.count()


@pytest.fixture(name="estate", scope="module")
def _estate(on_our_tables: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Estate]:
    """Two accounts whose roles were listed once, and a third that was not. Each test has roles of its own."""
    with (
        pytest.MonkeyPatch.context() as patches,
        aws_tables(patches),
        estate(patches, tmp_path_factory.mktemp("configuration")) as running,
    ):
        running.configure(accounts={**CONFIGURATION["accounts"], "static": {key: {} for key in (FIRST, SECOND, THIRD)}})
        running.begin()
        for account in (FIRST, SECOND):
            running.sync(account)
        yield running


@dataclass(frozen=True)
class Known:
    """A role in a path, which a group of its own may use; the inventory knows it."""

    estate: Estate
    name: str
    arn: str
    group: str

    @property
    def rights(self) -> set[str]:
        return self.estate.rights(f"group:{self.group}")

    def told(self, *bodies: str) -> tuple[str, ...]:
        """Ids of the messages that must come again, a second after whatever was before."""
        self.estate.clock.advance(1)
        failed = self.estate.container().inventory.events.follow_changes.take(queued(*bodies))
        self.estate.deliver()
        return failed


@pytest.fixture
def known(estate: Estate) -> Iterator[Known]:
    name = f"app{next(_NUMBERS)}"
    arn = estate.create_role(FIRST, name, {TAG: f"engineers-{name}"}, Path="/team/")
    estate.clock.advance(1)
    estate.container().inventory.refresh.one.run(arn)
    estate.deliver()
    estate.calls.clear()
    yield Known(estate, name, arn, f"engineers-{name}")
    estate.calls.rules.clear()
