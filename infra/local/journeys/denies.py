"""Journey 7: AWS refuses calls, and each person learns which policy was in the way, and gets the one that would help."""

import base64
import json
import time
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from infra.local.journeys import credential
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

_DENY, _INBOX = "/local/deny", "/api/v2/notifications"
_ROLE, _QUEUE = "PaymentsEngineer", "settlement-corrections"
_FORGED = "mei@example.com"
"""Somebody else: a session may be called like anybody."""


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 7: refused calls")
    priya = stage.person(credential.EMAIL)
    role = next(arn for arn in priya.get("/api/v1/get_roles").expect(200) if arn.endswith(f"/{_ROLE}"))
    queue = f"arn:aws:sqs:{stage.cloud.region}:{role.split(':')[4]}:{_QUEUE}"
    _is_suggested(stage, priya, role, queue)
    _is_explained(stage, priya, role, queue)
    _is_told(stage, priya, role)
    _shows(stage, priya, role)


def _refuse(stage: Stage, role: str, action: str, resource: str, **more: Any) -> None:
    wish = {"who": role, "action": action, "resource": resource, "session_name": _FORGED, **more}
    stage.command_line().post(_DENY, {"region": stage.cloud.region, **wish}).expect(200)


def _denies(visitor: Visitor, arn: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = visitor.get(f"/api/v2/denies?arn={quote(arn)}").expect(200)["denies"]
    return found


def _is_suggested(stage: Stage, priya: Visitor, role: str, queue: str) -> None:
    story = stage.story
    story.step(f"AWS refuses sqs:SendMessage to a session of {_ROLE} that belongs to {credential.EMAIL}, twice")
    began = time.monotonic()
    for _ in range(2):
        _refuse(stage, role, "sqs:SendMessage", queue, source_identity=credential.EMAIL)

    def counted() -> Any:
        return next((deny for deny in _denies(priya, role) if deny["count"] == 2), None)  # noqa: PLR2004 both

    deny = stage.wait(counted, "the refused calls are not counted")
    story.saw(f"GET /api/v2/denies knows both, {time.monotonic() - began:.1f} s after the first")
    story.same("the layer", deny["layer"], "identity_policy")
    story.saw(deny["advice"])
    statement = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [queue]}
    story.same("the suggestion", deny["suggestion"]["Statement"], [statement])
    story.saw_document(deny["suggestion"])
    story.within("what is known of the queue", role, [one["principal"] for one in _denies(priya, queue)])


def _is_explained(stage: Stage, priya: Visitor, role: str, queue: str) -> None:
    story = stage.story
    instances = f"arn:aws:ec2:{stage.cloud.region}:{role.split(':')[4]}:instance/*"
    story.step("Where no policy of the role would help none is suggested: an SCP, and what EC2 encodes and STS decodes")
    _refuse(stage, role, "sqs:DeleteQueue", queue, layer="service_control_policy", explicit=True)
    _refuse(stage, role, "ec2:RunInstances", instances, encoded=True, explicit=True)

    def both() -> Any:
        found = {deny["action"]: deny for deny in _denies(priya, role)}
        return found if {"sqs:DeleteQueue", "ec2:RunInstances"} <= found.keys() else None

    found = stage.wait(both, "the other refused calls are not known")
    for action, resource in (("sqs:DeleteQueue", queue), ("ec2:RunInstances", instances)):
        deny = found[action]
        story.same(f"the resource of {action}", deny["resource"], resource)
        story.same(f"the suggestion for {action}", deny["suggestion"], None)
        story.saw(f"{action}: {deny['layer']}, explicit: {deny['explicit']}. {deny['advice']}")


def _is_told(stage: Stage, priya: Visitor, role: str) -> None:
    story = stage.story
    story.step(
        "The person whose session it was finds a note, and its link holds the policy; whoever it was called like finds none"
    )

    def note() -> Any:
        notes = priya.get(_INBOX).expect(200)["data"]["notifications"]
        return next((one for one in notes if one["details"]["principal"] == role), None)

    told = stage.wait(note, "nobody was told")
    story.saw(f"{told['header']}: {told['message']}")
    forged = stage.person(_FORGED).get(_INBOX).expect(200)["data"]["notifications"]
    story.same(f"the inbox of {_FORGED}", forged, [])
    (link,) = parse_qs(urlsplit(told["message_actions"][0]["uri"]).query)["encoded_request"]
    wanted = json.loads(base64.b64decode(link))
    change = {
        "principal": {"principal_type": "AwsResource", "principal_arn": wanted["role"]},
        "change_type": "inline_policy",
        "action": "attach",
        "new": True,
        "policy": {"policy_document": json.loads(wanted["updated_policy"])},
    }
    wish = {"justification": "AWS refused it", "changes": {"changes": [change]}, "dry_run": True}
    preview = priya.post("/api/v2/request", wish).expect(200)
    (change,) = preview["extended_request"]["changes"]["changes"]
    story.saw(f"as a request it is {change['change_type']} on {role}, and passes every check")
    read = {"action": "toggle_read_for_current_user", "notifications": [told]}
    story.same("unread notes", priya.put(_INBOX, read).expect(200)["data"]["unreadNotificationCount"], 0)


def _shows(stage: Stage, priya: Visitor, role: str) -> None:
    story = stage.story
    story.step("The page of the role and the table of all resources count them")
    account, name = role.split(":")[4], role.rpartition("/")[2]
    page = priya.get(f"/api/v2/roles/{account}/{name}").expect(200)
    errors = page["cloudtrail_details"]["errors"]["cloudtrail_errors"]
    story.saw_all(f"{error['count']} x {error['event_call']} on {error['resource']}" for error in errors)
    story.same("the kinds on the role's page", len(errors), 3)

    def counted() -> Any:
        sought = {"text": role, "limit": 1}
        rows = priya.post("/api/v2/search", sought).expect(200)["rows"]
        return rows[0]["errors"] if rows and rows[0]["errors"] else None

    story.saw(f"errors of the role in search: {stage.wait(counted, 'search knows of no denies')}")
