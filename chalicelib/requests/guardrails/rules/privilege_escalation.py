"""Combinations of actions by which a principal gets more than it was given, counted over all of its policies.

Source: Rhino Security Labs, "AWS IAM Privilege Escalation Methods", and what AWS has added since.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import added, allows, some
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Said, Subject

_PASS = "iam:PassRole"  # noqa: S105 an action of IAM
WAYS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("give a policy another content", ("iam:CreatePolicyVersion",)),
    ("put an older version of a policy in force", ("iam:SetDefaultPolicyVersion",)),
    ("make access keys for another user", ("iam:CreateAccessKey",)),
    ("make a console password for another user", ("iam:CreateLoginProfile",)),
    ("change the console password of another user", ("iam:UpdateLoginProfile",)),
    ("attach a policy to a user", ("iam:AttachUserPolicy",)),
    ("attach a policy to a group", ("iam:AttachGroupPolicy",)),
    ("attach a policy to a role", ("iam:AttachRolePolicy",)),
    ("write a policy of a user", ("iam:PutUserPolicy",)),
    ("write a policy of a group", ("iam:PutGroupPolicy",)),
    ("write a policy of a role", ("iam:PutRolePolicy",)),
    ("join a group", ("iam:AddUserToGroup",)),
    ("make a role trust somebody else", ("iam:UpdateAssumeRolePolicy",)),
    ("take the permissions boundary off a role", ("iam:DeleteRolePermissionsBoundary",)),
    ("replace the permissions boundary of a role", ("iam:PutRolePermissionsBoundary",)),
    ("take the permissions boundary off a user", ("iam:DeleteUserPermissionsBoundary",)),
    ("replace the permissions boundary of a user", ("iam:PutUserPermissionsBoundary",)),
    ("start an instance that has a role", (_PASS, "ec2:RunInstances")),
    ("run a function that has a role", (_PASS, "lambda:CreateFunction", "lambda:InvokeFunction")),
    ("have a function that has a role called", (_PASS, "lambda:CreateFunction", "lambda:CreateEventSourceMapping")),
    ("have a function that has a role called by others", (_PASS, "lambda:CreateFunction", "lambda:AddPermission")),
    ("change the code of a function that has a role", ("lambda:UpdateFunctionCode",)),
    ("make a stack by a role", (_PASS, "cloudformation:CreateStack")),
    ("change a stack by a role", (_PASS, "cloudformation:UpdateStack")),
    ("run a container that has a role", (_PASS, "ecs:RegisterTaskDefinition", "ecs:RunTask")),
    ("run a container service that has a role", (_PASS, "ecs:RegisterTaskDefinition", "ecs:CreateService")),
    ("build by a role", (_PASS, "codebuild:CreateProject", "codebuild:StartBuild")),
    ("run a Glue endpoint that has a role", (_PASS, "glue:CreateDevEndpoint")),
    ("log in at a Glue endpoint that has a role", ("glue:UpdateDevEndpoint",)),
    ("run a Glue job that has a role", (_PASS, "glue:CreateJob", "glue:StartJobRun")),
    ("run a pipeline by a role", (_PASS, "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition")),
    (
        "open a notebook that has a role",
        (_PASS, "sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"),
    ),
    ("train a model by a role", (_PASS, "sagemaker:CreateTrainingJob")),
    ("process data by a role", (_PASS, "sagemaker:CreateProcessingJob")),
    ("run a state machine that has a role", (_PASS, "states:CreateStateMachine", "states:StartExecution")),
    ("give an instance another role", (_PASS, "iam:AddRoleToInstanceProfile")),
    ("run a schedule by a role", (_PASS, "scheduler:CreateSchedule")),
    ("put a tag on a role by which this product gives its use to people", ("iam:TagRole",)),
    ("take every role that trusts its account", ("sts:AssumeRole",)),
)
"""What it lets its holder do, and the actions that it takes."""
_MEANT = {("sts:AssumeRole",), ("lambda:UpdateFunctionCode",)}
"""On named resources these are what somebody wants who asks for them."""


class _Reach(IntEnum):
    """Of the actions of one way, taken together."""

    NONE = 0
    NARROW = 1
    """Each is allowed, one of them on named resources or under a condition alone."""
    WIDE = 2


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind is not Kind.IDENTITY or subject.after is None:
        return
    new = [statement for statement in added(subject.before, subject.after) if statement.allows]
    ways = [
        (what, actions)
        for what, actions in WAYS
        if any(one.covers(action.lower()) for one in new for action in actions)
    ]
    if not ways:
        return
    standing = facts.standing(subject.target)
    reached = [(what, actions, _reach(standing.after, actions)) for what, actions in ways]
    new_ways = [
        (what, actions, reach)
        for what, actions, reach in reached
        if reach > _reach(standing.before, actions) and not (reach is _Reach.NARROW and actions in _MEANT)
    ]
    for reach in (_Reach.WIDE, _Reach.NARROW):
        if found := [(what, actions) for what, actions, reached_by in new_ways if reached_by is reach]:
            yield _said(found, reach)
    if not standing.known:
        yield Said(
            Verdict.WARN,
            "Its other policies are not known",
            "The inventory does not know this principal yet: ways to more rights were looked for in this request alone.",
        )


def _reach(documents: Sequence[Document], actions: Sequence[str]) -> _Reach:
    by_action = [allows(documents, action.lower()) for action in actions]
    if not all(by_action):
        return _Reach.NONE
    wide = all(any(one.anywhere and not one.conditional for one in statements) for statements in by_action)
    return _Reach.WIDE if wide else _Reach.NARROW


def _said(ways: Sequence[tuple[str, Sequence[str]]], reach: _Reach) -> Said:
    wide = reach is _Reach.WIDE
    where = "on resources that no policy names" if wide else "on named resources or under conditions"
    can = [f"{what} ({' and '.join(actions)})" for what, actions in ways]
    return Said(
        Verdict.MORE_APPROVAL if wide else Verdict.WARN,
        "A way to more rights" if len(ways) == 1 else f"{len(ways)} ways to more rights",
        f"By what is allowed {where} the principal can {some(can, 4)}, and so get rights that nobody gave it.",
    )
