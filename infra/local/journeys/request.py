"""Journey 3: a person asks for a permission, somebody else approves exactly what they saw, and IAM gets exactly that."""

from typing import Any

from infra.local.journeys import credential, refresh
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Reply, Visitor

REVIEWER = "selma@example.com"
_ROLE = "PaymentsEngineer"
_NAME = "settlement-exports"
_DOCUMENT: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ReadExports",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": ["arn:aws:s3:::settlement-exports", "arn:aws:s3:::settlement-exports/*"],
        }
    ],
}
_ENDED = {"applied", "partially_applied", "failed", "needs_rebase", "stuck"}


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 3: a request")
    priya, selma = stage.person(credential.EMAIL), stage.person(REVIEWER)
    role = next(arn for arn in priya.get("/api/v1/get_roles").expect(200) if arn.endswith(f"/{_ROLE}"))
    _previews(stage, priya, role)
    request_id, first = _asks(stage, priya, role)
    _may_not_approve(stage, priya, request_id, first)
    _edits(stage, priya, request_id, first)
    _is_not_applied_by_the_way(stage, priya, request_id, role)
    second = _is_refused_the_old_revision(stage, selma, request_id, first)
    _is_applied(stage, selma, request_id, role, second)
    _was_recorded(stage, priya, request_id, role)
    _own_request_is_rejected(stage, selma, role)
    _is_cancelled(stage, priya, role)


def _body(role: str, name: str, document: Any, justification: str) -> dict[str, Any]:
    change = {
        "principal": {"principal_type": "AwsResource", "principal_arn": role},
        "change_type": "inline_policy",
        "action": "attach",
        "new": True,
        "policy_name": name,
        "policy": {"policy_document": document},
    }
    return {"justification": justification, "admin_auto_approve": False, "changes": {"changes": [change]}}


def _previews(stage: Stage, priya: Visitor, role: str) -> None:
    story = stage.story
    story.step("A dry run shows what would change and stores nothing: POST /api/v2/request with dry_run")
    before = _listed(priya)
    wish = _body(role, _NAME, _DOCUMENT, "Read the nightly exports")
    preview = priya.post("/api/v2/request", {**wish, "dry_run": True}).expect(200)
    story.same("request_created", preview["request_created"], expected=False)
    (change,) = preview["extended_request"]["changes"]["changes"]
    story.same("the previewed document", change["policy"]["policy_document"], _DOCUMENT)
    story.same("the requests in the list", _listed(priya), before)
    story.saw(f"{change['change_type']} {change['policy_name']} on {role}, nothing stored")


def _listed(visitor: Visitor) -> list[str]:
    rows = visitor.post("/api/v2/requests", {"limit": 100, "filters": {}}).expect(200)
    return [row["request_id"] for row in (rows["data"] if isinstance(rows, dict) else rows)]


def _asks(stage: Stage, priya: Visitor, role: str) -> tuple[str, Any]:
    story = stage.story
    story.step(f"{credential.EMAIL} asks for it: POST /api/v2/request")
    request_id = _created(priya, _body(role, _NAME, _DOCUMENT, "Read the nightly exports"))
    story.within("the list of requests", request_id, _listed(priya))
    review = _review(priya, request_id)
    story.same("state", review["state"], "pending")
    (change,) = review["changes"]
    story.saw(f"request {request_id}: {review['state']}, revision {review['revision']}, hash {review['revision_hash']}")
    story.saw(f"{change['title']}; before: {change['before'] or 'no such policy'}; after:")
    story.saw_document(change["after"])
    _has_not(stage, role, _NAME)
    return request_id, review


def _created(visitor: Visitor, body: dict[str, Any]) -> str:
    answer = visitor.post("/api/v2/request", body).expect(200)
    return str(answer["request_id"])


def _review(visitor: Visitor, request_id: str) -> Any:
    return visitor.get(f"/api/v2/requests/{request_id}").expect(200)["review"]


def _has_not(stage: Stage, role: str, name: str) -> None:
    held = stage.inline_policies(role)
    stage.story.absent(f"the inline policies of {role}", name, list(held))
    stage.story.aws(f"iam:ListRolePolicies of {role}: {', '.join(held) or 'none'}; no {name}")


def _tell(visitor: Visitor, request_id: str, command: str, **more: Any) -> Reply:
    return visitor.put(f"/api/v2/requests/{request_id}", {"modification_model": {"command": command, **more}})


def _seen(review: Any) -> dict[str, Any]:
    return {"revision": review["revision"], "revision_hash": review["revision_hash"]}


def _may_not_approve(stage: Stage, priya: Visitor, request_id: str, review: Any) -> None:
    story = stage.story
    story.step("She may not approve it herself")
    refused = _tell(priya, request_id, "approve_request", **_seen(review))
    refused.expect(403)
    story.saw(f"{refused.status} {refused.message}")
    story.same("state", _review(priya, request_id)["state"], "pending")


