"""The refresh as a state machine: what holds for it beyond what every workflow must say."""

import json
import re
from typing import Any

from infra.local.declared import load
from infra.local.options import ROOT

NOW = ROOT / "step_functions" / "refresh.asl.json"
RELEASED = sorted((ROOT / "step_functions" / "released").glob("refresh.*.asl.json"))
DEFINITION: dict[str, Any] = json.loads(NOW.read_text(encoding="utf-8"))
VISITS: dict[str, Any] = DEFINITION["States"]["VisitAccounts"]
VISIT: dict[str, Any] = VISITS["ItemProcessor"]["States"]


def test_the_version_that_is_deployed_is_kept_as_the_newest_released_one() -> None:
    assert json.loads(RELEASED[-1].read_text(encoding="utf-8")) == DEFINITION


def test_a_visit_goes_on_while_there_is_more() -> None:
    assert VISIT["SyncAccount"]["Next"] == "IsThereMore"
    (choice,) = VISIT["IsThereMore"]["Choices"]
    assert choice == {"Variable": "$.visit.more", "BooleanEquals": True, "Next": "SyncAccount"}


def test_a_task_waits_longer_than_its_function_may_run() -> None:
    functions = load(ROOT).functions
    tasks = [DEFINITION["States"]["ListAccounts"], DEFINITION["States"]["FinishRefresh"], VISIT["SyncAccount"]]
    for task in tasks:
        words = re.findall(r"[A-Z][a-z]+", task["Resource"].removeprefix("${").removesuffix("Arn}"))
        assert task["TimeoutSeconds"] > functions["_".join(words).lower()].timeout


def test_accounts_are_visited_side_by_side_and_none_of_them_stops_the_others() -> None:
    assert 20 <= VISITS["MaxConcurrency"] <= 40
    assert VISITS["ToleratedFailurePercentage"] == 100.0


def test_what_passes_by_itself_is_tried_again_everywhere() -> None:
    for task in (DEFINITION["States"]["ListAccounts"], DEFINITION["States"]["FinishRefresh"], VISIT["SyncAccount"]):
        assert {"Throttled", "Conflict"} <= set(task["Retry"][0]["ErrorEquals"])


def test_the_map_carries_only_ids_and_names_of_errors() -> None:
    assert set(VISITS["ItemSelector"]) == {"run_id.$", "account_id.$"}
    assert set(VISIT["NotSynced"]["Parameters"]) == {"account_id.$", "error.$"}
