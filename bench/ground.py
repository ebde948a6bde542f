"""What the measured processes run on: an embedded AWS in this process, our tables, a role to hand out, a person who may use it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NoReturn

from chalicelib.core.deployment import Spoke
from infra.local import aws, roles, stack
from infra.local.api_gateway import ApiGateway
from infra.local.declared import API, Declared
from infra.local.embedded import EmbeddedAws
from infra.local.environment import Surroundings
from infra.local.http import HttpRequest
from infra.local.interpreter import Answer
from infra.local.options import ROOT
from infra.local.routes import RouteTable
from infra.package.policies import RoleNames

HUB = "111111111111"
REGION = "us-east-1"
URL = "http://127.0.0.1:8000"
_DOCUMENT = f"""
deployment:
  administrators: ["user:ada@example.com"]
  hub: {{account_id: "{HUB}"}}
# A person is slower than a bench, and held back when they are not.
credentials: {{attempts_per_minute: 1000000}}
"""
_TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:role/%s"},
  "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}]}"""
_NOTHING = """{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}"""
"""A workflow: what it does is not measured."""
ROLE = "bench"
_SPOKE = Spoke().read_role
ROLE_ARN = f"arn:aws:iam::{HUB}:role/{ROLE}"


@dataclass(frozen=True)
class Ground:
    environment: Mapping[str, str]
    """Of a process that is a Lambda function here."""
    declared: Declared

    def event(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> dict[str, Any]:
        """What API Gateway would hand to the function for this request."""
        seen: list[dict[str, Any]] = []

        def keep(event: dict[str, Any]) -> Answer:
            seen.append(event)
            return Answer({}, failed=True)

        routes = RouteTable(self.declared.routes)
        gateway = ApiGateway(routes, keep, account_id=HUB, binary_types=self.declared.binary_types)
        path, _, query = path.partition("?")
        sent = [("Host", "127.0.0.1:8000"), ("User-Agent", "bench"), ("Accept", "application/json"), *headers.items()]
        gateway.answer(HttpRequest(method, path, query, sent, body, "127.0.0.1"))
        gateway.close()
        return seen[0]


@contextmanager
def ground(declared: Declared) -> Iterator[Ground]:
    embedded = EmbeddedAws(_no_function)
    embedded.start()
    try:
        with TemporaryDirectory(prefix="consoleme-bench-") as directory:
            yield _laid(embedded, declared, Path(directory))
    finally:
        embedded.stop()


def _laid(embedded: EmbeddedAws, declared: Declared, directory: Path) -> Ground:
    root = embedded.root_credentials(HUB)
    names = RoleNames()
    kept = stack.create(ROOT, lambda service: aws.client(service, embedded.endpoint_url, REGION, root))
    iam = aws.client("iam", embedded.endpoint_url, REGION, root)
    roles.create(iam, names.hub_api, {})
    for role in (ROLE, _SPOKE):
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=_TRUST % (HUB, names.hub_api))
    states = aws.client("stepfunctions", embedded.endpoint_url, REGION, root)
    machine = states.create_state_machine(name="bench", definition=_NOTHING, roleArn=ROLE_ARN)["stateMachineArn"]
    configuration = directory / "configuration.yaml"
    configuration.write_text(_DOCUMENT, encoding="utf-8")
    surroundings = Surroundings(
        root=ROOT,
        home=directory,
        public_url=URL,
        region=REGION,
        config_file=configuration,
        endpoint_url=embedded.endpoint_url,
        states_endpoint_url=embedded.endpoint_url,
        kept=kept,
        state_machine_arns={"request": machine},
    )
    session = embedded.function_credentials(f"arn:aws:iam::{HUB}:role/{names.hub_api}", API, REGION)
    return Ground(surroundings.variables(session), declared)


def _no_function(function: str, _event: Any) -> NoReturn:
    raise RuntimeError(f"Nothing here starts {function}.")
