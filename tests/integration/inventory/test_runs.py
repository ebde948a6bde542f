"""A run from its start to its record: one at a time, nothing hidden, and repeated steps change nothing."""

from typing import Any, Literal

import pytest

from chalicelib.core.errors import AppError, InvalidInput, Misconfigured, Upstream
from chalicelib.inventory.refresh.models import Failure, StepResult
from chalicelib.inventory.refresh.tell import ToldRun
from tests.support.builders import caller
from tests.support.calls import Crash
from tests.support.estate import FIRST, SECOND, TAG, Estate

HOUR = 3600


class Machine:
    """Step Functions as far as a start goes: what was started, by name."""

    def __init__(self, estate: Estate) -> None:
        self.started: dict[str, Any] = {}
        self.calls = 0
        self.crashing: Literal["before", "after"] | None = None
        estate.calls.on("StartExecution", self._start)

    def _start(self, parameters: dict[str, Any], _: object) -> dict[str, Any]:
        self.calls += 1
        crashing, self.crashing = self.crashing, None
        if crashing != "before":
            self.started.setdefault(parameters["name"], parameters["input"])
        if crashing:
            raise Crash
        return {"executionArn": f"arn:aws:states:::execution:refresh:{parameters['name']}"}


@pytest.fixture
def machine(estate: Estate) -> Machine:
    return Machine(estate)


def start(estate: Estate) -> str:
    estate.clock.advance(1)
    run_id: str = estate.container().inventory.refresh.start.all_accounts()
    return run_id


def finish(estate: Estate, run_id: str, *results: StepResult, failure: Failure | None = None) -> Any:
    summary = estate.container().inventory.refresh.finish.run(run_id, results, failure)
    estate.deliver()
    return summary


def told(estate: Estate) -> ToldRun:
    return estate.container().inventory.refresh.tell.latest()[0]


def test_a_refresh_that_is_under_way_is_not_started_twice(estate: Estate, machine: Machine) -> None:
    first = start(estate)
    estate.begin(first)
    estate.clock.advance(HOUR)
    assert start(estate) == first
    assert (list(machine.started), machine.calls) == ([first], 1)


def test_one_that_ended_makes_room_for_the_next(estate: Estate, machine: Machine) -> None:
    first = start(estate)
    estate.begin(first)
    finish(estate, first)
    second = start(estate)
    assert (second != first, len(machine.started)) == (True, 2)


def test_one_that_has_not_ended_after_two_hours_no_longer_keeps_the_next_from_starting(
    estate: Estate, machine: Machine
) -> None:
    first = start(estate)
    estate.begin(first)
    estate.clock.advance(2 * HOUR)
    assert start(estate) != first
    assert told(estate).run.status == "abandoned"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_start_that_was_lost_is_made_up_for_under_the_same_name(
    estate: Estate, machine: Machine, moment: Literal["before", "after"]
) -> None:
    machine.crashing = moment
    with pytest.raises(Crash):
        start(estate)
    estate.crash()
    run_id = start(estate)
    assert list(machine.started) == [run_id]
    estate.begin(run_id)
    assert start(estate) == run_id
    assert machine.calls == 2


def test_two_schedules_at_once_start_one_refresh(estate: Estate, machine: Machine) -> None:
    def meanwhile(_: object, answer: Any) -> dict[str, Any]:
        del estate.calls.rules["PutItem"]
        other.append(start(estate))
        said: dict[str, Any] = answer()
        return said

    other: list[str] = []
    estate.calls.on("PutItem", meanwhile)
    assert start(estate) == other[0]
    assert list(machine.started) == other


def test_an_administrator_starts_one_of_chosen_accounts_beside_another_and_it_is_recorded(
    estate: Estate, machine: Machine
) -> None:
    full = start(estate)
    estate.begin(full)
    run_id = estate.container().inventory.refresh.start.asked_for(caller(), [SECOND, FIRST, FIRST])
    assert machine.started[run_id] == f'{{"run_id": "{run_id}", "accounts": ["{FIRST}", "{SECOND}"]}}'
    (entry,) = estate.container().audit.of_target("inventory")
    assert (entry.entry.action, entry.entry.person) == ("inventory.refresh", "user:ada@example.com")