def _edits(stage: Stage, priya: Visitor, request_id: str, review: Any) -> None:
    story = stage.story
    story.step("While it is being reviewed she edits it: a new revision")
    (change,) = review["changes"]
    _tell(priya, request_id, "update_change", change_id=change["id"], policy_document=_narrowed()).expect(200)
    edited = _review(priya, request_id)
    story.same("revision", edited["revision"], review["revision"] + 1)
    story.saw(f"revision {edited['revision']}, hash {edited['revision_hash']}")


def _narrowed() -> dict[str, Any]:
    (statement,) = _DOCUMENT["Statement"]
    narrow = {"Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::settlement-exports/nightly/*"]}
    return {**_DOCUMENT, "Statement": [{**statement, **narrow}]}


def _is_not_applied_by_the_way(stage: Stage, priya: Visitor, request_id: str, role: str) -> None:
    story = stage.story
    story.step("The function that writes is called directly, for what nobody has approved")
    (change,) = _review(priya, request_id)["changes"]
    answer = stage.cloud.invoke("apply_change", {"request_id": request_id, "change_id": change["id"]}).payload
    story.same("what apply_change did", answer["status"], "refused")
    story.saw(f"apply_change: {answer['status']}. {answer['reason']}")
    _has_not(stage, role, _NAME)


def _is_refused_the_old_revision(stage: Stage, selma: Visitor, request_id: str, first: Any) -> Any:
    """The review of the new one."""
    story = stage.story
    story.step(f"{REVIEWER} approves what she saw before the edit, and is refused")
    refused = _tell(selma, request_id, "approve_request", **_seen(first))
    refused.expect(409)
    story.saw(f"{refused.status} {refused.message}")
    _tell(selma, request_id, "add_comment", comment_text="Narrower is better. Looking at it again.").expect(200)
    second = _review(selma, request_id)
    story.same("state", second["state"], "pending")
    story.within("what she may do", "approve_request", second["allowed_actions"])
    return second


def _is_applied(stage: Stage, selma: Visitor, request_id: str, role: str, second: Any) -> None:
    story = stage.story
    _has_not(stage, role, _NAME)
    story.step(f"{REVIEWER} approves the revision that she sees; the workflow applies it")
    _tell(selma, request_id, "approve_request", **_seen(second)).expect(200)

    def ended() -> Any:
        review = _review(selma, request_id)
        return review if review["state"] in _ENDED else None

    review = stage.wait(ended, f"the request {request_id} has not ended", 60)
    story.same("state", review["state"], "applied")
    held = stage.inline_policies(role)[_NAME]
    story.same(f"the document of {_NAME} in IAM", held, second["changes"][0]["after"])
    story.same("it is the edited one", held, _narrowed())
    story.aws(f"iam:GetRolePolicy of {role}, {_NAME}: exactly the approved document")
    story.saw_document(held)
    machine = stage.cloud.state_machine_arns["request"]
    states = stage.cloud.client("stepfunctions")
    (execution,) = [
        one
        for one in states.list_executions(stateMachineArn=machine)["executions"]
        if one["name"].startswith(request_id)
    ]
    status = stage.cloud.wait_for_execution(execution["executionArn"])["status"]
    story.aws(f"states:DescribeExecution {execution['name']}: {story.same('the workflow', status, 'SUCCEEDED')}")


def _was_recorded(stage: Stage, priya: Visitor, request_id: str, role: str) -> None:
    story = stage.story
    story.step("Its timeline, and what the audit log of the role says of it")
    for line in _review(priya, request_id)["timeline"]:
        story.saw(f"{line['actor']:28} {line['kind']:12} {line['text']}")
    about = [line for line in stage.audit("target", role) if line.details.get("request_id") == request_id]
    story.same("there are audit entries", bool(about), expected=True)
    story.saw_all(map(str, about))


def _own_request_is_rejected(stage: Stage, selma: Visitor, role: str) -> None:
    story = stage.story
    story.step("Not even an administrator approves her own request; somebody else rejects it")
    ada = stage.person(refresh.ADMINISTRATOR)
    request_id = _created(ada, _body(role, "ada-everything", _DOCUMENT, "I am in a hurry"))
    review = _review(ada, request_id)
    refused = _tell(ada, request_id, "approve_request", **_seen(review))
    refused.expect(403)
    story.saw(f"{refresh.ADMINISTRATOR}: {refused.status} {refused.message}")
    _tell(selma, request_id, "reject_request", comment_text="No need shown.").expect(200)
    story.same("state", _review(ada, request_id)["state"], "rejected")
    late = _tell(selma, request_id, "approve_request", **_seen(review))
    story.same("an approval after the rejection is refused", late.status >= 400, expected=True)  # noqa: PLR2004 where errors begin
    story.saw(f"rejected by {REVIEWER}; an approval afterwards: {late.status} {late.message}")
    _has_not(stage, role, "ada-everything")


def _is_cancelled(stage: Stage, priya: Visitor, role: str) -> None:
    story = stage.story
    story.step(f"{credential.EMAIL} asks for something and thinks better of it")
    request_id = _created(priya, _body(role, "second-thoughts", _DOCUMENT, "Maybe"))
    _tell(priya, request_id, "cancel_request").expect(200)
    story.same("state", _review(priya, request_id)["state"], "cancelled")
    story.saw(f"request {request_id}: cancelled")
    _has_not(stage, role, "second-thoughts")
