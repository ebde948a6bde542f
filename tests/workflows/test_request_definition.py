"""The request as a state machine: what holds for it beyond what every workflow must say, in every version that may still run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.requests.gate import FUNCTION_TIMEOUT, LEASE_SECONDS
from chalicelib.requests.models import RequestsConfig
from chalicelib.requests.revert_change import REVERT_TIMEOUT
from chalicelib.requests.states import DueKind
from chalicelib.requests.step_results import Finished, Plan, Step
from infra.local.declared import load
from infra.local.options import ROOT
from tests.support.request_world import ADA, EVE, body, document, wish, world

NOW = ROOT / "step_functions" / "request.asl.json"
REVOKE = ROOT / "step_functions" / "revoke.asl.json"
RELEASED = sorted((ROOT / "step_functions" / "released").glob("request.*.asl.json"))
REVOKE_RELEASED = sorted((ROOT / "step_functions" / "released").glob("revoke.*.asl.json"))
every_file = pytest.mark.parametrize("file", [NOW, *RELEASED, REVOKE, *REVOKE_RELEASED], ids=lambda file: file.name)
every_version = pytest.mark.parametrize("file", [NOW, *RELEASED], ids=lambda file: file.name)


def states(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["States"]
    return found


def function_of(task: dict[str, Any]) -> str:
    name = task.get("Parameters", {}).get("FunctionName", task["Resource"])
    words = re.findall(r"[A-Z][a-z]+", name.removeprefix("${").removesuffix("Arn}"))
    return "_".join(words).lower()


def tasks(file: Path) -> dict[str, dict[str, Any]]:
    inner = [state["ItemProcessor"]["States"] for state in states(file).values() if state["Type"] == "Map"]
    every = {name: state for some in (states(file), *inner) for name, state in some.items()}
    return {name: state for name, state in every.items() if state["Type"] == "Task"}


def test_the_version_that_is_deployed_is_kept_as_the_newest_released_one() -> None:
    assert RELEASED
    assert json.loads(RELEASED[-1].read_text(encoding="utf-8")) == json.loads(NOW.read_text(encoding="utf-8"))
    assert json.loads(REVOKE_RELEASED[-1].read_text(encoding="utf-8")) == json.loads(REVOKE.read_text(encoding="utf-8"))


@every_file
def test_the_functions_that_it_names_exist(file: Path) -> None:
    assert {function_of(task) for task in tasks(file).values()} <= set(load(ROOT).functions)


@every_file
def test_a_task_waits_longer_than_its_function_may_run(file: Path) -> None:
    functions = load(ROOT).functions
    for task in tasks(file).values():
        assert task["TimeoutSeconds"] > functions[function_of(task)].timeout


def test_the_gate_counts_with_the_time_that_the_function_is_given() -> None:
    assert load(ROOT).functions["apply_change"].timeout == FUNCTION_TIMEOUT
    assert load(ROOT).functions["revert_change"].timeout == REVERT_TIMEOUT


@every_version
def test_it_waits_longer_for_a_decision_than_a_request_may_stay_undecided(file: Path) -> None:
    wait = states(file)["AwaitDecision"]
    assert wait["TimeoutSeconds"] > RequestsConfig().decide_within_days * 86_400
    assert "States.Timeout" not in wait["Retry"][0]["ErrorEquals"], "the end of the wait is no failure"


@every_file
def test_one_change_follows_the_other_and_none_stops_the_next(file: Path) -> None:
    maps = [state for state in states(file).values() if state["Type"] == "Map"]
    assert maps
    for changes in maps:
        assert changes["MaxConcurrency"] == 1
        processor = changes["ItemProcessor"]
        (caught,) = processor["States"][processor["StartAt"]]["Catch"]
        assert caught["ErrorEquals"] == ["States.ALL"]
        assert processor["States"][caught["Next"]]["Type"] == "Pass"


@every_version
def test_a_change_is_tried_until_the_lease_of_a_worker_that_died_has_run_out(file: Path) -> None:
    (retry,) = states(file)["ApplyChanges"]["ItemProcessor"]["States"]["ApplyChange"]["Retry"]
    waits = [
        min(retry["IntervalSeconds"] * retry["BackoffRate"] ** attempt, retry["MaxDelaySeconds"])
        for attempt in range(retry["MaxAttempts"])
    ]
    assert sum(waits) / 2 > LEASE_SECONDS, "with full jitter a wait is half as long on the average"


@every_file
def test_it_carries_only_ids(file: Path) -> None:
    for name, task in tasks(file).items():
        given = task.get("Parameters", {})
        payload = given.get("Payload", given)
        assert set(payload) <= {"request_id.$", "execution.$", "token.$"}, name
    for state in states(file).values():
        if state["Type"] == "Map":
            assert set(state["ItemSelector"]) == {"request_id.$", "change_id.$"}
    assert set(Plan.model_fields) == {"request_id", "step", "change_ids"}
    assert set(Finished.model_fields) == {"request_id", "state", "step", "change_ids"}


def test_what_must_be_taken_back_leads_there_and_what_need_not_does_not() -> None:
    choice = states(NOW)["WhatFollows"]
    assert [one["StringEquals"] for one in choice["Choices"]] == [Step.COMPENSATE.value]
    assert choice["Default"] == "Done"
    assert Finished(request_id="x", state="applied").step is Step.FINISH


@every_version
def test_every_step_that_a_plan_may_name_leads_somewhere(file: Path) -> None:
    first, second = states(file)["WhereItIs"], states(file)["WhatWasDecided"]
    assert {choice["StringEquals"] for choice in first["Choices"]} == {Step.AWAIT.value, Step.APPLY.value}
    assert {choice["StringEquals"] for choice in second["Choices"]} == {Step.APPLY.value}
    assert first["Default"] == second["Default"] == "FinishRequest"


@every_version
def test_it_runs_with_todays_functions(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with world(monkeypatch, tmp_path, file) as shop:
        approved, rejected = shop.requested(EVE), shop.requested(EVE)
        shop.order(ADA, approved, "approve_request")
        shop.order(ADA, rejected, "reject_request")
        shop.workflows.run()
        assert (shop.state(approved), shop.state(rejected)) == ("applied", "rejected")
        assert shop.policies() == {"export": document()}
        assert {one.status for one in shop.workflows.executions.values()} == {"SUCCEEDED"}
        both = body(wish(name="one"), wish(name="two"), on_failure="rollback")
        taken_back = shop.requested(EVE, both)
        shop.put_policy("two", document("s3:DeleteObject"))
        shop.order(ADA, taken_back, "approve_request")
        shop.workflows.run()
        if "CompensateChanges" in states(file):
            assert (shop.state(taken_back), set(shop.policies())) == ("needs_rebase", {"export", "two"})
        else:
            head = shop.find(taken_back).head
            assert (head.state, head.due_kind) == ("applying", DueKind.WATCH), "the next execution knows how"


@pytest.mark.parametrize("file", [REVOKE, *REVOKE_RELEASED], ids=lambda file: file.name)
def test_it_takes_back_with_todays_functions(file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with world(monkeypatch, tmp_path, revoke=file) as shop:
        until = shop.clock.now() + 3600
        request_id = shop.requested(EVE, body(wish(until=until)))
        shop.order(ADA, request_id, "approve_request")
        shop.workflows.run()
        shop.tick(3600)
        assert (shop.state(request_id), shop.policies()) == ("ended", {})
        assert {one.status for one in shop.workflows.executions.values()} == {"SUCCEEDED"}
