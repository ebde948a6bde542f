"""State machines from the files that are deployed: the values of `app.yaml`, the definitions of `step_functions/`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.package import template

_KIND = "AWS::StepFunctions::StateMachine"
_LEAST = {"TimeoutSeconds": 1, "HeartbeatSeconds": 1}
"""Of a state. The definition language has whole seconds only, and zero is none."""
_LEAST_OF_RETRY = {"IntervalSeconds": 1, "MaxDelaySeconds": 1}
_LEAST_OF_WAIT = {"Seconds": 0}


@dataclass(frozen=True)
class StateMachine:
    name: str
    definition: str


class StateMachineError(ValueError):
    """A state machine of `app.yaml` names what does not exist."""


def declared(root: Path, *, table_prefix: str, arn_of: Mapping[str, str]) -> dict[str, StateMachine]:
    """By the stem of the file (`refresh`), with ARNs for its substitutions. `arn_of` has the function's ARN by its name.

    Raises StateMachineError.
    """
    resources = template.load(root / "infra" / "app.yaml")["Resources"]
    arns = {_logical_id(name): arn for name, arn in arn_of.items()}
    machines = {}
    for logical_id, resource in resources.items():
        if resource.get("Type") != _KIND:
            continue
        properties = resource["Properties"]
        file = root / properties["DefinitionS3Location"]
        if not file.is_file():
            raise StateMachineError(
                f"{logical_id} of app.yaml names {properties['DefinitionS3Location']}, which does not exist."
            )
        name = str(properties["StateMachineName"]["Fn::Sub"]).replace("${TablePrefix}", table_prefix)
        machines[file.name.partition(".")[0]] = StateMachine(name, _filled(file, logical_id, properties, arns))
    return machines


def _filled(file: Path, logical_id: str, properties: Mapping[str, Any], arns: Mapping[str, str]) -> str:
    text = file.read_text(encoding="utf-8")
    for name, value in properties["DefinitionSubstitutions"].items():
        function, attribute = value["Fn::GetAtt"]
        if attribute != "Arn" or function not in arns:
            raise StateMachineError(
                f"{logical_id} of app.yaml: {name} is no function's Arn. Functions are: {', '.join(sorted(arns))}."
            )
        text = text.replace("${" + name + "}", arns[function])
    if "${" in text:
        rest = text[text.index("${") :].partition("}")[0] + "}"
        raise StateMachineError(f"{file.name} uses {rest}, which {logical_id} of app.yaml does not give.")
    return text


def _logical_id(function: str) -> str:
    """How Chalice calls a function in its template."""
    return "".join(part.title() for part in function.split("_"))


def scaled(definition: str, divisor: float) -> str:
    """The same definition, with every second divided and nothing else changed. For tests that would not wait."""
    machine = json.loads(definition)
    return json.dumps(_scaled_machine(machine, divisor)) if divisor != 1 else definition


def _scaled_machine(machine: Mapping[str, Any], divisor: float) -> dict[str, Any]:
    states = {name: _scaled_state(state, divisor) for name, state in machine.get("States", {}).items()}
    return {**_divided(machine, _LEAST, divisor), **({"States": states} if states else {})}


def _scaled_state(state: Mapping[str, Any], divisor: float) -> dict[str, Any]:
    result = _divided(state, _LEAST, divisor)
    if state.get("Type") == "Wait":
        result = _divided(result, _LEAST_OF_WAIT, divisor)
    if "Retry" in state:
        result["Retry"] = [_divided(retry, _LEAST_OF_RETRY, divisor) for retry in state["Retry"]]
    for inner in ("ItemProcessor", "Iterator"):
        if inner in state:
            result[inner] = _scaled_machine(state[inner], divisor)
    if "Branches" in state:
        result["Branches"] = [_scaled_machine(branch, divisor) for branch in state["Branches"]]
    return result


def _divided(document: Mapping[str, Any], least: Mapping[str, int], divisor: float) -> dict[str, Any]:
    return {
        key: max(least[key], int(value / divisor)) if key in least and isinstance(value, int) else value
        for key, value in document.items()
    }
