"""Journey 11: a role is lent for half a minute. The access ends by itself, and the credentials that were taken with it die with it."""

import time
from collections.abc import Callable
from typing import Any

from infra.local.journeys import credential, request
from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Reply, Visitor

_ROLE = "ReadOnly"
_SECONDS = 30
_OPEN = {"pending", "approved", "applying"}


def begin(stage: Stage) -> Callable[[], None]:
    """Up to the credentials. What comes back shows the end: other journeys fit in between."""
    stage.story.chapter("Journey 11: a role for half a minute")
    priya, selma = stage.person(credential.EMAIL), stage.person(request.REVIEWER)
    arn = _an_arn(stage.person(ADMINISTRATOR))
    until = int(time.time()) + _SECONDS
    request_id = _asks(stage, priya, arn, until)
    _is_given(stage, priya, selma, request_id)
    issued = _takes_credentials(stage, priya, arn)

    def end() -> None:
        stage.story.chapter("Journey 11, its end")
        _dies(stage, priya, arn, issued, until)
        _was_taken_back(stage, priya, request_id, arn)

    return end


def _asks(stage: Stage, priya: Visitor, arn: str, until: int) -> str:
    story = stage.story
    refused = _credentials(priya, arn)
    refused.expect(403)
    story.step(f"{credential.EMAIL} has no right to {arn} ({refused.status}); she asks for it, for {_SECONDS} seconds")
    change = {
        "principal": {"principal_type": "AwsResource", "principal_arn": arn},
        "change_type": "role_access",
        "identity": f"user:{credential.EMAIL}",
        "until": until,
    }
    body = {"justification": "The platform is on fire", "changes": {"changes": [change]}}
    request_id = str(priya.post("/api/v2/request", body).expect(200)["request_id"])
    (shown,) = _review(priya, request_id)["changes"]
    story.saw(f"request {request_id}: {shown['title']}")
    return request_id


def _is_given(stage: Stage, priya: Visitor, selma: Visitor, request_id: str) -> None:
    story = stage.story
    story.step(f"{request.REVIEWER} approves; AWS is not changed, it is a row of the authorisation map")
    review = _review(selma, request_id)
    command = {
        "command": "approve_request",
        "revision": review["revision"],
        "revision_hash": review["revision_hash"],
    }
    selma.put(f"/api/v2/requests/{request_id}", {"modification_model": command}).expect(200)

    def ended() -> Any:
        found = _review(priya, request_id)
        return None if found["state"] in _OPEN else found

    story.same("state", stage.wait(ended, f"the request {request_id} has not ended", 30)["state"], "applied")


def _takes_credentials(stage: Stage, priya: Visitor, arn: str) -> Any:
    story = stage.story
    story.step("She takes credentials: POST /api/v1/get_credentials")
    issued = _credentials(priya, arn).expect(200)["Credentials"]
    story.same("with them AWS answers ec2:DescribeInstances", stage.sees_instances(issued), expected=True)
    story.aws(f"sts:GetCallerIdentity: {stage.who_is(issued)}; ec2:DescribeInstances is answered")
    return issued


def _dies(stage: Stage, priya: Visitor, arn: str, issued: Any, until: int) -> None:
    story = stage.story
    story.step("The time is over: that is enough, whatever any task does")
    stage.wait(lambda: time.time() > until or None, "the end", _SECONDS + 5)
    story.same("with the same credentials AWS answers", stage.sees_instances(issued), expected=False)
    story.aws("ec2:DescribeInstances with the same credentials: refused by their session policy")
    refused = _credentials(priya, arn)
    refused.expect(403)
    story.saw(f"new credentials: {refused.status} {refused.message}")


def _was_taken_back(stage: Stage, priya: Visitor, request_id: str, arn: str) -> None:
    story = stage.story
    story.step("The task of each minute takes the row away and stores the proof")
    stage.cloud.invoke("due", stage.cloud.scheduler.event("due"))

    def ended() -> Any:
        found = _review(priya, request_id)
        return found if found["state"] == "ended" else None

    review = stage.wait(ended, f"the request {request_id} has not ended", 30)
    for line in review["timeline"]:
        story.saw(f"{line['actor']:28} {line['kind']:12} {line['text']}")
    page = stage.person(ADMINISTRATOR).get(f"/api/v2/roles/{arn.split(':')[4]}/{_ROLE}").expect(200)
    holders = [row["identity"] for row in page["authorized"] if "grant" in row["reason"]]
    story.same(f"whom {_ROLE} is lent to", holders, [])


def _credentials(visitor: Visitor, arn: str) -> Reply:
    return visitor.post("/api/v1/get_credentials", {"requested_role": arn})


def _review(visitor: Visitor, request_id: str) -> Any:
    return visitor.get(f"/api/v2/requests/{request_id}").expect(200)["review"]


def _an_arn(ada: Visitor) -> str:
    rows = ada.post("/api/v2/eligible_roles", {}).expect(200)["data"]
    return next(str(row["arn"]) for row in rows if row["arn"].endswith(f"/{_ROLE}"))