def test_the_schedule_asks_for_what_is_due_and_an_administrator_for_everything_or_single_types(
    estate: Estate, machine: Machine
) -> None:
    due = start(estate)
    assert machine.started[due] == f'{{"run_id": "{due}", "accounts": null, "due_only": true}}'
    estate.begin(due)
    asking = estate.container().inventory.refresh.start
    run_id = asking.asked_for(caller(), [FIRST], ["iam_role", "iam_role"])
    assert machine.started[run_id] == f'{{"run_id": "{run_id}", "accounts": ["{FIRST}"], "types": ["iam_role"]}}'
    with pytest.raises(InvalidInput, match=r"cheese.*Listed are: iam_role"):
        asking.asked_for(caller(), [FIRST], ["cheese"])


def test_a_type_that_the_configuration_names_and_nobody_knows_is_refused_with_those_that_are(estate: Estate) -> None:
    estate.configure(inventory={"types": ["iam_role", "cheese"]})
    with pytest.raises(Misconfigured, match=r"names cheese\. Known are: .*iam_role"):
        _ = estate.container().inventory.refresh.kinds


def test_an_administrator_who_asks_for_all_gets_the_one_under_way(estate: Estate, machine: Machine) -> None:
    full = start(estate)
    estate.begin(full)
    assert estate.container().inventory.refresh.start.asked_for(caller(), None) == full


@pytest.mark.parametrize("asked", [[], ["999999999999"], [FIRST, "999999999999"]])
def test_accounts_that_nobody_knows_are_refused_before_anything_starts(
    estate: Estate, machine: Machine, asked: list[str]
) -> None:
    estate.begin()
    with pytest.raises(InvalidInput, match=r"999999999999|at least one"):
        estate.container().inventory.refresh.start.asked_for(caller(), asked)
    assert machine.calls == 0


def test_what_cannot_be_recorded_is_not_started(estate: Estate, machine: Machine) -> None:
    estate.begin()
    estate.calls.refuse("PutItem", "InternalServerError")
    with pytest.raises(AppError):
        estate.container().inventory.refresh.start.asked_for(caller(), [FIRST])
    assert machine.calls == 0


def test_the_accounts_that_were_asked_for_are_visited_without_asking_the_sources(estate: Estate) -> None:
    estate.begin()
    estate.configure(accounts={"sources": ["organizations"]})
    estate.calls.clear()
    assert [item.account_id for item in estate.begin("second", [SECOND]).accounts] == [SECOND]
    assert "ListAccounts" not in estate.calls.counted()


def test_a_run_tells_each_account_while_it_goes_and_when_it_ended(estate: Estate) -> None:
    estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.begin("run")
    waiting = told(estate)
    assert (waiting.run.status, waiting.run.finished_at) == ("running", None)
    assert {key: outcome.status for key, outcome in waiting.outcomes.items()} == {FIRST: "running", SECOND: "running"}
    estate.sync(FIRST, "run")
    assert told(estate).outcomes[FIRST].status == "succeeded"
    estate.sync(SECOND, "run")
    summary = finish(estate, "run", StepResult(account_id=FIRST), StepResult(account_id=SECOND))
    assert (summary.status, summary.succeeded, summary.failed) == ("succeeded", 2, 0)
    ended = told(estate)
    assert (ended.run.status, ended.run.finished_at) == ("succeeded", estate.clock.now())
    assert ended.outcomes[FIRST].roles == 1


def test_only_accounts_that_succeeded_become_fresh(estate: Estate) -> None:
    estate.begin("run")
    outcome = estate.sync(FIRST, "run")
    finish(estate, "run", StepResult(account_id=FIRST), StepResult(account_id=SECOND, error="Sandbox.Timedout"))
    fresh = estate.container().access.store.accounts()
    assert {key: (seen.name, seen.synced_at) for key, seen in fresh.items()} == {
        FIRST: ("payments-prod", outcome.observed_at)
    }


