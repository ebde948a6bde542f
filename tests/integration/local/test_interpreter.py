"""The dialect of Step Functions that the laptop runs, against functions in real containers."""

import json
from typing import Any

import pytest

from infra.local.cloud import until
from infra.local.functions import FunctionHosts
from infra.local.states import scaled
from tests.integration.local.conftest import ARN_PREFIX, HUB, Clients

ROLE = f"arn:aws:iam::{HUB}:role/states"
INVOKE = "arn:aws:states:::lambda:invoke"


def task(function: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": ARN_PREFIX + function,
        "TimeoutSeconds": 3000,
        **({"End": True} if "Next" not in more else {}),
        **more,
    }


class Machine:
    def __init__(self, states: Any, name: str, definition: dict[str, Any]) -> None:
        self._states = states
        text = scaled(json.dumps(definition), 100)
        self._arn = states.create_state_machine(name=name, definition=text, roleArn=ROLE)["stateMachineArn"]

    def start(self, given: Any) -> str:
        return str(
            self._states.start_execution(stateMachineArn=self._arn, name="run", input=json.dumps(given))["executionArn"]
        )

    def result(self, execution: str) -> Any:
        def ended() -> Any:
            described = self._states.describe_execution(executionArn=execution)
            return described if described["status"] != "RUNNING" else None

        return until(ended, 60, "the execution has not ended")

    def output(self, given: Any) -> Any:
        ended = self.result(self.start(given))
        assert ended["status"] == "SUCCEEDED", ended
        return json.loads(ended["output"])


@pytest.fixture(scope="module")
def states(clients: Clients) -> Any:
    return clients("stepfunctions")


def test_a_task_runs_the_function_in_a_container(states: Any) -> None:
    output = Machine(states, "task", {"StartAt": "A", "States": {"A": task("echo")}}).output({"n": 1})
    assert output["event"] == {"n": 1}
    assert output["function"] == "echo"


def test_the_optimised_integration_wraps_the_answer(states: Any) -> None:
    state = {
        "Type": "Task",
        "Resource": INVOKE,
        "Parameters": {"FunctionName": ARN_PREFIX + "echo", "Payload.$": "$"},
        "End": True,
    }
    output = Machine(states, "invoke", {"StartAt": "A", "States": {"A": state}}).output({"n": 1})
    assert (output["StatusCode"], output["Payload"]["event"]) == (200, {"n": 1})


def test_an_error_is_retried_and_then_caught_by_the_name_of_its_class(states: Any) -> None:
    retry = [
        {
            "ErrorEquals": ["Conflict"],
            "IntervalSeconds": 2,
            "MaxAttempts": 2,
            "MaxDelaySeconds": 60,
            "JitterStrategy": "FULL",
        }
    ]
    catch = [{"ErrorEquals": ["Conflict"], "ResultPath": "$.error", "Next": "Caught"}]
    definition = {
        "StartAt": "A",
        "States": {"A": task("fail", Retry=retry, Catch=catch), "Caught": {"Type": "Pass", "End": True}},
    }
    output = Machine(states, "caught", definition).output({"n": 1})
    assert output["error"]["Error"] == "Conflict"
    assert json.loads(output["error"]["Cause"])["errorMessage"] == "no {'n': 1}"


@pytest.mark.parametrize("name", ["States.ALL", "States.TaskFailed"])
def test_an_error_is_caught_by_the_names_for_all(states: Any, name: str) -> None:
    catch = [{"ErrorEquals": [name], "ResultPath": "$.error", "Next": "Caught"}]
    definition = {"StartAt": "A", "States": {"A": task("fail", Catch=catch), "Caught": {"Type": "Pass", "End": True}}}
    assert Machine(states, name.replace(".", "-"), definition).output({})["error"]["Error"] == "Conflict"


def test_an_error_that_nobody_catches_fails_the_execution(states: Any) -> None:
    machine = Machine(states, "failed", {"StartAt": "A", "States": {"A": task("fail")}})
    ended = machine.result(machine.start({}))
    assert (ended["status"], ended["error"]) == ("FAILED", "Conflict")


