"""Requests in a test: embedded AWS with a spoke account, the workflow's own file, people, and processes that may die."""

import importlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
import yaml
from botocore.session import Session

from chalicelib import bootstrap
from chalicelib.bootstrap import Container
from chalicelib.core.errors import AppError
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.requests.catalog import digests
from chalicelib.requests.models import Request
from chalicelib.requests.rules import Person
from chalicelib.requests.wire import ModificationModel, ModificationResult, NewRequest, RequestCreated
from chalicelib.settings import load
from tests.support import aws
from tests.support.calls import Crash
from tests.support.clock import FrozenClock
from tests.support.faults import Boundary, guarded
from tests.support.plugins import manager
from tests.support.states import FakeStates, StepError

HUB = aws.HUB
SPOKE = "222222222222"
ADA, BO, EVE, ZOE = "ada@example.com", "bo@example.com", "eve@example.com", "zoe@example.com"
"""Ada and Bo may decide about requests; Eve and Zoe may not."""
APP = f"arn:aws:iam::{SPOKE}:role/team/app"
MACHINE = f"arn:aws:states:{aws.REGION}:{HUB}:stateMachine:consoleme-request"
REVOKE_MACHINE = MACHINE.removesuffix("request") + "revoke"
DEFINITION = Path(__file__).parents[2] / "step_functions" / "request.asl.json"
REVOKE_DEFINITION = DEFINITION.with_name("revoke.asl.json")
CONFIGURATION: dict[str, Any] = {
    "deployment": {"administrators": [f"user:{ADA}"], "hub": {"account_id": HUB}},
    "groups": {"can_admin_policies": ["group:approvers"]},
}
GROUPS = {BO: frozenset({"approvers"})}
_TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "sts:AssumeRole"}],
}


def empty(*tables: str) -> None:
    """Deletes every item."""
    dynamodb: Any = boto3.client("dynamodb", aws.REGION)
    for table in tables:
        name = load().table_prefix + table
        items = dynamodb.scan(TableName=name)["Items"]
        gone = [{"DeleteRequest": {"Key": {key: item[key] for key in ("pk", "sk")}}} for item in items]
        for start in range(0, len(gone), 25):
            dynamodb.batch_write_item(RequestItems={name: gone[start : start + 25]})


def forget_digest() -> None:
    """Lists begin with nothing."""
    boto3.client("s3", aws.REGION).delete_object(Bucket=load().bucket, Key=digests.KEY)


def document(*actions: str, resource: str = "arn:aws:s3:::exports/*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions or ["s3:GetObject"]), "Resource": [resource], **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def wish(
    policy: dict[str, Any] | None = None, *, arn: str = APP, name: str | None = "export", **more: Any
) -> dict[str, Any]:
    """A change as ConsoleMe's page sends it."""
    return {
        "principal": {"principal_type": "AwsResource", "principal_arn": arn},
        "change_type": "inline_policy",
        "action": "attach",
        "policy_name": name,
        "policy": {"policy_document": policy or document()},
        **more,
    }


def body(*wishes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"changes": {"changes": list(wishes or [wish()])}, "justification": "nightly export", **more}