def test_an_account_whose_function_died_is_spoken_for(estate: Estate) -> None:
    estate.begin("run")
    estate.sync(FIRST, "run")
    summary = finish(
        estate, "run", StepResult(account_id=FIRST), StepResult(account_id=SECOND, error="Sandbox.Timedout")
    )
    assert (summary.status, summary.failed) == ("partial", 1)
    outcome = told(estate).outcomes[SECOND]
    assert outcome.status == "failed"
    assert "Sandbox.Timedout" in (outcome.error or "")
    health = {one.account.account_id: one for one in estate.container().inventory.refresh.tell.accounts()}[SECOND]
    assert health.state is not None
    assert "Sandbox.Timedout" in (health.state.error or "")


def test_a_reason_that_the_visit_told_is_kept(estate: Estate) -> None:
    estate.begin("run")
    estate.calls.refuse("ListRoles", "AccessDenied")
    with pytest.raises(AppError):
        estate.sync(FIRST, "run")
    finish(estate, "run", StepResult(account_id=FIRST, error="AccessDeniedByAws"))
    assert "as the test wants it" in (told(estate).outcomes[FIRST].error or "")


def test_a_run_that_could_not_list_is_closed_with_the_reason(estate: Estate) -> None:
    failure = Failure(Error="Upstream", Cause='{"errorType": "Upstream", "errorMessage": "No account was found"}')
    summary = finish(estate, "run", failure=failure)
    assert (summary.status, told(estate).run.error) == ("failed", "Upstream: No account was found")


@pytest.mark.parametrize("cause", [None, "plain words", "[1]", '{"other": 1}'])
def test_a_failure_is_told_whatever_its_cause_looks_like(estate: Estate, cause: str | None) -> None:
    finish(estate, "run", failure=Failure(Error="States.Timeout", Cause=cause))
    assert (told(estate).run.error or "").startswith("States.Timeout: ")


def test_a_run_in_which_every_account_failed_has_failed(estate: Estate) -> None:
    estate.begin("run")
    assert finish(estate, "run").status == "failed"
    assert estate.container().access.store.accounts() == {}


def test_the_last_step_may_be_repeated(estate: Estate) -> None:
    estate.begin("run")
    estate.sync(FIRST, "run")
    estate.sync(SECOND, "run")
    first = finish(estate, "run")
    before = told(estate)
    estate.clock.advance(60)
    assert finish(estate, "run") == first
    assert told(estate) == before


@pytest.mark.parametrize("operation", ["GetItem", "Query", "SendMessageBatch", "PutItem"])
def test_a_crash_in_the_last_step_is_healed_by_its_repetition(estate: Estate, operation: str) -> None:
    estate.begin("run")
    estate.sync(FIRST, "run")
    estate.sync(SECOND, "run")
    estate.calls.crash(operation, after=True)
    with pytest.raises(Crash):
        finish(estate, "run")
    estate.crash()
    assert finish(estate, "run").status == "succeeded"
    assert set(estate.container().access.store.accounts()) == {FIRST, SECOND}
    assert told(estate).run.finished_at is not None


def test_the_first_step_may_be_repeated_until_the_run_has_ended(estate: Estate) -> None:
    assert estate.begin("run") == estate.begin("run")
    finish(estate, "run")
    with pytest.raises(AppError):
        estate.begin("run")


def test_a_directory_without_accounts_to_visit_is_an_error(estate: Estate) -> None:
    estate.configure(accounts={"sources": ["static"]})
    with pytest.raises(Upstream, match="No account was found"):
        estate.begin("run")


def test_the_last_ten_runs_are_told_newest_first(estate: Estate) -> None:
    for number in range(12):
        estate.begin(f"run-{number:02d}")
    runs = estate.container().inventory.refresh.tell.latest()
    assert [one.run.run_id for one in runs] == [f"run-{number:02d}" for number in range(11, 1, -1)]


def test_rows_of_a_run_are_forgotten_after_two_weeks(estate: Estate) -> None:
    estate.begin("run")
    estate.sync(FIRST, "run")
    table = estate.settings.table_prefix + "jobs"
    ends = [
        row["Item"]["expires_at"]["N"] for row in estate.calls.writes_to(table) if "expires_at" in row.get("Item", {})
    ]
    assert len(ends) == 2
    assert all(13 * 86_400 < int(end) - estate.clock.now() <= 14 * 86_400 for end in ends)
