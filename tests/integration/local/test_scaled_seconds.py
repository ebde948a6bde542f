import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.options import ROOT
from infra.local.states import scaled

DEFINITION: dict[str, Any] = {
    "Comment": "TimeoutSeconds of 100",
    "TimeoutSeconds": 1000,
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": 500, "Next": "Until"},
        "Until": {"Type": "Wait", "SecondsPath": "$.Seconds", "Next": "Work"},
        "Work": {
            "Type": "Task",
            "Resource": "arn",
            "TimeoutSeconds": 300,
            "HeartbeatSeconds": 50,
            "Parameters": {"TimeoutSeconds": 300, "Seconds": 60},
            "Retry": [
                {
                    "ErrorEquals": ["A"],
                    "IntervalSeconds": 2,
                    "MaxDelaySeconds": 60,
                    "MaxAttempts": 100,
                    "BackoffRate": 2.0,
                }
            ],
            "Next": "Map",
        },
        "Map": {
            "Type": "Map",
            "MaxConcurrency": 100,
            "ToleratedFailurePercentage": 100.0,
            "ItemProcessor": {"StartAt": "In", "States": {"In": {"Type": "Wait", "Seconds": 200, "End": True}}},
            "Next": "Both",
        },
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {
                    "StartAt": "B",
                    "States": {"B": {"Type": "Task", "Resource": "arn", "TimeoutSeconds": 200, "End": True}},
                }
            ],
            "Next": "Old",
        },
        "Old": {
            "Type": "Map",
            "Iterator": {"StartAt": "I", "States": {"I": {"Type": "Pass", "Result": {"Seconds": 7}, "End": True}}},
            "TimeoutSecondsPath": "$.x",
            "End": True,
        },
    },
}
SECONDS = {"TimeoutSeconds", "HeartbeatSeconds", "IntervalSeconds", "MaxDelaySeconds", "Seconds"}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    if isinstance(value, dict):
        return {key: leaf for name, inner in value.items() for key, leaf in leaves(inner, (*path, name)).items()}
    if isinstance(value, list):
        return {key: leaf for index, inner in enumerate(value) for key, leaf in leaves(inner, (*path, index)).items()}
    return {path: value}


def test_seconds_of_states_and_retries_are_divided_and_nothing_else_changes() -> None:
    before, after = leaves(DEFINITION), leaves(json.loads(scaled(json.dumps(DEFINITION), 100)))
    assert before.keys() == after.keys()
    changed = {path: after[path] for path in before if before[path] != after[path]}
    assert changed == {
        ("TimeoutSeconds",): 10,
        ("States", "Wait", "Seconds"): 5,
        ("States", "Work", "TimeoutSeconds"): 3,
        ("States", "Work", "HeartbeatSeconds"): 1,
        ("States", "Work", "Retry", 0, "IntervalSeconds"): 1,
        ("States", "Work", "Retry", 0, "MaxDelaySeconds"): 1,
        ("States", "Map", "ItemProcessor", "States", "In", "Seconds"): 2,
        ("States", "Both", "Branches", 0, "States", "B", "TimeoutSeconds"): 2,
    }
    assert {path[-1] for path in changed} == SECONDS


def test_by_one_the_file_is_used_as_it_is() -> None:
    text = "  " + json.dumps(DEFINITION)
    assert scaled(text, 1) is text


@pytest.mark.parametrize("file", sorted((ROOT / "step_functions").glob("**/*.asl.json")), ids=lambda file: file.name)
def test_of_the_files_that_are_deployed_only_seconds_change(file: Path) -> None:
    text = file.read_text()
    before, after = leaves(json.loads(text)), leaves(json.loads(scaled(text, 7)))
    assert before.keys() == after.keys()
    changed = [path for path in before if before[path] != after[path]]
    assert changed
    assert {path[-1] for path in changed} <= SECONDS
    assert all(path[-2:-1] != ("Parameters",) and "Payload" not in path for path in changed)
