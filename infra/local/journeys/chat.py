"""Journey 12: a bucket policy is decided in Slack, by a person who has said whose account it is, on exactly what they saw."""

import json
from typing import Any
from urllib.parse import quote

from botocore.exceptions import ClientError

from infra.local.journeys import credential, request
from infra.local.journeys.stage import Stage, account_of
from infra.local.journeys.visitor import Visitor
from infra.local.telling.workspace import CHANNEL

_STRANGER = "ben@example.com"
_ROLE = "PaymentsEngineer"
_SECONDS = 60.0


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 12: a bucket policy, decided in Slack")
    priya = stage.person(credential.EMAIL)
    role = next(arn for arn in priya.get("/api/v1/get_roles").expect(200) if arn.endswith(f"/{_ROLE}"))
    bucket = _a_bucket(stage, account_of(role))
    before = _policy(stage, account_of(role), bucket)
    request_id = _asks(stage, priya, role, bucket)
    posted = _is_posted(stage, request_id)
    _forgery_is_refused(stage)
    _needs_a_link(stage, posted)
    _is_approved(stage, posted, priya, request_id)
    _is_applied(stage, account_of(role), bucket, before)
    _everybody_is_told(stage, posted, request_id)


def _a_bucket(stage: Stage, account_id: str) -> str:
    """One that has a policy already, where there is one."""
    buckets = stage.cloud.client("s3", account_id=account_id).list_buckets()["Buckets"]
    names = (str(one["Name"]) for one in buckets)
    return min(names, key=lambda name: (not _policy(stage, account_id, name), name))


def _policy(stage: Stage, account_id: str, bucket: str) -> list[Any]:
    """The statements of the bucket's policy, as S3 holds them now."""
    try:
        held = stage.cloud.client("s3", account_id=account_id).get_bucket_policy(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":
            raise
        return []
    return list(json.loads(held["Policy"])["Statement"])


def _asks(stage: Stage, priya: Visitor, role: str, bucket: str) -> str:
    story = stage.story
    story.step(
        f"{credential.EMAIL} asks that {_ROLE} may read one folder of the bucket {bucket}: one statement, added to what is there"
    )
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": role},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/reports/*",
    }
    change = {
        "principal": {"principal_type": "AwsResource", "principal_arn": f"arn:aws:s3:::{bucket}"},
        "change_type": "resource_policy",
        "statements": [statement],
    }
    body = {"justification": "Monthly reports", "changes": {"changes": [change]}}
    request_id = str(priya.post("/api/v2/request", body).expect(200)["request_id"])
    story.saw(f"request {request_id}")
    return request_id


def _seen(stage: Stage, email: str) -> list[Any]:
    found = stage.command_line().get(f"/local/slack/seen?email={quote(email)}").expect(200)
    return list(found["messages"])


def _is_posted(stage: Stage, request_id: str) -> Any:
    story = stage.story
    story.step(
        "Slack has a message about it: what changes, what the guardrails say, and three buttons (see /local/slack)"
    )

    def look() -> Any:
        return next((one for one in _seen(stage, request.REVIEWER) if request_id in json.dumps(one["blocks"])), None)

    posted = stage.wait(look, "the request is not in Slack", _SECONDS)
    story.same("channel", posted["channel"], CHANNEL)
    story.saw(posted["text"])
    for block in posted["blocks"]:
        if block["type"] == "section":
            story.saw_all(block["text"]["text"].strip("`").strip().splitlines())
    return posted


def _forgery_is_refused(stage: Stage) -> None:
    story = stage.story
    story.step("A post that Slack has not signed is refused before anything of it is read")
    forged = stage.command_line().post("/api/v2/slack/interactions", {"payload": "{}"})
    forged.expect(403)
    story.saw(f"{forged.status} {forged.message}")


def _press(stage: Stage, email: str, posted: Any) -> None:
    place = {"channel": posted["channel"], "stamp": posted["stamp"]}
    pressed = {"email": email, "action_id": "approve", **place}
    stage.command_line().post("/local/slack/press", pressed).expect(200)


def _whispered(stage: Stage, email: str, words: str) -> str:
    """What Slack shows to that person alone."""

    def look() -> str | None:
        told = (str(one["text"]) for one in _seen(stage, email) if one["only_for"])
        return next((text for text in told if words in text), None)

    return stage.wait(look, f"{email} is not told: {words}", _SECONDS)


def _needs_a_link(stage: Stage, posted: Any) -> None:
    story = stage.story
    story.step(
        f"{request.REVIEWER} presses Approve. Nobody knows yet whose Slack account that is: a link, shown to nobody else, says how to tell"
    )
    _press(stage, request.REVIEWER, posted)
    told = _whispered(stage, request.REVIEWER, "/slack/link#")
    ticket = told.partition("#")[2].partition(" ")[0]
    stranger, selma = stage.person(_STRANGER), stage.person(request.REVIEWER)
    refused = stranger.post("/api/v2/slack/links", {"ticket": ticket})
    refused.expect(403)
    story.saw(f"{_STRANGER} with the same link: {refused.status} {refused.message}")
    linked = selma.post("/api/v2/slack/links", {"ticket": ticket}).expect(200)
    story.saw(f"{request.REVIEWER}, signed in, confirms: {linked['slack_name']} in Slack is her")


def _is_approved(stage: Stage, posted: Any, priya: Visitor, request_id: str) -> None:
    story = stage.story
    story.step("She presses again; it is decided as anywhere else, and applied")
    _press(stage, request.REVIEWER, posted)

    def look() -> Any:
        review = priya.get(f"/api/v2/requests/{request_id}").expect(200)["review"]
        return review if review["state"] in {"applied", "failed", "needs_rebase"} else None

    review = stage.wait(look, "the request was not applied", _SECONDS)
    story.same("state", review["state"], "applied")
    story.saw_all(f"{line['actor']}: {line['text']}" for line in review["timeline"])


def _is_applied(stage: Stage, account_id: str, bucket: str, before: list[Any]) -> None:
    after = _policy(stage, account_id, bucket)
    added = [one for one in after if one not in before]
    stage.story.same("statements that were there and are gone", [one for one in before if one not in after], [])
    stage.story.same("statements more", len(added), 1)
    stage.story.aws(
        f"s3:GetBucketPolicy of {bucket}: {len(before)} statements as before, and one with our Sid {added[0]['Sid']}"
    )


def _everybody_is_told(stage: Stage, posted: Any, request_id: str) -> None:
    story = stage.story
    story.step("The message says what became of it, and its buttons are gone; the requester has mail (see /local/mail)")

    def look() -> Any:
        now = next(one for one in _seen(stage, request.REVIEWER) if one["stamp"] == posted["stamp"])
        return now if now["text"].startswith("Applied") else None

    told = stage.wait(look, "the message in Slack still shows buttons", _SECONDS)
    buttons = [one["action_id"] for block in told["blocks"] if block["type"] == "actions" for one in block["elements"]]
    story.same("buttons", buttons, ["open"])
    story.saw(told["text"])

    def mailed() -> str | None:
        page = stage.command_line().get("/local/mail").text
        return page if f"to {credential.EMAIL}" in page and request_id in page else None

    stage.wait(mailed, "the requester has no mail", _SECONDS)
