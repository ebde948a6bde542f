import json

import pytest

from chalicelib.aws.sessions import Sessions
from chalicelib.aws.states import StateMachines
from chalicelib.core.errors import AppError, NotFound
from tests.support.aws import HUB, REGION, refusing
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture(scope="module")
def sessions(tables: None) -> Sessions:
    return Sessions(clock=FrozenClock(), region=REGION, endpoint_url=None, states_endpoint_url=None)


@pytest.fixture(scope="module")
def arn(sessions: Sessions) -> str:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    machine = sessions.client("stepfunctions").create_state_machine(
        name="machine", definition=json.dumps(definition), roleArn=f"arn:aws:iam::{HUB}:role/states"
    )
    return machine["stateMachineArn"]


@pytest.fixture
def machines(sessions: Sessions) -> StateMachines:
    return StateMachines(sessions)


def test_an_execution_is_started_by_its_name_with_what_it_carries(
    machines: StateMachines, sessions: Sessions, arn: str
) -> None:
    execution = machines.start(arn, "first", {"request_id": "1"})
    assert execution == arn.replace(":stateMachine:", ":execution:") + ":first"
    described = sessions.client("stepfunctions").describe_execution(executionArn=execution)
    assert json.loads(described["input"]) == {"request_id": "1"}
    assert machines.status(arn, "first") in {"RUNNING", "SUCCEEDED"}


def test_one_that_exists_under_the_name_is_a_success(machines: StateMachines, arn: str) -> None:
    with refusing("sfn.StartExecution", "ExecutionAlreadyExists"):
        again = machines.start(arn, "twice", {"request_id": "1"})
    assert again == arn.replace(":stateMachine:", ":execution:") + ":twice"


def test_a_machine_that_does_not_exist_is_an_error(machines: StateMachines, arn: str) -> None:
    with pytest.raises(AppError):
        machines.start(arn + "-not", "first", {})


def test_an_execution_that_never_was_has_no_status(machines: StateMachines, arn: str) -> None:
    assert machines.status(arn, "never") is None


@pytest.mark.parametrize("code", ["TaskDoesNotExist", "TaskTimedOut", "InvalidToken"])
def test_a_bell_that_nobody_waits_for_is_not_found(machines: StateMachines, code: str) -> None:
    with refusing("sfn.SendTaskSuccess", code), pytest.raises(NotFound):
        machines.succeed("token", {})
    with refusing("sfn.SendTaskFailure", code), pytest.raises(NotFound):
        machines.fail("token", "Error", "cause")
