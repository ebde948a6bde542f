"""The laptop cloud as a whole, around the sample product and the real tables."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from chalicelib import settings
from infra.local.cloud import LaptopCloud, until
from infra.local.declared import Declared
from infra.local.gateway import PortTakenError
from infra.local.options import ROOT, Options
from infra.local.routes import RouteShapeError
from infra.local.states import StateMachineError
from tests.integration.local.conftest import HUB, REGION

APP = """
Resources:
  SampleStateMachine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: !Sub "${TablePrefix}sample"
      DefinitionS3Location: step_functions/sample.asl.json
      DefinitionSubstitutions: {EchoArn: !GetAtt Echo.Arn}
  PageHeadersPolicy:
    Properties:
      ResponseHeadersPolicyConfig:
        SecurityHeadersConfig:
          FrameOptions: {FrameOption: DENY}
          ReferrerPolicy: {ReferrerPolicy: same-origin}
          ContentSecurityPolicy: {ContentSecurityPolicy: "default-src 'self'"}
"""
DEFINITION = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${EchoArn}", "End": True}}}
QUEUE = """Resources:
  SampleQueue: {Type: AWS::SQS::Queue, Properties: {QueueName: sample.fifo, FifoQueue: true}}
"""
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "x:Y", "Resource": ["arn:${AWS::Partition}:x"]}],
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A product's folder: the real tables with one more queue, one state machine, one policy file."""
    root = tmp_path_factory.mktemp("product")
    data = (ROOT / "infra" / "data.yaml").read_text().replace("Resources:\n", QUEUE, 1)
    files = {
        "infra/data.yaml": data,
        "infra/app.yaml": APP,
        "step_functions/sample.asl.json": json.dumps(DEFINITION),
        ".chalice/config.json": json.dumps({"environment_variables": {"POWERTOOLS_SERVICE_NAME": "sample"}}),
        ".chalice/policies/echo.json": json.dumps(POLICY),
        "configuration.yaml": f'deployment: {{administrators: ["user:a@b"], hub: {{account_id: "{HUB}", api_role: HubApi}}}}\n',
        "people.json": '[{"email": "ada@example.com", "groups": ["payments"]}]',
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


@pytest.fixture(scope="module")
def options(root: Path) -> Options:
    return Options(config=root / "configuration.yaml", people=root / "people.json", root=root, schedules=False)


@pytest.fixture(scope="module")
def declared(sample_product: Declared) -> Declared:
    functions = dict(sample_product.functions)
    functions["echo"] = replace(functions["echo"], policy_file="policies/echo.json")
    return replace(sample_product, functions=functions)


@pytest.fixture(scope="module")
def cloud(options: Options, declared: Declared) -> Iterator[LaptopCloud]:
    with LaptopCloud(options, declared=declared) as running:
        yield running


def get(url: str) -> Any:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 our own server
        return json.load(answer)


def test_the_api_answers_at_the_front_door(cloud: LaptopCloud) -> None:
    assert get(f"{cloud.url}/api/things/a") == {"name": "a"}


def test_functions_get_all_settings_and_nothing_of_the_laptops_owner(
    cloud: LaptopCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"CONSOLEME_{field.upper()}" for field in settings.Settings.model_fields]
    names += ["AWS_REGION", "POWERTOOLS_SERVICE_NAME", "AWS_PROFILE", "HOME"]
    monkeypatch.setenv("AWS_PROFILE", "work")
    given = {
        name: value
        for name, value in cloud.invoke("surroundings", names).payload["environment"].items()
        if value is not None
    }
    found = settings.from_environment(given)
    assert (found.on_laptop, found.public_url, found.region) == (True, cloud.url, REGION)
    assert found.aws_endpoint_url == found.states_endpoint_url == cloud.aws_endpoint
    assert found.bucket == f"consoleme-data-{HUB}-{REGION}"
    assert found.authorization_queue_url.endswith("/consoleme-authorizations.fifo")
    assert Path(found.config_file).read_text() == cloud.configuration.text
    assert (given["POWERTOOLS_SERVICE_NAME"], "AWS_PROFILE" in given) == ("sample", False)
    assert given["HOME"] != str(Path.home())


def test_tables_that_expire_and_the_session_secret_are_there(cloud: LaptopCloud) -> None:
    sessions = cloud.client("dynamodb").describe_time_to_live(TableName="consoleme-sessions")["TimeToLiveDescription"]
    assert sessions == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    secret = cloud.client("secretsmanager").get_secret_value(SecretId="consoleme-session-keys")["SecretString"]
    assert len(json.loads(secret)["keys"][0]["key"]) >= 64


def test_a_function_runs_under_the_role_of_its_group(cloud: LaptopCloud) -> None:
    assert cloud.invoke("who_am_i", None).payload == f"arn:aws:sts::{HUB}:assumed-role/ConsoleMe-tasks/tasks"


def test_the_shipped_policy_files_are_on_the_roles(cloud: LaptopCloud) -> None:
    found = cloud.client("iam").get_role_policy(RoleName="ConsoleMe-tasks", PolicyName="echo")["PolicyDocument"]
    assert found["Statement"][0]["Resource"] == ["arn:aws:x"]
    assert cloud.client("iam").get_role(RoleName="HubApi")["Role"]["Arn"] == f"arn:aws:iam::{HUB}:role/HubApi"


def test_a_state_machine_of_the_files_runs_the_functions(cloud: LaptopCloud) -> None:
    arn = cloud.state_machine_arns["sample"]
    started = cloud.client("stepfunctions").start_execution(stateMachineArn=arn, name="one", input='{"n": 1}')
    ended = cloud.wait_for_execution(started["executionArn"])
    assert (ended["status"], json.loads(ended["output"])["event"]) == ("SUCCEEDED", {"n": 1})


def test_a_message_reaches_the_function_that_declares_the_queue(cloud: LaptopCloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.get_queue_url(QueueName="sample.fifo")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="good", MessageGroupId="a", MessageDeduplicationId="1")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def delivered() -> bool | None:
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return True if all(counts[name] == "0" for name in names) else None

    assert until(delivered, 30, "the message is still there")


def test_a_person_of_the_file_can_sign_in_with_one_call(cloud: LaptopCloud) -> None:
    body = json.dumps({"email": "ada@example.com"}).encode()
    request = Request(f"{cloud.url}/local/sign_in", body, {"Content-Type": "application/json"})  # noqa: S310
    with urlopen(request, timeout=30) as answer:  # noqa: S310
        cookies = answer.headers.get_all("Set-Cookie")
        assert json.load(answer)["groups"] == ["payments"]
    assert [cookie.partition("=")[0] for cookie in cookies] == ["consoleme_auth", "_xsrf"]


def test_the_page_for_signing_in_and_the_consoles_federation_are_served(cloud: LaptopCloud) -> None:
    with urlopen(f"{cloud.url}/local/people", timeout=10) as answer:  # noqa: S310
        assert b"ada@example.com" in answer.read()
    assert cloud.url + "/local/federation" in cloud.configuration.text


def test_a_client_of_another_account_sees_that_account(cloud: LaptopCloud) -> None:
    assert cloud.client("sts", account_id="222222222222").get_caller_identity()["Account"] == "222222222222"


# --- Starts of their own: these come last, since only one laptop cloud can run in a process ----------------------------------------------


@pytest.fixture
def alone(cloud: LaptopCloud) -> None:
    """Ends the module's laptop cloud first."""
    cloud.stop()


@pytest.mark.usefixtures("alone")
def test_each_function_can_run_under_its_own_role_and_policies_can_be_enforced(
    options: Options, declared: Declared
) -> None:
    with LaptopCloud(replace(options, per_function=True, enforce=True), declared=declared) as cloud:
        assert cloud.invoke("who_am_i", None).payload == f"arn:aws:sts::{HUB}:assumed-role/ConsoleMe-who_am_i/who_am_i"
        assert get(f"{cloud.url}/api/things/a") == {"name": "a"}
        assert cloud.client("iam").list_roles()["Roles"]


@pytest.mark.usefixtures("alone")
def test_stopping_frees_the_port_and_ends_the_functions_and_the_next_start_is_empty(
    options: Options, declared: Declared
) -> None:
    first = LaptopCloud(options, declared=declared)
    first.start()
    pid, port = first.invoke("echo", 1).payload["pid"], first.gateway.port
    first.client("sqs").create_queue(QueueName="left")
    first.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with LaptopCloud(replace(options, port=port), declared=declared) as second:
        assert second.gateway.port == port
        assert not second.client("sqs").list_queues(QueueNamePrefix="left").get("QueueUrls")


@pytest.mark.usefixtures("alone")
def test_a_taken_port_stops_the_start(options: Options, declared: Declared) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(PortTakenError):
            LaptopCloud(replace(options, port=taken.getsockname()[1]), declared=declared).start()


@pytest.mark.usefixtures("alone")
def test_a_state_machine_that_names_no_function_stops_the_start_and_frees_the_port(
    options: Options, declared: Declared
) -> None:
    functions = {name: one for name, one in declared.functions.items() if name != "echo"}
    broken = LaptopCloud(options, declared=replace(declared, functions=functions))
    with pytest.raises(StateMachineError, match="EchoArn is no function's Arn"):
        broken.start()
    with socket.socket() as freed:
        freed.bind(("127.0.0.1", broken.gateway.port))


def test_routes_that_api_gateway_refuses_stop_the_start(options: Options, declared: Declared) -> None:
    with pytest.raises(RouteShapeError):
        LaptopCloud(options, declared=replace(declared, routes={"/a/{one}": ["GET"], "/a/{two}/b": ["GET"]}))
