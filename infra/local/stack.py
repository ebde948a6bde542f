"""Creates what the product keeps: `data.yaml` through CloudFormation as it is, the session secret, the state machines."""

import json
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from infra.local.locks import create_audit_key, lock_buckets
from infra.local.states import StateMachine
from infra.package import template

NAME = "consoleme"
TABLE_PREFIX = "consoleme-"
SESSION_SECRET = f"{TABLE_PREFIX}session-keys"
AUDIT_KEY = f"alias/{TABLE_PREFIX}audit"


class Clients(Protocol):
    """Clients of one account and region, by service."""

    def __call__(self, service: str) -> Any: ...


@dataclass(frozen=True)
class Stack:
    outputs: Mapping[str, str]
    audit_key_id: str = ""

    @property
    def bucket(self) -> str:
        return self.outputs["BucketName"]

    @property
    def audit_bucket(self) -> str:
        return self.outputs.get("AuditBucketName", "")

    @property
    def authorization_queue_url(self) -> str:
        return self.outputs["AuthorizationQueueUrl"]


def create(root: Path, client: Clients) -> Stack:
    """Creates tables, queues, buckets, secret and key, or finds them as an earlier run has left them."""
    cloudformation = client("cloudformation")
    file = root / "infra" / "data.yaml"
    with suppress(cloudformation.exceptions.AlreadyExistsException):
        cloudformation.create_stack(
            StackName=NAME,
            TemplateBody=file.read_text(encoding="utf-8"),
            Parameters=[{"ParameterKey": "TablePrefix", "ParameterValue": TABLE_PREFIX}],
        )
    described = cloudformation.describe_stacks(StackName=NAME)["Stacks"][0]
    _turn_on_expiry(file, client("dynamodb"))
    _create_session_secret(client("secretsmanager"))
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    lock_buckets(file, client("s3"), outputs)
    return Stack(outputs, create_audit_key(client("kms"), AUDIT_KEY))


def _turn_on_expiry(file: Path, dynamodb: Any) -> None:
    """Moto's CloudFormation creates tables with expiry off, whatever the template says."""
    for resource in template.load(file)["Resources"].values():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::DynamoDB::Table" and "TimeToLiveSpecification" in properties:
            name = properties["TableName"]["Fn::Sub"].replace("${TablePrefix}", TABLE_PREFIX)
            now = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
            if now != "ENABLED":
                dynamodb.update_time_to_live(
                    TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"]
                )


def _create_session_secret(secretsmanager: Any) -> None:
    """Moto's CloudFormation has no secrets."""
    keys = json.dumps({"keys": [{"kid": "first", "key": secrets.token_urlsafe(48)}]})
    with suppress(secretsmanager.exceptions.ResourceExistsException):
        secretsmanager.create_secret(Name=SESSION_SECRET, SecretString=keys)


def create_state_machines(machines: Mapping[str, StateMachine], states: Any, role_arn: str) -> dict[str, str]:
    """ARNs by the stem of the file. moto's CloudFormation would make them with a backend that executes nothing."""
    arns = {}
    for stem, machine in machines.items():
        try:
            created = states.create_state_machine(
                name=machine.name, definition=machine.definition, roleArn=role_arn, type="STANDARD"
            )
            arns[stem] = created["stateMachineArn"]
        except states.exceptions.StateMachineAlreadyExists:
            found = states.list_state_machines()["stateMachines"]
            arns[stem] = next(one["stateMachineArn"] for one in found if one["name"] == machine.name)
            states.update_state_machine(stateMachineArn=arns[stem], definition=machine.definition, roleArn=role_arn)
    return arns
