"""Parts of the laptop cloud, put together around the sample product. The embedded AWS is one per module: moto keeps it in globals."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import aws
from infra.local.declared import Declared, declared_by
from infra.local.embedded import Credentials, EmbeddedAws
from infra.local.functions import FunctionHosts, Group
from infra.local.interpreter import Answer
from infra.local.options import ROOT
from tests.integration.local import sample

HUB = "111111111111"
REGION = "us-east-1"
ARN_PREFIX = f"arn:aws:lambda:{REGION}:{HUB}:function:"

Clients = Callable[..., Any]


@pytest.fixture(scope="session")
def sample_product() -> Declared:
    return declared_by(sample.app, api_handler=f"{sample.__name__}.app")


@pytest.fixture(scope="module")
def hosts(sample_product: Declared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FunctionHosts]:
    """The sample's functions in child processes, at most three at once."""
    group = Group("sample", lambda: {"COLOUR": "blue", "PYTHONPATH": str(ROOT)}, limit=3)
    with (tmp_path_factory.mktemp("functions") / "log").open("ab", buffering=0) as log:
        groups = dict.fromkeys(sample_product.functions, group)
        running = FunctionHosts(sample_product.functions, groups, root=ROOT, log=log, arn_prefix=ARN_PREFIX)
        yield running
        running.stop()


@pytest.fixture(scope="module")
def embedded(hosts: FunctionHosts) -> Iterator[EmbeddedAws]:
    """The embedded AWS; its Lambda calls land in the sample's functions."""
    running = EmbeddedAws(hosts.invoke, retry_divisor=100)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def clients(embedded: EmbeddedAws) -> Clients:
    """`clients(service)` of the hub's root user, or of `credentials`, or of the root user of `account_id`."""
    roots: dict[str, Credentials] = {}

    def client(service: str, *, credentials: Credentials | None = None, account_id: str = HUB) -> Any:
        if credentials is None and account_id not in roots:
            roots[account_id] = embedded.root_credentials(account_id)
        return aws.client(service, embedded.endpoint_url, REGION, credentials or roots[account_id])

    return client


def answer_nothing(function: str, event: Any) -> Answer:
    return Answer(None)


def trust(*principals: str, actions: tuple[str, ...] = ("sts:AssumeRole",), **more: Any) -> str:
    """A trust policy with one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": list(principals)}, "Action": list(actions), **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


LAMBDA_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@pytest.fixture
def configuration_file(tmp_path: Path) -> Path:
    file = tmp_path / "configuration.yaml"
    file.write_text(f'deployment: {{administrators: ["user:ada@example.com"], hub: {{account_id: "{HUB}"}}}}\n')
    return file
