"""Journey 4: an auditor reads what happened, the log is sealed, somebody with every right deletes an entry, and it is named."""

import json

from infra.local import stack
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

AUDITOR, WATCHED = "selma@example.com", "priya@example.com"
_SHOWN = 5


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 4: the audit log")
    selma = _reads(stage)
    _reviews(stage, selma)
    _seals(stage)
    _tampers(stage)
    _checks(stage)


def _reads(stage: Stage) -> Visitor:
    story = stage.story
    story.step(f"{AUDITOR} asks what {WATCHED} did: GET /api/v2/audit/activity")
    selma = stage.person(AUDITOR)
    found = selma.get(f"/api/v2/audit/activity?person={WATCHED}&action=credentials&limit={_SHOWN}").expect(200)
    story.saw_all(f"{one['action']} {one['target']}: {one['outcome']}" for one in found["entries"])
    story.same("somebody did something", bool(found["entries"]), expected=True)
    refused = stage.person(WATCHED).get("/api/v2/audit/activity")
    story.same("somebody who is no auditor gets", refused.status, 403)
    export = selma.get("/api/v2/audit/activity/export?format=csv&action=credentials")
    story.saw(f"the export is a file of {len(export.text.splitlines())} lines, and was recorded itself")
    return selma


def _reviews(stage: Stage, selma: Visitor) -> None:
    story = stage.story
    story.step("Who may use a role and why, and which roles a person may use")
    person = selma.get(f"/api/v2/audit/user_access?user={WATCHED}").expect(200)
    story.saw(f"{WATCHED}: {len(person['roles'])} roles by {', '.join(person['groups'])}")
    arn = person["roles"][0]["role_arn"]
    role = selma.get(f"/api/v2/audit/role_access?role={arn}").expect(200)
    story.saw_all(f"{arn}: {one['identity']} by {', '.join(one['sources'])}" for one in role["holders"])


def _seals(stage: Stage) -> None:
    story, cloud = stage.story, stage.cloud
    story.step("The sealer runs, and the verifier after it")
    sealed = cloud.invoke("seal_audit", cloud.scheduler.event("seal_audit")).payload
    story.saw(f"seal {sealed['number']} says where {sealed['chains']} chains end; S3 keeps it under Object Lock")
    found = _verified(stage)
    story.same("findings", found["findings"], [])
    story.saw(f"{found['seals']} seals, {found['chains']} chains, {found['entries']} entries: what was written")


def _tampers(stage: Stage) -> None:
    story, cloud = stage.story, stage.cloud
    story.step("Somebody with every right in the hub account deletes an entry from the table")
    dynamodb, table = cloud.client("dynamodb"), f"{stack.TABLE_PREFIX}audit"
    rows = dynamodb.query(
        TableName=table,
        IndexName="person",
        KeyConditionExpression="person = :who",
        ExpressionAttributeValues={":who": {"S": f"user:{WATCHED}"}},
    )["Items"]
    gone = json.loads(rows[0]["link"]["S"])
    key = {name: rows[0][name] for name in ("pk", "sk")}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    dynamodb.delete_item(TableName=table, Key=key)
    found = _verified(stage)["findings"]
    story.saw_all(f"{one['fault']}: {one['text']}" for one in found)
    named = {(one["chain"], one["number"]) for one in found}
    story.within("the findings", (gone["writer"], gone["number"]), named)
    dynamodb.put_item(TableName=table, Item=item)
    story.same("findings once it is back", _verified(stage)["findings"], [])


def _verified(stage: Stage) -> dict[str, list[dict[str, object]]]:
    answer = stage.person(AUDITOR).post("/local/verify_audit", {})
    found: dict[str, list[dict[str, object]]] = answer.expect(200)
    return found


def _checks(stage: Stage) -> None:
    story = stage.story
    story.step("An administrator looks how everything is doing: GET /api/v2/checks")
    checks = stage.person("ada@example.com").get("/api/v2/checks").expect(200)["checks"]
    story.saw_all(f"{one['title']}: {one['status']} ({one['cause']})" for one in checks)
    states = {one["name"]: one["status"] for one in checks}
    for name in ("tables", "audit_seals", "authorization_queue", "authorization_dead_letters", "session_keys"):
        story.same(name, states[name], "ok")
