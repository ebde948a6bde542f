"""Journey 9: what a resource is, whom it lets in from outside, and what it was before."""

import json
from functools import partial
from typing import Any

from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

_QUEUE = "partner-deliveries"
_PARTNER = "999988887777"


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 9: pages of resources, and what they were before")
    ada = stage.person(ADMINISTRATOR)
    accounts = {one["name"]: one["account_id"] for one in ada.get("/api/v2/accounts").expect(200)["accounts"]}
    _opens_and_closes(stage, ada, accounts["payments-prod"])
    _is_attached(stage, ada, accounts["payments-prod"])
    _is_not_there(stage, ada, accounts["payments-prod"])


def _opens_and_closes(stage: Stage, ada: Visitor, account: str) -> None:
    story, region = stage.story, stage.cloud.region
    sqs = stage.cloud.client("sqs", account_id=account)
    arn, path = f"arn:aws:sqs:{region}:{account}:{_QUEUE}", f"/api/v2/resources/{account}/sqs/{region}/{_QUEUE}"
    story.step(f"Somebody creates the queue {_QUEUE} in payments-prod; its page is opened at once")
    url = sqs.create_queue(QueueName=_QUEUE)["QueueUrl"]
    page = ada.get(path).expect(200)
    story.same("the queue's ARN", page["arn"], arn)
    story.saw(f"{page['technology']} {page['arn']}; public: {page['exposure']['public']}")
    story.step("Somebody lets everybody in; then only a partner's account")
    for principal, public in (("*", True), ({"AWS": _PARTNER}, False)):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(_policy(principal, arn))})
        exposure = stage.wait(partial(_seen, ada, path, public=public), f"public: {public}")
        told = ", ".join(f"{one['kind']} {one['who']} by {one['statement']}" for one in exposure["outsiders"])
        story.saw(f"public: {exposure['public']}; from outside: {told}")
    story.step("What it was before")
    history = ada.get(f"/api/v2/resource_history?arn={arn}").expect(200)["versions"]
    story.saw_all(
        f"since {one['at']}: {', '.join(one['changed']) or 'first known content'}, by {one['who'] or 'nobody known'}"
        for one in history
    )
    newest = ada.get(f"/api/v2/resource_history?arn={arn}&version={history[0]['id']}").expect(200)["difference"]
    story.same("the policy now", newest["after"]["policy"], _policy({"AWS": _PARTNER}, arn))
    story.same("the policy before", newest["before"]["policy"], _policy("*", arn))
    sqs.delete_queue(QueueUrl=url)


def _policy(principal: Any, arn: str) -> dict[str, Any]:
    statement = {
        "Sid": "Deliveries",
        "Effect": "Allow",
        "Principal": principal,
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _seen(ada: Visitor, path: str, *, public: bool) -> dict[str, Any] | None:
    exposure: dict[str, Any] = ada.get(f"{path}?force_refresh=true").expect(200)["exposure"]
    return exposure if exposure["public"] is public and exposure["outsiders"] else None


def _is_attached(stage: Stage, ada: Visitor, account: str) -> None:
    story = stage.story
    story.step("A managed policy of the account, and whom an edit of it would change")
    policies = ada.get(f"/api/v2/managed_policies/{account}").expect(200)
    arn = next(one for one in policies if f":{account}:" in one and "/boundaries/" not in one)
    document = ada.get(f"/api/v2/managed_policies/{arn}").expect(200)["data"]
    attached = ada.get(f"/api/v2/attached_principals?arn={arn}").expect(200)["principals"]
    names = ", ".join(f"{one['kind']} {one['name']}" for one in attached)
    story.saw(f"{arn}: {len(document['Statement'])} statements, attached to {names or 'nobody'}")


def _is_not_there(stage: Stage, ada: Visitor, account: str) -> None:
    stage.story.step("A role that does not exist")
    answer = ada.get(f"/api/v2/roles/{account}/no-such-role")
    stage.story.same("the answer's status", answer.status, 404)
    stage.story.saw(answer.message)