def test_a_function_that_does_not_exist_is_lambdas_error(states: Any) -> None:
    state = {"Type": "Task", "Resource": INVOKE, "Parameters": {"FunctionName": ARN_PREFIX + "nobody"}, "End": True}
    machine = Machine(states, "nobody", {"StartAt": "A", "States": {"A": state}})
    assert machine.result(machine.start({}))["error"] == "Lambda.ResourceNotFoundException"


def test_a_task_that_takes_too_long_is_a_timeout(states: Any) -> None:
    catch = [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]
    definition = {
        "StartAt": "A",
        "States": {
            "A": task("hang", TimeoutSeconds=100, Catch=catch),
            "Caught": {"Type": "Pass", "Result": {"was": "late"}, "End": True},
        },
    }
    assert Machine(states, "late", definition).output({}) == {"was": "late"}


@pytest.mark.parametrize("mode", [{"Mode": "INLINE"}, {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}])
def test_a_map_runs_every_item_and_one_that_fails_stops_no_other(states: Any, mode: dict[str, str]) -> None:
    choose = {
        "Type": "Choice",
        "Choices": [{"Variable": "$.account", "StringEquals": "broken", "Next": "Fail"}],
        "Default": "Good",
    }
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Bad"}]
    inner = {
        "Choose": choose,
        "Fail": task("fail", Catch=catch),
        "Good": task("echo"),
        "Bad": {"Type": "Pass", "Result": "bad", "End": True},
    }
    state = {
        "Type": "Map",
        "ItemsPath": "$.accounts",
        "ItemSelector": {"run.$": "$.run", "account.$": "$$.Map.Item.Value"},
        "MaxConcurrency": 2,
        "ItemProcessor": {"ProcessorConfig": mode, "StartAt": "Choose", "States": inner},
        "ResultPath": "$.results",
        "End": True,
    }
    machine = Machine(states, f"map-{mode['Mode']}", {"StartAt": "M", "States": {"M": state}})
    results = machine.output({"run": "r1", "accounts": ["a", "broken", "b"]})["results"]
    assert [one if one == "bad" else one["event"] for one in results] == [
        {"run": "r1", "account": "a"},
        "bad",
        {"run": "r1", "account": "b"},
    ]


def test_a_task_token_wakes_the_execution_with_what_was_sent(
    states: Any, hosts: FunctionHosts, tmp_path_factory: pytest.TempPathFactory
) -> None:
    box = tmp_path_factory.mktemp("tokens") / "token"
    state = {
        "Type": "Task",
        "Resource": INVOKE + ".waitForTaskToken",
        "TimeoutSeconds": 6000,
        "Parameters": {
            "FunctionName": ARN_PREFIX + "keep_token",
            "Payload": {"token.$": "$$.Task.Token", "file": str(box)},
        },
        "End": True,
    }
    machine = Machine(states, "token", {"StartAt": "W", "States": {"W": state}})
    execution = machine.start({})
    token = until(lambda: box.read_text() if box.exists() else None, 30, "nobody got a token")
    states.send_task_success(taskToken=token, output='{"decision": "approved"}')
    assert json.loads(machine.result(execution)["output"]) == {"decision": "approved"}


def test_a_token_that_nobody_gave_out_wakes_nothing(states: Any) -> None:
    with pytest.raises(states.exceptions.InvalidToken):
        states.send_task_success(taskToken="no-such-token", output="{}")


def test_the_lambda_api_calls_the_same_functions(clients: Clients) -> None:
    from io import BytesIO
    from zipfile import ZipFile

    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("nothing.py", "")
    clients("iam").create_role(RoleName="lambda", AssumeRolePolicyDocument="{}")
    client = clients("lambda")
    client.create_function(
        FunctionName="echo",
        Runtime="python3.13",
        Role=f"arn:aws:iam::{HUB}:role/lambda",
        Handler="x.y",
        Code={"ZipFile": archive.getvalue()},
    )
    answer = client.invoke(FunctionName="echo", Payload=b'{"n": 2}')
    assert json.load(answer["Payload"])["event"] == {"n": 2}
