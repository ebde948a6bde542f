"""Subjects and facts for tests of guardrails, right in every part that a test does not name."""

from collections.abc import Sequence
from typing import Any

from chalicelib.changes.base import Image, Preview
from chalicelib.requests.guardrails.actions import Action, ActionData
from chalicelib.requests.guardrails.config import GuardrailsConfig
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.registry import guardrails
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Standing, Subject
from chalicelib.requests.models import PlannedChange

ACCOUNT, OTHER, STRANGER = "222222222222", "333333333333", "999999999999"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/app"
BUCKET = "arn:aws:s3:::exports"
LEVELS = {
    "Read": ("s3:GetObject", "s3:GetBucketPolicy", "sqs:ReceiveMessage"),
    "List": ("s3:ListBucket",),
    "Write": ("s3:PutObject", "s3:DeleteObject", "sqs:SendMessage", "ec2:RunInstances", "lambda:UpdateFunctionCode"),
    "Permissions management": ("s3:PutBucketPolicy", "iam:PassRole", "iam:PutRolePolicy"),
    "Tagging": ("s3:PutObjectTagging",),
}
ACTIONS = ActionData({name.lower(): Action(name, level) for level, names in LEVELS.items() for name in names})


def statement(*actions: str, resource: Any = "arn:aws:s3:::exports/*", effect: str = "Allow", **more: Any) -> Any:
    return {"Effect": effect, "Action": list(actions), "Resource": resource, **more}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def subject(before: Any, after: Any, kind: Kind = Kind.IDENTITY, **more: Any) -> Subject:
    """Of a role; of a bucket when it is about a resource policy."""
    base = {
        "change_id": "change0",
        "kind": kind,
        "target": BUCKET if kind is Kind.RESOURCE else ROLE,
        "account_id": ACCOUNT,
        "name": "export",
        "before": before,
        "after": after,
    }
    return Subject(**{**base, **more})


def planned(change_type: str, before: Any, after: Any, **wish: Any) -> PlannedChange:
    images = Preview(before=Image(identity="AROA1", content=before), after=Image(identity="AROA1", content=after))
    return PlannedChange(
        id=f"{change_type}0",
        wish={"change_type": change_type, "principal_arn": ROLE, **wish},
        target=ROLE,
        title="a change",
        preview=images,
    )


def facts(**more: Any) -> Facts:
    """`more` also names fields of the configuration."""
    settings = {key: more.pop(key) for key in list(more) if key in GuardrailsConfig.model_fields}
    base = {
        "config": GuardrailsConfig.model_validate(settings),
        "actions": lambda: ACTIONS,
        "read_accounts": lambda: {ACCOUNT: "o-ours1", OTHER: "o-ours1"},
        "standing": lambda _: Standing(),
    }
    return Facts(**{**base, **more})


def judged(rule: str, looked_at: Subject, known: Facts | None = None) -> list[Said]:
    return list(guardrails()[rule](looked_at, known or facts()))


def verdicts(said: Sequence[Said]) -> list[tuple[Verdict, str]]:
    return [(one.verdict, one.title) for one in said]
