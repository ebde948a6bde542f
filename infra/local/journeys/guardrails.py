"""Journey 14: what is dangerous about a policy is said while it is typed and to whoever decides, and some of it is refused."""

from typing import Any

from infra.local.journeys import credential
from infra.local.journeys.stage import Stage

_ROLE = "PaymentsEngineer"
_TYPED: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObjects"], "Resource": "arn:aws:s3:::settlement-exports/*"},
        {"Effect": "Allow", "Action": ["iam:PutRolePolicy"], "Resource": "*"},
    ],
}
_LEAVING: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "organizations:Leave*", "Resource": "*"}],
}


def walk(stage: Stage) -> None:
    story = stage.story
    story.chapter("Journey 14: guardrails")
    priya = stage.person(credential.EMAIL)
    role = next(arn for arn in priya.get("/api/v1/get_roles").expect(200) if arn.endswith(f"/{_ROLE}"))

    story.step("While a policy is typed, linters and guardrails speak: POST /api/v2/policies/check")
    remarks = priya.post(f"/api/v2/policies/check?arn={role}", _TYPED).expect(200)
    story.saw_all(f"{one['severity']:<8} {one['title']}: {one['detail'][:110]}" for one in remarks)
    issues = [one["issue"] for one in remarks]
    story.within("the misspelt action", "UNKNOWN_ACTION", issues)
    story.within("the way to more rights", "PRIVILEGE_ESCALATION", issues)

    story.step("Whoever asks for it is shown the same, and that one approval will not do: dry_run")
    preview = priya.post("/api/v2/request", {**_wish(role, "wide", _TYPED), "dry_run": True}).expect(200)
    verdicts = {one["rule"]: one["verdict"] for one in preview["review"]["findings"]}
    story.same("the way to more rights", verdicts["privilege_escalation"], "more_approval")

    story.step("What the configuration denies is refused, however it is written, and nothing is stored")
    refused = priya.post("/api/v2/request", _wish(role, "leaving", _LEAVING))
    story.same("the status", refused.status, 403)
    story.saw(refused.message)


def _wish(role: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
    change = {
        "principal": {"principal_arn": role},
        "change_type": "inline_policy",
        "action": "attach",
        "policy_name": name,
        "policy": {"policy_document": document},
    }
    return {"justification": "Just in case", "changes": {"changes": [change]}}
