"""Journey 13: a change fails and what was applied beside it is taken back; an end that can't be reached is shown, and heals by itself."""

import json
import time
from typing import Any

from infra.local import stack
from infra.local.journeys import credential, request
from infra.local.journeys.stage import Stage, account_of
from infra.local.journeys.visitor import Visitor

_ROLE = "PaymentsEngineer"
_FIRST, _SHORT, _DOOMED = "month-end-exports", "month-end-fix", "MonthEndShortLived"
_APPLY_ROLE = "ConsoleMeSpokeApply"
_TRIES = 12
_CLOSED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": ["sts:AssumeRole", "sts:TagSession"]}],
}


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 13: when something goes wrong")
    priya, selma = stage.person(credential.EMAIL), stage.person(request.REVIEWER)
    role = next(arn for arn in priya.get("/api/v1/get_roles").expect(200) if arn.endswith(f"/{_ROLE}"))
    _is_taken_back(stage, priya, selma, role)
    _is_stuck_and_heals(stage, priya, selma, role)


def _is_taken_back(stage: Stage, priya: Visitor, selma: Visitor, role: str) -> None:
    story, iam = stage.story, stage.iam(account_of(role))
    story.step(
        "Two changes in one request, all or nothing; the managed policy of the second is deleted before they are applied"
    )
    doomed = iam.create_policy(PolicyName=_DOOMED, PolicyDocument=json.dumps(_document("exports-archive")))["Policy"][
        "Arn"
    ]
    changes = [
        _inline(role, _FIRST, "month-end"),
        {**_on(role), "change_type": "managed_policy", "action": "attach", "arn": doomed},
    ]
    _until_read(stage, priya, changes)
    request_id = _asked(priya, changes, on_failure="rollback")
    iam.delete_policy(PolicyArn=doomed)
    _approve(selma, request_id)
    review = _ended(stage, priya, request_id)
    story.same("state", review["state"], "failed")
    story.same("the changes", [change["status"] for change in review["changes"]], ["rolled_back", "failed"])
    story.absent(f"the inline policies of {role}", _FIRST, list(stage.inline_policies(role)))
    story.aws(f"iam:ListRolePolicies of {role}: no {_FIRST}; {_DOOMED} was not attached")
    for line in review["timeline"]:
        story.saw(f"{line['actor']:28} {line['kind']:12} {line['text']}")


def _until_read(stage: Stage, visitor: Visitor, changes: list[dict[str, Any]]) -> None:
    """As long as nobody knows what the new policy allows, one approval is not enough."""

    def known() -> bool:
        review = visitor.post("/api/v2/request", {**_wish(changes), "dry_run": True}).expect(200)["review"]
        return all(finding["rule"] != "unread_policy" for finding in review["findings"])

    stage.wait(known, f"the inventory has not read {_DOOMED}", 60)
    stage.story.saw(f"the event of its creation has told the inventory what {_DOOMED} allows")


def _is_stuck_and_heals(stage: Stage, priya: Visitor, selma: Visitor, role: str) -> None:
    story = stage.story
    story.step(
        "A policy for an hour; then the account shuts the role out that would take it back, and its holder ends it now"
    )
    until = int(time.time()) + 3600
    request_id = _asked(priya, [{**_inline(role, _SHORT, "month-end-fix"), "until": until}])
    _approve(selma, request_id)
    story.same("state", _ended(stage, priya, request_id)["state"], "applied")
    story.within(f"the inline policies of {role}", _SHORT, list(stage.inline_policies(role)))
    iam = stage.iam(account_of(role))
    trust = iam.get_role(RoleName=_APPLY_ROLE)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(RoleName=_APPLY_ROLE, PolicyDocument=json.dumps(_CLOSED))
    try:
        _tell(priya, request_id, "end_request")
        review = _tried(stage, priya, request_id, "stuck")
        story.saw(f"shown as {review['state']}: {_failure(review)}")
        story.within(f"the inline policies of {role}", _SHORT, list(stage.inline_policies(role)))
    finally:
        iam.update_assume_role_policy(RoleName=_APPLY_ROLE, PolicyDocument=json.dumps(trust))
    story.step("The account lets the role in again: the next try takes the policy away and proves it")
    review = _tried(stage, priya, request_id, "ended")
    story.same("state", review["state"], "ended")
    story.absent(f"the inline policies of {role}", _SHORT, list(stage.inline_policies(role)))
    story.aws(f"iam:ListRolePolicies of {role}: no {_SHORT}")


