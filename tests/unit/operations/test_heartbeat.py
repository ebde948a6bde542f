"""What the heartbeat measures: what runs, what fails, what never ran."""

import io
from collections.abc import Iterable
from contextlib import redirect_stdout

import pytest

from chalicelib.accounts.facts import AccountFacts, SpokeHealth
from chalicelib.accounts.facts_store import FactsStore
from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.errors import Upstream
from chalicelib.core.hooks import MetricSample, PluginJob
from chalicelib.core.tasks import late_after
from chalicelib.db.jobs import Jobs
from chalicelib.db.scopes import Scopes
from chalicelib.inventory.registry import resource_types
from chalicelib.inventory.resource_type import HOUR
from chalicelib.operations.heartbeat import Heartbeat
from chalicelib.operations.kinds import kinds_of
from chalicelib.operations.models import HeartbeatReport
from chalicelib.operations.tell import TellOperations
from tests.support.calls import watched
from tests.support.clock import START, FrozenClock

JOB = "plugin/acme/tidy"
FINE, LOST, NEW = "111111111111", "222222222222", "333333333333"


class World:
    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.jobs = Jobs(clock)
        self.told: dict[tuple[str, str], float] = {}
        kinds = kinds_of([resource_types()["iam_role"]], ("us-east-1",))
        tell = TellOperations(
            jobs=self.jobs,
            plugin_jobs=lambda: {JOB: PluginJob("tidy", 60, lambda _: None)},
            kinds=lambda: kinds,
            accounts=AccountStore(),
            facts=FactsStore(),
            scopes=Scopes(),
            clock=clock,
        )
        self._heartbeat = Heartbeat(tell=tell, measure=self._measure, clock=clock)

    def _measure(self, sample: MetricSample) -> None:
        self.told[sample.name, ",".join(sample.dimensions.values())] = sample.value

    def beat(self) -> HeartbeatReport:
        self.told.clear()
        with redirect_stdout(io.StringIO()):
            return self._heartbeat.run()

    def since(self, task: str) -> float:
        return self.told["SecondsSinceLastSuccess", task]

    def accounts(self, names: Iterable[str]) -> None:
        for name in names:
            AccountStore().put(Account(account_id=name, name=""), self.clock.now())


@pytest.fixture
def world(own_tables: None, clock: FrozenClock) -> World:
    return World(clock)


def test_what_never_ran_is_measured_from_the_first_heartbeat_on_and_then_late(world: World) -> None:
    assert world.beat().late == 0
    assert (world.since("due"), world.since(JOB)) == (0, 0)
    world.clock.advance(late_after(60) + 1)
    assert world.beat().late >= 1
    assert world.since("due") == late_after(60) + 1
    assert world.since(JOB) == late_after(60) + 1


def test_a_success_counts_and_a_failure_does_not(world: World) -> None:
    with world.jobs.recorded("due"):
        pass
    world.clock.advance(100)
    with pytest.raises(Upstream), world.jobs.recorded("due"):
        raise Upstream("no")
    world.beat()
    assert world.since("due") == 100


def test_the_oldest_scope_is_measured_an_account_that_was_lost_counts_and_one_that_is_new_does_not(
    world: World,
) -> None:
    world.accounts([FINE, LOST, NEW])
    for account_id in (LOST, NEW):
        FactsStore().put(
            AccountFacts(account_id=account_id, spoke=SpokeHealth.MISSING, entered=False, checked_at=START)
        )
    Scopes().succeeded("iam_role", LOST, START)
    world.clock.advance(3 * HOUR)
    Scopes().succeeded("iam_role", FINE, world.clock.now())
    report = world.beat()
    assert world.told["MaxStaleness", "iam_role"] == 3 * HOUR
    assert (report.stale, report.unreached, report.scopes) == (1, 1, 3)
    assert (world.told["StaleScopes", ""], world.told["AccountsUnreached", ""]) == (1, 1)


def test_accounts_that_can_not_be_read_leave_the_tasks_measured_and_fail_the_heartbeat(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(monkeypatch) as calls:
        calls.refuse("Query", "AccessDeniedException", after=1)
        with pytest.raises(Upstream):
            world.beat()
    assert {name for name, _ in world.told} == {"SecondsSinceLastSuccess"}
    world.beat()
    assert ("MaxStaleness", "iam_role") in world.told
