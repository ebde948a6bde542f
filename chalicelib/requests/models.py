"""Types of a request's life: its states, what is stored of it, and the section of the configuration that this package owns."""

from typing import Any, Literal

from pydantic import Field, field_validator

from chalicelib.audit.models import AuditEntry
from chalicelib.changes.base import Image, Preview, Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen
from chalicelib.requests.approval.models import DEFAULT, GUARDRAILS, ApprovalRule
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.states import UNDECIDED, UNDER_WAY, ChangeStatus, DueKind, OnFailure, State, Verdict


class RequestsConfig(Frozen):
    """Section `requests`."""

    allow_self_approval: bool = False
    """Whether somebody who may approve may approve what they wrote themselves."""
    auto_approval: bool = False
    """Whether rules may approve a request without a person: those of plugins, and those of `approval_rules` that can prove it harmless.
    No rule approves what a plugin objects to, what a guardrail wants more approval for, nor a change in an account that the
    directory does not know."""
    approval_rules: tuple[ApprovalRule, ...] = ()
    """Who must approve what, in this order. What no rule is about is approved by one administrator (can_admin_policies)."""
    decide_within_days: int = Field(default=30, ge=1, le=30)
    """How long a request may wait for a decision before it expires."""
    remind_after_hours: int | None = Field(default=None, ge=1, le=720)
    """After how many hours without a decision whoever may approve is told again, and again after as many, ten times at most."""
    temporary_policy_prefix: str = Field(default="cm_delete-on", max_length=64)
    """How names of inline policies of roles begin that end with the day that they name: `cm_delete-on_20271231_...`. Such policies become
    requests with that end. Empty recognises none."""
    longest_days: int = Field(default=365, ge=1, le=1830)
    """How far away the end of something temporary may be."""
    reason_required: tuple[Literal["submit", "approve", "reject"], ...] = ()
    """What must say why. Who asks for changes always must."""

    @field_validator("approval_rules")
    @classmethod
    def _each_once(cls, rules: tuple[ApprovalRule, ...]) -> tuple[ApprovalRule, ...]:
        names = [rule.name for rule in rules]
        if twice := sorted({name for name in names if names.count(name) > 1} | ({DEFAULT, GUARDRAILS} & set(names))):
            message = f"the name {twice[0]} is taken: each rule needs its own"
            raise ValueError(message)
        return rules


class PlannedChange(Frozen):
    """One change as it is reviewed: the wish, and what it does to the target.

    `base` is set when another request's temporary change has already put there what is wished, and this one keeps it there: what the place
    held before either. `cancelled`: taken out before it was decided.
    """

    id: str
    wish: dict[str, Any]
    target: str
    title: str
    preview: Preview
    base: Image | None = None
    cancelled: bool = False

    @property
    def change_type(self) -> str:
        return str(self.wish["change_type"])

    @property
    def spec(self) -> Spec:
        spec: Spec = change_type(self.change_type).spec.model_validate(self.wish)
        return spec


class Revision(Frozen):
    """What is approved or not. `authors` are all who had a hand in it; none of them approves it alone."""

    number: int
    author: str
    authors: tuple[str, ...]
    created_at: int
    changes: tuple[PlannedChange, ...]
    findings: tuple[Finding, ...] = ()
    """What the guardrails said of these changes."""

    def hash(self, request_id: str) -> str:
        """Covers everything that is shown to whoever decides."""
        changes = [change.model_dump(mode="json") for change in self.changes]
        findings = [finding.model_dump(mode="json") for finding in self.findings]
        return content_hash([request_id, self.number, changes, findings])


class ChangeRecord(Frozen):
    """How a change of a revision is going. `found` and `left` are the images before and after our write, as AWS told them."""

    revision: int
    id: str
    target: str
    status: ChangeStatus = ChangeStatus.PROPOSED
    attempt: int = 0
    fence: int = 0
    error: str | None = None
    found: Image | None = None
    left: Image | None = None
    until: int | None = None
    """When what was applied is taken back: the earlier of what was asked for and what was approved."""
    taken: Image | None = None
    """What the target held after it was taken back, as AWS told it: the proof."""
    ended_at: int | None = None