class World:
    """`crash()` ends the process: the next `container()` starts with nothing in memory. AWS and executions go on living."""

    def __init__(
        self,
        clock: FrozenClock,
        config_file: Path,
        definition: Path = DEFINITION,
        revoke: Path = REVOKE_DEFINITION,
    ) -> None:
        self.clock = clock
        self.boundary = Boundary()
        self.paused: list[float] = []
        self.invoked = 0
        self.twice = 0
        """The number of the invocation, from 1, that is delivered twice."""
        self.plugins: tuple[ModuleType, ...] = ()
        self._config_file = config_file
        self._container: Container | None = None
        files = {MACHINE: definition, REVOKE_MACHINE: revoke}
        machines = {arn: json.loads(file.read_text(encoding="utf-8")) for arn, file in files.items()}
        self._workflows = FakeStates(machines, self.invoke, clock)
        self.boundary.abort = self._workflows.abort_all
        self.iam = self._spoke_iam()

    @property
    def workflows(self) -> FakeStates:
        """What AWS holds, seen without crossing the boundary."""
        return self._workflows

    def configure(self, **sections: Any) -> None:
        self._config_file.write_text(yaml.safe_dump({**CONFIGURATION, **sections}), encoding="utf-8")
        self.crash()

    def container(self) -> Container:
        if self._container is None:
            self._container = Container(load(), self.clock)
            self._container.plugins = manager(*self.plugins)
            self._container.requests.states = _Crossing(self._workflows, self.boundary)
            self._container.requests.pause = self.pause
        return self._container

    def pause(self, seconds: float) -> None:
        """Nobody sleeps: meanwhile the workflows go on."""
        self.paused.append(seconds)
        self.clock.advance(round(seconds))
        self.workflows.run()

    def crash(self) -> None:
        self._container = None
        aws.forget_everything()

    def invoke(self, function: str, payload: dict[str, Any]) -> Any:
        """A function as Lambda calls it: its own module, JSON in and out, errors by their class names."""
        task = getattr(importlib.import_module(f"chalicelib.tasks.{function}"), function)
        self.invoked += 1
        try:
            if self.invoked == self.twice:
                task(json.loads(json.dumps(payload)), None)
            return task(json.loads(json.dumps(payload)), None)
        except AppError as error:
            raise StepError(type(error).__name__, error.message) from error
        except Crash as crash:
            self.crash()
            raise StepError("Runtime.ExitError", "the process is gone") from crash

    def _spoke_iam(self) -> Any:
        keys = boto3.client("sts", aws.REGION).assume_role(
            RoleArn=f"arn:aws:iam::{SPOKE}:role/somebody", RoleSessionName="somebody"
        )["Credentials"]
        return boto3.client(
            "iam",
            aws.REGION,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )

    def create_role(self, name: str = "app", path: str = "/team/") -> str:
        role = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=json.dumps(_TRUST))
        return str(role["Role"]["Arn"])

    def ensure_role(self) -> None:
        """The role `app`, made anew when a test has deleted it."""
        try:
            self.iam.get_role(RoleName="app")
        except self.iam.exceptions.NoSuchEntityException:
            self.create_role()

    def policies(self, role: str = "app") -> dict[str, Any]:
        """The role's inline policies as AWS holds them."""
        with self.boundary.unguarded():
            names = self.iam.list_role_policies(RoleName=role)["PolicyNames"]
            return {name: self.iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names}

    def put_policy(self, name: str, policy: dict[str, Any], role: str = "app") -> None:
        """What somebody does by hand."""
        with self.boundary.unguarded():
            self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))

    def drop_policy(self, name: str, role: str = "app") -> None:
        with self.boundary.unguarded():
            self.iam.delete_role_policy(RoleName=role, PolicyName=name)

    def begin_anew(self) -> None:
        """No requests, leases, audit entries, executions and policies; the embedded AWS gets slow when it holds many."""
        self.workflows.executions.clear()
        self.workflows.payloads.clear()
        self.paused.clear()
        self.invoked = self.twice = 0
        for name in self.policies():
            self.drop_policy(name)
        with self.boundary.unguarded():
            empty("requests", "grants", "audit")
            forget_digest()

    def sign_in(self, user: str) -> None:
        """As a sign-in does: the directory notes the person's groups."""
        self.container().identity.people.saw(user, GROUPS.get(user, frozenset()), "test")

    def caller(self, user: str) -> Caller:
        return Caller(
            user=user,
            groups=GROUPS.get(user, frozenset()),
            session_id="session",
            kind=SessionKind.WEB,
            expires_at=self.clock.now() + 3600,
        )

    def person(self, user: str) -> Person:
        return self.container().requests.person(self.caller(user))

    def submit(self, user: str, asked: dict[str, Any] | None = None, key: str | None = None) -> RequestCreated:
        parsed = NewRequest.model_validate(asked or body())
        return self.container().requests.submit.submit(parsed, self.person(user), key=key, wait=False)

    def order(self, user: str, request_id: str, command: str, *, wait: bool = False, **more: Any) -> ModificationResult:
        model = ModificationModel(command=command, **more)
        return self.container().requests.modify.modify(request_id, model, self.person(user), wait=wait)

    def find(self, request_id: str) -> Request:
        with self.boundary.unguarded():
            found = self.container().requests.store.find(request_id)
        assert found is not None
        return found

    def state(self, request_id: str) -> str:
        return self.find(request_id).head.shown_state.value

    def shown(self, request_id: str) -> dict[str, Any]:
        """What a reviewer has seen, as the page sends it back."""
        head = self.find(request_id).head
        return {"revision": head.revision, "revision_hash": head.revision_hash}

    def tick(self, seconds: int = 60) -> Any:
        """A minute passes, the task `due` runs, and the workflows go on."""
        self.clock.advance(seconds)
        report = None
        try:
            report = self.container().requests.steps.due.run()
        except (Crash, AppError) as failure:
            if isinstance(failure, Crash):
                self.crash()
        self.workflows.run()
        return report

    def requested(self, user: str = EVE, asked: dict[str, Any] | None = None) -> str:
        """A new request whose workflow waits for a decision."""
        request_id = self.submit(user, asked).request_id
        assert request_id is not None
        self.workflows.run()
        return request_id