def _tried(stage: Stage, visitor: Visitor, request_id: str, wanted: str) -> Any:
    """The review once its state is that. What is due later is made due now, again and again, as if the hours had passed."""
    review = _review(visitor, request_id)
    for _ in range(_TRIES):
        if review["state"] == wanted:
            break
        _make_due(stage, request_id)
        stage.cloud.invoke("due", stage.cloud.scheduler.event("due"))
        review = _settled(stage, visitor, request_id)
    stage.story.same("state", review["state"], wanted)
    return review


def _settled(stage: Stage, visitor: Visitor, request_id: str) -> Any:
    """Once the workflow that was started has come to its end."""
    machine = stage.cloud.state_machine_arns["revoke"]
    states = stage.cloud.client("stepfunctions")

    def over() -> Any:
        running = states.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]
        return None if running else _review(visitor, request_id)

    return stage.wait(over, f"the end of {request_id} is still being tried", 60)


def _make_due(stage: Stage, request_id: str) -> None:
    table, key = f"{stack.TABLE_PREFIX}requests", f"REQ#{request_id}"
    dynamodb = stage.cloud.client("dynamodb")
    rows = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :end)",
        ExpressionAttributeValues={":pk": {"S": key}, ":end": {"S": "DUE#end#"}},
    )["Items"]
    now = int(time.time())
    for row in rows:
        body = json.dumps({**json.loads(row["body"]["S"]), "at": now}, separators=(",", ":"), ensure_ascii=False)
        dynamodb.update_item(
            TableName=table,
            Key={"pk": row["pk"], "sk": row["sk"]},
            UpdateExpression="SET due_at = :now, body = :body",
            ExpressionAttributeValues={":now": {"N": str(now)}, ":body": {"S": body}},
        )


def _failure(review: Any) -> str:
    return str(next((end["failure"] for end in review["ends"] if end["failure"]), review["failure"]))


def _on(role: str) -> dict[str, Any]:
    return {"principal": {"principal_type": "AwsResource", "principal_arn": role}}


def _document(bucket: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [f"arn:aws:s3:::{bucket}/*"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def _inline(role: str, name: str, bucket: str) -> dict[str, Any]:
    policy = {"policy_document": _document(bucket)}
    return {**_on(role), "change_type": "inline_policy", "action": "attach", "policy_name": name, "policy": policy}


def _asked(visitor: Visitor, changes: list[dict[str, Any]], **more: Any) -> str:
    return str(visitor.post("/api/v2/request", {**_wish(changes), **more}).expect(200)["request_id"])


def _wish(changes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"justification": "Month end", "changes": {"changes": changes}}


def _review(visitor: Visitor, request_id: str) -> Any:
    return visitor.get(f"/api/v2/requests/{request_id}").expect(200)["review"]


def _tell(visitor: Visitor, request_id: str, command: str, **more: Any) -> None:
    visitor.put(f"/api/v2/requests/{request_id}", {"modification_model": {"command": command, **more}}).expect(200)


def _approve(visitor: Visitor, request_id: str) -> None:
    review = _review(visitor, request_id)
    seen = {"revision": review["revision"], "revision_hash": review["revision_hash"]}
    _tell(visitor, request_id, "approve_request", **seen)


def _ended(stage: Stage, visitor: Visitor, request_id: str) -> Any:
    def ended() -> Any:
        review = _review(visitor, request_id)
        return None if review["state"] in {"approved", "applying", "pending"} else review

    return stage.wait(ended, f"the request {request_id} has not ended", 60)
