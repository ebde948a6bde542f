"""After the start: the first refresh through the real workflow, and a line for each person who can sign in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.local.cloud import LaptopCloud, until
from infra.local.http import HttpRequest
from infra.local.people import Person

_REFRESH = "start_refresh"
_LONGEST_REFRESH = 300.0
_LONGEST_QUEUE = 120.0


@dataclass(frozen=True)
class Refresh:
    """How the first refresh ended: SUCCEEDED, or what Step Functions says instead, with its cause."""

    status: str
    cause: str = ""


def refresh(cloud: LaptopCloud) -> Refresh:
    """Runs the scheduled refresh now, and waits until its workflow and the authorisation queue are done."""
    answer = cloud.invoke(_REFRESH, cloud.scheduler.event(_REFRESH))
    if answer.failed:
        return Refresh("FAILED", str(answer.payload.get("errorMessage", answer.payload)))
    states = cloud.client("stepfunctions")
    machine = cloud.state_machine_arns["refresh"]
    executions = states.list_executions(stateMachineArn=machine)["executions"]
    ended = [cloud.wait_for_execution(one["executionArn"], _LONGEST_REFRESH) for one in executions]
    queue_is_empty(cloud)
    failed = [one for one in ended if one["status"] != "SUCCEEDED"]
    return Refresh(failed[0]["status"], str(failed[0].get("cause", ""))) if failed else Refresh("SUCCEEDED")


def queue_is_empty(cloud: LaptopCloud, timeout: float = _LONGEST_QUEUE) -> None:
    """Waits until the authorisation queue has nothing left, neither waiting nor under way. Raises TimeoutError."""
    sqs = cloud.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def empty() -> bool | None:
        url = cloud.kept.authorization_queue_url
        counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return True if all(int(counts[name]) == 0 for name in names) else None

    until(empty, timeout, "the authorisation queue is not empty")


def sign_in_lines(cloud: LaptopCloud) -> Iterator[str]:
    """`sign in: EMAIL, N roles` for each person, as the API answers that person."""
    for person in cloud.people:
        roles = _roles_of(cloud, person)
        yield f"sign in: {person.email}, {len(roles)} role{'' if len(roles) == 1 else 's'}"


def _roles_of(cloud: LaptopCloud, person: Person) -> list[Any]:
    """Raises RuntimeError when the API does not answer."""
    host = ("Host", cloud.url.removeprefix("http://"))
    body = json.dumps({"email": person.email}).encode()
    signed_in = cloud.gateway.answer(
        HttpRequest("POST", "/local/sign_in", "", [host, ("Content-Type", "application/json")], body, "127.0.0.1")
    )
    if signed_in.status != 200:  # noqa: PLR2004 the one good answer
        raise RuntimeError(
            f"{person.email} can't sign in: {signed_in.body.decode()} The functions' log says more: {cloud.log}"
        )
    cookies = "; ".join(value.split(";")[0] for name, value in signed_in.headers if name == "Set-Cookie")
    headers = [host, ("Cookie", cookies), ("Accept", "application/json")]
    answer = cloud.gateway.answer(HttpRequest("GET", "/api/v1/get_roles", "all=true", headers, b"", "127.0.0.1"))
    if answer.status != 200:  # noqa: PLR2004
        raise RuntimeError(
            f"The roles of {person.email} can't be read: {answer.body.decode()} The functions' log says more: {cloud.log}"
        )
    roles: list[Any] = json.loads(answer.body)
    return roles
