"""With an AWS that somebody else has started: only what is ours is made there, and the workflows still reach our functions."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import aws
from infra.local.cloud import LaptopCloud
from infra.local.declared import Declared
from infra.local.embedded import Credentials
from infra.local.options import Options
from tests.integration.local.conftest import REGION
from tests.integration.local.test_cloud import declared, options, root

__all__ = ["declared", "options", "root"]  # the fixtures of the other module
ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A moto server in a process of its own."""
    said = tmp_path_factory.mktemp("moto") / "log"
    with (
        said.open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-p", "0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            if found := re.search(rb"Running on (http://127\.0\.0\.1:\d+)", line):
                yield found[1].decode()
                break
        process.terminate()


def test_tables_are_made_there_and_found_again_and_functions_have_the_base_credentials(
    endpoint: str, options: Options, declared: Declared, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    elsewhere = replace(options, aws_endpoint=endpoint + "/")
    there = aws.client("dynamodb", endpoint, REGION, Credentials("test", "test"))
    secrets = aws.client("secretsmanager", endpoint, REGION, Credentials("test", "test"))
    with LaptopCloud(elsewhere, declared=declared) as cloud:
        assert cloud.aws_endpoint == endpoint
        assert "consoleme-requests" in there.list_tables()["TableNames"]
        given = cloud.invoke("surroundings", ["AWS_ACCESS_KEY_ID", "CONSOLEME_AWS_ENDPOINT_URL"]).payload["environment"]
        assert given == {"AWS_ACCESS_KEY_ID": "test", "CONSOLEME_AWS_ENDPOINT_URL": endpoint}
        arn = cloud.state_machine_arns["sample"]
        started = cloud.client("stepfunctions").start_execution(stateMachineArn=arn, name="one", input='{"n": 1}')
        assert json.loads(cloud.wait_for_execution(started["executionArn"])["output"])["event"] == {"n": 1}
        key = secrets.get_secret_value(SecretId="consoleme-session-keys")["SecretString"]
    with LaptopCloud(elsewhere, declared=declared) as again:
        assert again.kept.outputs["RequestsTableName"] == "consoleme-requests"
        assert secrets.get_secret_value(SecretId="consoleme-session-keys")["SecretString"] == key


def test_no_role_of_ours_is_made_there(endpoint: str) -> None:
    iam = aws.client("iam", endpoint, REGION, Credentials("test", "test"))
    assert iam.list_roles()["Roles"] == []


def test_with_its_own_step_functions_the_state_machines_are_made_there_too(
    endpoint: str, options: Options, declared: Declared, tmp_path: Path
) -> None:
    from dataclasses import replace

    with LaptopCloud(replace(options, aws_endpoint=endpoint, step_functions="endpoint"), declared=declared) as cloud:
        assert cloud.embedded is None
        machines = aws.client("stepfunctions", endpoint, REGION, Credentials("test", "test")).list_state_machines()
        assert [one["name"] for one in machines["stateMachines"]] == ["consoleme-sample"]
