"""Which IAM actions on which resources a request of the AWS API is. moto compares names of actions only; resources it calls `*`."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_TRANSACT = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True)
class Target:
    action: str
    resource: str
    """Empty where an action has none, or none that is known here: then a policy's resources are not compared."""


@dataclass(frozen=True)
class Request:
    service: str
    operation: str
    account_id: str
    region: str
    partition: str
    body: bytes
    form: Mapping[str, str]
    resource: str
    """What moto says: an ARN for S3 and AssumeRole, else `*`."""
    path: str = ""

    def arn(self, resource: str, *, service: str = "", region: str | None = None) -> str:
        place = self.region if region is None else region
        return f"arn:{self.partition}:{service or self.service}:{place}:{self.account_id}:{resource}"

    def parameters(self) -> dict[str, Any]:
        """Of a JSON body, or of a form."""
        text = self.body.decode("utf-8", "replace")
        return dict(json.loads(text)) if text.startswith("{") else dict(self.form)


def targets(request: Request) -> list[Target]:
    find = _BY_SERVICE.get(request.service)
    if find is not None:
        return list(find(request))
    return [
        Target(
            f"{request.service}:{request.operation}", request.resource if request.resource.startswith("arn:") else ""
        )
    ]


def _dynamodb(request: Request) -> Iterator[Target]:
    given = request.parameters()
    if request.operation.startswith("Transact"):
        for item in given["TransactItems"]:
            ((kind, what),) = item.items()
            yield Target(f"dynamodb:{_TRANSACT[kind]}", _table(request, what["TableName"]))
    elif request.operation.startswith("Batch"):
        for name in given["RequestItems"]:
            yield Target(f"dynamodb:{request.operation}", _table(request, name))
    else:
        table = _table(request, given["TableName"]) if "TableName" in given else ""
        yield Target(
            f"dynamodb:{request.operation}", f"{table}/index/{given['IndexName']}" if given.get("IndexName") else table
        )


def _table(request: Request, name: str) -> str:
    return name if name.startswith("arn:") else request.arn(f"table/{name}")


def _sqs(request: Request) -> Iterator[Target]:
    given = request.parameters()
    queue = given.get("QueueName") or str(given.get("QueueUrl", "")).rpartition("/")[2]
    operation = request.operation.replace("MessageBatch", "Message")
    yield Target(f"sqs:{operation}", request.arn(queue) if queue else "")


def _states(request: Request) -> Iterator[Target]:
    given = request.parameters()
    resource = given.get("stateMachineArn") or given.get("executionArn") or ""
    # Task tokens name no resource: IAM wants `*` there, or the state machine that it can't know.
    yield Target(f"states:{request.operation}", resource)


def _secretsmanager(request: Request) -> Iterator[Target]:
    secret = str(request.parameters().get("SecretId", ""))
    # AWS appends six characters to the name; a policy that is right ends in `-??????` or `-*`.
    arn = secret if secret.startswith("arn:") or not secret else request.arn(f"secret:{secret}-AbCdEf")
    yield Target(f"secretsmanager:{request.operation}", arn)


def _iam(request: Request) -> Iterator[Target]:
    from moto.iam.models import iam_backends

    given = request.parameters()
    backend = iam_backends[request.account_id][request.partition]
    resource = str(given.get("PolicyArn", "")) if "RoleName" not in given and "UserName" not in given else ""
    if "RoleName" in given:
        found = next((role.arn for role in list(backend.roles.values()) if role.name == given["RoleName"]), None)
        resource = found or request.arn(f"role/{given['RoleName']}", region="")
    elif "UserName" in given:
        found = next((user.arn for user in list(backend.users.values()) if user.name == given["UserName"]), None)
        resource = found or request.arn(f"user/{given['UserName']}", region="")
    yield Target(f"iam:{request.operation}", resource)


def _sts(request: Request) -> Iterator[Target]:
    given = request.parameters()
    resource = str(given.get("RoleArn", ""))
    yield Target(f"sts:{request.operation}", resource)
    if request.operation == "AssumeRole" and any(name.startswith("Tags.") for name in given):
        yield Target("sts:TagSession", resource)
    if request.operation == "AssumeRole" and "SourceIdentity" in given:
        yield Target("sts:SetSourceIdentity", resource)


def _kms(request: Request) -> Iterator[Target]:
    from moto.kms.models import kms_backends

    named = str(request.parameters().get("KeyId", ""))
    backend = kms_backends[request.account_id][request.region]
    found = next((key for key in backend.keys.values() if named in {key.id, key.arn, *key.aliases}), None)
    yield Target(f"kms:{request.operation}", str(found.arn) if found else "")


def _lambda(request: Request) -> Iterator[Target]:
    """`/2015-03-31/functions/NAME/invocations`; a name may be an ARN."""
    operation = "InvokeFunction" if request.operation == "Invoke" else request.operation
    _, _, rest = unquote(request.path).partition("/functions/")
    name = rest.partition("/")[0]
    yield Target(
        f"lambda:{operation}", name if name.startswith("arn:") or not name else request.arn(f"function:{name}")
    )


_BY_SERVICE: Mapping[str, Callable[[Request], Iterator[Target]]] = {
    "dynamodb": _dynamodb,
    "iam": _iam,
    "kms": _kms,
    "lambda": _lambda,
    "secretsmanager": _secretsmanager,
    "sqs": _sqs,
    "states": _states,
    "sts": _sts,
}
