"""Journey 14: an administrator makes a role, copies it and deletes both: each a request, and applied by the same workflow."""

from typing import Any

from infra.local.journeys import credential
from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage, account_of
from infra.local.journeys.visitor import Visitor

_FIRST, _COPY = "month-end-runner", "month-end-runner-copy"
_OPTIONS = {"assume_role_policy": True, "tags": True, "inline_policies": True, "managed_policies": True}


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 14: roles are made, copied and deleted")
    ada, priya = stage.person(ADMINISTRATOR), stage.person(credential.EMAIL)
    arns = priya.get("/api/v1/get_roles").expect(200)
    account_id = account_of(next(arn for arn in arns if arn.endswith("/PaymentsEngineer")))
    _is_made(stage, ada, priya, account_id)
    _is_copied(stage, ada, account_id)
    _are_deleted(stage, ada, account_id)


def _is_made(stage: Stage, ada: Visitor, priya: Visitor, account_id: str) -> None:
    story = stage.story
    story.step("POST /api/v2/roles, by somebody who may and by somebody who may not")
    wish = {"account_id": account_id, "role_name": _FIRST, "description": "Runs at the end of each month"}
    refused = priya.post("/api/v2/roles", wish)
    story.same("the answer to her", refused.status, 403)
    story.saw(f"{credential.EMAIL}: {refused.message}")
    made = ada.post("/api/v2/roles", wish).expect(200)
    story.same("role_created", made["role_created"], "true")
    _recorded(stage, ada, made["request_id"])
    iam = stage.iam(account_id)
    profile = iam.get_instance_profile(InstanceProfileName=_FIRST)["InstanceProfile"]
    story.same("the roles of its instance profile", [role["RoleName"] for role in profile["Roles"]], [_FIRST])
    story.aws(f"iam:GetRole: {iam.get_role(RoleName=_FIRST)['Role']['Arn']}, in an instance profile of its name")


def _is_copied(stage: Stage, ada: Visitor, account_id: str) -> None:
    story, iam = stage.story, stage.iam(account_id)
    story.step("POST /api/v2/clone/role, once the first one has a tag and a policy")
    iam.tag_role(RoleName=_FIRST, Tags=[{"Key": "team", "Value": "payments"}])
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::exports"}]}'
    iam.put_role_policy(RoleName=_FIRST, PolicyName="exports", PolicyDocument=document)
    wish = {"account_id": account_id, "role_name": _FIRST, "dest_account_id": account_id, "dest_role_name": _COPY}
    made = ada.post("/api/v2/clone/role", {**wish, "options": _OPTIONS}).expect(200)
    story.same("role_created", made["role_created"], "true")
    for result in made["action_results"]:
        story.saw(f"{result['status']}: {result['message']}")
    _recorded(stage, ada, made["request_id"])
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=_COPY)["Tags"]}
    story.same("the tag of the copy", tags.get("team"), "payments")
    story.within("the inline policies of the copy", "exports", iam.list_role_policies(RoleName=_COPY)["PolicyNames"])


def _are_deleted(stage: Stage, ada: Visitor, account_id: str) -> None:
    story, iam = stage.story, stage.iam(account_id)
    story.step("DELETE /api/v2/roles/{account}/{role}")
    for name in (_FIRST, _COPY):
        gone = ada.delete(f"/api/v2/roles/{account_id}/{name}").expect(200)
        story.same("status", gone["status"], "success")
        _recorded(stage, ada, gone["request_id"])
    names = [role["RoleName"] for page in iam.get_paginator("list_roles").paginate() for role in page["Roles"]]
    for name in (_FIRST, _COPY):
        story.absent("the roles of the account", name, names)
    story.aws(f"iam:ListRoles of {account_id}: neither {_FIRST} nor {_COPY}")


def _recorded(stage: Stage, ada: Visitor, request_id: Any) -> None:
    review = ada.get(f"/api/v2/requests/{request_id}").expect(200)["review"]
    stage.story.same("the request's state", review["state"], "applied")
    (change,) = review["changes"]
    stage.story.saw(f"request {request_id}: {change['title']}, {review['state']}")
