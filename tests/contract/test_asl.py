"""What every workflow file must say, whatever it does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core import errors
from chalicelib.core.errors import AppError
from tests.support.application import functions
from tests.support.tree import ROOT, relative

FILES = sorted((ROOT / "step_functions").rglob("*.asl.json"))
_SUBSTITUTION = re.compile(r"\$\{(\w+)\}")
_KNOWN_PREFIXES = ("States.", "Lambda.", "Runtime.", "Sandbox.")
OURS = {kind.__name__ for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AppError)}


def machine(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / name).read_text(encoding="utf-8"))
    return found


def states_of(definition: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All states, those of maps and branches too."""
    for name, state in definition["States"].items():
        yield name, state
        for inner in (
            *(state[key] for key in ("ItemProcessor", "Iterator") if key in state),
            *state.get("Branches", []),
        ):
            yield from states_of(inner)


def tasks_of(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(label, state) for label, state in states_of(machine(name)) if state["Type"] == "Task"]


def camel_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def test_there_are_workflows() -> None:
    assert {path.name for path in FILES} >= {"refresh.asl.json", "request.asl.json"}


every_file = pytest.mark.parametrize("name", [relative(path) for path in FILES])


@every_file
def test_every_task_ends_in_time_is_tried_again_and_its_failure_is_caught(name: str) -> None:
    lacking = [
        (label, key)
        for label, state in tasks_of(name)
        for key, present in {
            "TimeoutSeconds": "TimeoutSeconds" in state or "TimeoutSecondsPath" in state,
            "Retry": bool(state.get("Retry")),
            "Catch": bool(state.get("Catch")),
        }.items()
        if not present
    ]
    assert lacking == []


@every_file
def test_tries_are_spread_so_that_many_do_not_come_back_at_once(name: str) -> None:
    crowding = [
        (label, retry["ErrorEquals"])
        for label, state in tasks_of(name)
        for retry in state.get("Retry", [])
        if retry.get("MaxAttempts") != 0 and (retry.get("JitterStrategy") != "FULL" or "MaxDelaySeconds" not in retry)
    ]
    assert crowding == []


@every_file
def test_every_failure_that_nobody_named_is_caught_too(name: str) -> None:
    for label, state in tasks_of(name):
        assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"], label


@every_file
def test_what_is_filled_in_is_a_function_of_the_application(name: str) -> None:
    known = {f"{camel_case(function)}Arn" for function in functions()}
    found = set(_SUBSTITUTION.findall((ROOT / name).read_text(encoding="utf-8")))
    assert found - known == set()
    assert found


@every_file
def test_every_error_that_is_named_exists(name: str) -> None:
    named = {
        error
        for _, state in states_of(machine(name))
        for rule in (*state.get("Retry", []), *state.get("Catch", []))
        for error in rule["ErrorEquals"]
        if not error.startswith(_KNOWN_PREFIXES)
    }
    assert named - OURS == set()


@every_file
def test_every_state_is_reached_and_every_way_leads_somewhere(name: str) -> None:
    def check(definition: dict[str, Any]) -> None:
        reached = {definition["StartAt"]}
        for state in definition["States"].values():
            choices = (*state.get("Choices", []), *state.get("Catch", []), state)
            reached |= {choice["Next"] for choice in choices if "Next" in choice} | {
                state.get("Default", definition["StartAt"])
            }
            for key in ("ItemProcessor", "Iterator"):
                if key in state:
                    check(state[key])
        assert reached == set(definition["States"])

    check(machine(name))


@every_file
def test_the_dialect_is_the_one_that_the_laptop_runs(name: str) -> None:
    for label, state in states_of(machine(name)):
        assert "ItemBatcher" not in state, label
        assert (
            state.get("ItemProcessor", {}).get("ProcessorConfig", {}).get("ExecutionType", "STANDARD") == "STANDARD"
        ), label
        assert isinstance(state.get("ToleratedFailurePercentage", 0.0), float), label


@every_file
def test_a_task_that_waits_for_somebody_hands_over_its_token(name: str) -> None:
    for label, state in tasks_of(name):
        if ".waitForTaskToken" in state["Resource"]:
            assert "$$.Task.Token" in json.dumps(state["Parameters"]), label
