"""What our own page reads of a request, beside ConsoleMe's wire: everything that somebody who decides about it must see."""

from enum import StrEnum
from typing import Any

from chalicelib.core.model import Frozen
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.states import ChangeStatus, Command, OnFailure, State, Verdict


class ChangeName(StrEnum):
    """Every type of change that a request can hold: the page has a part for each."""

    INLINE_POLICY = "inline_policy"
    MANAGED_POLICY = "managed_policy"
    PERMISSIONS_BOUNDARY = "permissions_boundary"
    ASSUME_ROLE_POLICY = "assume_role_policy"
    RESOURCE_POLICY = "resource_policy"
    STS_RESOURCE_POLICY = "sts_resource_policy"
    RESOURCE_TAG = "resource_tag"
    ROLE_ACCESS = "role_access"
    ROLE_CREATE = "role_create"
    ROLE_DELETE = "role_delete"


class ReviewChange(Frozen):
    id: str
    change_type: ChangeName
    target_arn: str
    title: str
    wish: dict[str, Any]
    """What is asked for, by the fields of its own type."""
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    status: ChangeStatus
    error: str | None
    until: int | None
    """When it is to be taken back, as it was asked for, in epoch seconds; null is never."""
    ends_at: int | None
    """When it really is: those who approved, and whoever moved the end, may have made it earlier."""
    ended_at: int | None
    taken: bool
    """Whether AWS has shown that it is taken back."""
    taken_content: dict[str, Any] | None
    """What the target held after that."""
    continues: bool
    """Whether another request has put there what is wished, and this one keeps it there."""


class ShownRuling(Frozen):
    """What somebody said to a revision. `rule` is what decided where no person did."""

    actor: str
    verdict: Verdict
    revision: int
    decided_at: int
    comment: str
    until: int | None
    rule: str | None


class ReviewStage(Frozen):
    """Approvals that are needed of the changes named. Those with the same number are given in any order; the next number opens when
    all of this one are complete.
    """

    stage: int
    rule: str
    """The name of the approval rule that asks for it."""
    reason: str
    change_ids: list[str]
    approvers: list[str]
    """Who may give them, in words."""
    count: int
    """How many are needed."""
    approved_by: list[str]
    open: bool
    """Whether it waits for approvals now; a stage that is neither open nor complete waits for those before it."""
    complete: bool


class ApprovalProgress(Frozen):
    approved: bool
    reason: str
    """Why it is approved, or what is missing."""
    stages: list[ReviewStage]
    rulings: list[ShownRuling]
    """Everything that was decided so far, of all revisions, oldest first."""


class ShownEnd(Frozen):
    """The end of something temporary that has not come yet, or that keeps failing."""

    change_id: str
    at: int
    attempts: int
    failure: str | None
    stuck: bool


class ShownRevision(Frozen):
    number: int
    author: str
    created_at: int
    current: bool
    changes: list[str]
    """Their titles."""


class ComparedChange(Frozen):
    """One change in two revisions. A side is null where the revision has no such change."""

    id: str
    change_type: ChangeName
    target_arn: str
    older: dict[str, Any] | None
    newer: dict[str, Any] | None
    older_until: int | None
    newer_until: int | None
    same: bool


class ComparedRevisions(Frozen):
    older: ShownRevision
    newer: ShownRevision
    changes: list[ComparedChange]
    findings_gone: list[Finding]
    findings_new: list[Finding]


class ReviewComment(Frozen):
    id: str
    actor: str
    at: int
    text: str
    reply_to: str | None
    """The id of the comment that it answers."""


class TimelineEntry(Frozen):
    at: int
    actor: str
    kind: str
    text: str


class Review(Frozen):
    """What our page needs to show a request, and what the person may do now; `refusals` say why not the rest."""

    state: State
    revision: int
    revision_hash: str
    requester: str
    principal_arn: str
    justification: str
    created_at: int
    decide_by: int
    """When it expires unless somebody has decided, in epoch seconds."""
    on_failure: OnFailure
    extends: str | None
    """The id of the request whose temporary access this one continues."""
    allowed_actions: list[Command]
    refusals: dict[str, str]
    changes: list[ReviewChange]
    findings: list[Finding]
    """What the guardrails say of these changes."""
    approval: ApprovalProgress
    ends: list[ShownEnd]
    revisions: list[ShownRevision]
    """All of them, oldest first."""
    comments: list[ReviewComment]
    """Oldest first."""
    timeline: list[TimelineEntry]
    failure: str | None
    """Why the last try of what must happen came to nothing; null when all goes well."""