class Ruling(Frozen):
    """A decision, bound to the revision that was shown by its hash. `rule` is what decided where no person did."""

    id: str
    actor: str
    verdict: Verdict
    revision: int
    revision_hash: str
    decided_at: int
    comment: str = ""
    rule: str | None = None
    until: int | None = None
    """Approved no longer than until then, though more was asked for."""


class Comment(Frozen):
    """`reply_to` is the id of the comment that it answers."""

    id: str
    actor: str
    text: str
    written_at: int
    reply_to: str | None = None


class Due(Frozen):
    """Something that must still happen beside the workflow, stored with the step that caused it and removed by whoever did it.

    `id` names it within its kind: a change's id for an end, an event's id for what must be told.
    """

    kind: DueKind
    id: str
    at: int
    payload: dict[str, Any] = Field(default_factory=dict)
    attempts: int = 0
    failure: str | None = None

    @property
    def stuck(self) -> bool:
        """A channel that fails keeps nothing from being right; an end that fails does."""
        return self.kind is DueKind.END and self.attempts >= STUCK_AFTER


class Event(Frozen):
    """A line of the timeline."""

    id: str
    at: int
    actor: str
    kind: str
    text: str


class Head(Frozen):
    """The item that rules all others of a request. Everything up to `created_at` never changes.

    `lock_version` grows with each step of the request's life: a step that was decided on an older one is refused.
    `outbox` holds audit entries of steps that are stored and not yet recorded. `generation` numbers its workflows.
    """

    id: str
    requester: str
    principal_arn: str
    justification: str
    auto_approve: bool
    submitted_hash: str
    created_at: int
    on_failure: OnFailure = OnFailure.KEEP
    extends: str | None = None
    """The id of the request whose temporary access this one continues."""

    state: State
    lock_version: int = 1
    revision: int = 1
    revision_hash: str
    summary: tuple[dict[str, Any], ...]
    """The wishes without their documents, for lists."""
    decide_by: int
    reviewer: str | None = None
    last_updated: int
    generation: int = 0
    task_token: str | None = Field(default=None, repr=False)
    due_kind: DueKind | None = None
    due_at: int | None = None
    attempts: int = 0
    failure: str | None = None
    outbox: tuple[AuditEntry, ...] = ()

    @property
    def stuck(self) -> bool:
        return self.attempts >= STUCK_AFTER

    @property
    def shown_state(self) -> State:
        """How a request has ended is shown even while nobody can be told."""
        return State.STUCK if self.stuck and self.state in UNDECIDED | UNDER_WAY else self.state

    @property
    def execution(self) -> str:
        """The name of its workflow's present execution."""
        return f"{self.id}-{self.generation}"


STUCK_AFTER = 5
"""Failed tries in a row of what is due."""


class Request(Frozen):
    """A request as one consistent look shows it. `records` are those of the present revision, in its order; `dues` what must still happen
    beside its workflow; `earlier` the revisions before the present one.
    """

    head: Head
    revision: Revision
    records: tuple[ChangeRecord, ...]
    rulings: tuple[Ruling, ...]
    comments: tuple[Comment, ...]
    events: tuple[Event, ...]
    dues: tuple[Due, ...] = ()
    earlier: tuple[Revision, ...] = ()

    @property
    def shown_state(self) -> State:
        """Stuck also while an end keeps failing, though everything else is done."""
        return State.STUCK if any(due.stuck for due in self.dues) else self.head.shown_state

    def planned(self, change_id: str) -> PlannedChange | None:
        return next((change for change in self.revision.changes if change.id == change_id), None)

    def record(self, change_id: str) -> ChangeRecord | None:
        return next((record for record in self.records if record.id == change_id), None)

    @property
    def targets(self) -> tuple[str, ...]:
        """ARNs of everything that the present revision changes."""
        return tuple(sorted({change.target for change in self.revision.changes if not change.cancelled}))

    @property
    def open_changes(self) -> tuple[ChangeRecord, ...]:
        return tuple(record for record in self.records if not record.status.ended)