class _Crossing:
    """Calls of Step Functions cross the boundary like all others; a lost answer becomes what `aws.states` makes of it."""

    def __init__(self, states: FakeStates, boundary: Boundary) -> None:
        self._states = states
        self._boundary = boundary

    def start(self, arn: str, name: str, payload: Any) -> str:
        from chalicelib.aws.errors import translated

        with translated("to start"):
            started: str = self._boundary.cross("StartExecution", lambda: self._states.start(arn, name, payload))
        return started

    def succeed(self, token: str, output: Any) -> None:
        from chalicelib.aws.errors import translated

        with translated("to wake"):
            self._boundary.cross("SendTaskSuccess", lambda: self._states.succeed(token, output))

    def status(self, arn: str, name: str) -> str | None:
        from chalicelib.aws.errors import translated

        with translated("to look"):
            found: str | None = self._boundary.cross("DescribeExecution", lambda: self._states.status(arn, name))
        return found


@contextmanager
def world(
    monkeypatch: pytest.MonkeyPatch,
    directory: Path,
    definition: Path = DEFINITION,
    revoke: Path = REVOKE_DEFINITION,
) -> Iterator[World]:
    config_file = directory / "configuration.yaml"
    environment = {
        "CONSOLEME_CONFIG_FILE": str(config_file),
        "CONSOLEME_REQUEST_STATE_MACHINE_ARN": MACHINE,
        "CONSOLEME_REVOKE_STATE_MACHINE_ARN": REVOKE_MACHINE,
    }
    with aws.aws_tables(monkeypatch, **environment):
        # The embedded AWS mints credentials by the real clock, and they must not have ended by ours.
        running = World(FrozenClock(int(time.time())), config_file, definition, revoke)
        with guarded(monkeypatch, running.boundary), monkeypatch.context() as patch:
            patch.setattr(bootstrap, "container", _Cached(running))
            patch.setattr(Session, "create_client", _kept_clients())
            running.configure()
            running.create_role()
            for user in (ADA, BO, EVE, ZOE):
                running.sign_in(user)
            yield running


def _kept_clients() -> Any:
    """A new process would make its clients anew, from megabytes of descriptions. They hold nothing of ours: they are kept."""
    real, kept = Session.create_client, {}

    def create_client(self: Session, service_name: str, *places: Any, **named: Any) -> Any:
        credentials = tuple(
            named.get(key) for key in ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
        )
        key = (service_name, places, named.get("region_name"), named.get("endpoint_url"), credentials)
        if key not in kept:
            kept[key] = real(self, service_name, *places, **named)
        return kept[key]

    return create_client


class _Cached:
    """In the place of `bootstrap.container`, with what a crash of the process calls."""

    def __init__(self, running: World) -> None:
        self._running = running

    def __call__(self) -> Container:
        return self._running.container()

    def cache_clear(self) -> None:
        """The world has forgotten its container already."""
