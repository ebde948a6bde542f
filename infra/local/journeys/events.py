"""Journey 6: what somebody changes directly in AWS is known within seconds, by the event that CloudTrail writes of it."""

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.journeys import credential
from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

_LIMIT = 5.0
"""Seconds from the change to the search that knows it: an event's way, and a look for news every three seconds."""
_LIKE, _ROLE, _QUEUE = "PaymentsEngineer", "FreshFromTheConsole", "fresh-from-the-console"
_OWNER = "hand-of-somebody"
_TAG = "consoleme-authorized"


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 6: changes made directly in AWS")
    ada, priya = stage.person(ADMINISTRATOR), stage.person(credential.EMAIL)
    accounts = {one["name"]: one["account_id"] for one in ada.get("/api/v2/accounts").expect(200)["accounts"]}
    account = accounts["payments-prod"]
    role, queue = _creates(stage, ada, account)
    _is_used(stage, priya, role)
    _tags(stage, ada, priya, role, queue)
    _deletes(stage, ada, account)


def _creates(stage: Stage, ada: Visitor, account: str) -> tuple[str, str]:
    """The ARNs of a role and of a queue."""
    story, iam = stage.story, stage.iam(account)
    story.step(
        f"Somebody creates the role {_ROLE}, tagged for {credential.EMAIL}, and a queue in payments-prod; nobody refreshes"
    )
    story.same("what is found of them before", _found(ada, _ROLE) + _found(ada, _QUEUE), [])
    trust = iam.get_role(RoleName=_LIKE)["Role"]["AssumeRolePolicyDocument"]
    tags = [{"Key": _TAG, "Value": credential.EMAIL}]
    began = time.monotonic()
    made = iam.create_role(RoleName=_ROLE, Path="/by-hand/", AssumeRolePolicyDocument=json.dumps(trust), Tags=tags)
    stage.cloud.client("sqs", account_id=account).create_queue(QueueName=_QUEUE)
    arns = str(made["Role"]["Arn"]), f"arn:aws:sqs:{stage.cloud.region}:{account}:{_QUEUE}"
    story.aws(f"there are {' and '.join(arns)}")
    _in_time(
        stage, began, lambda: (*_found(ada, _ROLE), *_found(ada, _QUEUE)) == arns, "POST /api/v2/search finds both"
    )
    return arns


def _is_used(stage: Stage, priya: Visitor, role: str) -> None:
    stage.wait(lambda: role in _roles(priya) or None, f"{credential.EMAIL} has {_ROLE}")
    issued = priya.post("/api/v1/get_credentials", {"requested_role": role}).expect(200)["Credentials"]
    stage.story.aws(
        f"{credential.EMAIL} has the role and uses it: sts:GetCallerIdentity answers {stage.who_is(issued)}"
    )


def _tags(stage: Stage, ada: Visitor, priya: Visitor, role: str, queue: str) -> None:
    story, account = stage.story, role.split(":")[4]
    story.step(f"Somebody takes the tag off the role, and tags the queue with its owner, {_OWNER}")
    sqs = stage.cloud.client("sqs", account_id=account)
    url = sqs.get_queue_url(QueueName=_QUEUE)["QueueUrl"]
    began = time.monotonic()
    stage.iam(account).untag_role(RoleName=_ROLE, TagKeys=[_TAG])
    sqs.tag_queue(QueueUrl=url, Tags={"owner": _OWNER})
    _in_time(stage, began, lambda: role not in _roles(priya), f"{credential.EMAIL} has lost the role")
    _in_time(stage, began, lambda: _owned(ada) == [queue], "search finds the queue by its owner")
    refused = priya.post("/api/v1/get_credentials", {"requested_role": role})
    story.same("credentials of the role", refused.status, 403)
    story.saw(f"{refused.status} {refused.message}")


def _deletes(stage: Stage, ada: Visitor, account: str) -> None:
    stage.story.step("Somebody deletes both")
    sqs = stage.cloud.client("sqs", account_id=account)
    url = sqs.get_queue_url(QueueName=_QUEUE)["QueueUrl"]
    began = time.monotonic()
    stage.iam(account).delete_role(RoleName=_ROLE)
    sqs.delete_queue(QueueUrl=url)
    _in_time(stage, began, lambda: not (_found(ada, _ROLE) or _found(ada, _QUEUE)), "search finds neither")


def _in_time(stage: Stage, began: float, look: Callable[[], bool], what: str) -> None:
    """Raises UnexpectedError when it took longer than it may."""
    stage.wait(lambda: look() or None, f"not yet: {what}", _LIMIT - (time.monotonic() - began))
    stage.story.saw(f"{what}, {time.monotonic() - began:.1f} s after the change")


def _found(visitor: Visitor, text: str) -> list[str]:
    return _search(visitor, {"text": text})


def _owned(visitor: Visitor) -> list[str]:
    return _search(visitor, {"conditions": [{"column": "owner", "operator": "equals", "value": _OWNER}]})


def _search(visitor: Visitor, query: Mapping[str, Any]) -> list[str]:
    page: dict[str, Any] = visitor.post("/api/v2/search", query).expect(200)
    return [str(row["arn"]) for row in page["rows"]]


def _roles(visitor: Visitor) -> list[str]:
    arns: list[str] = visitor.get("/api/v1/get_roles?all=true").expect(200)
    return arns
