"""Types of a request's life: its states, what is stored of it, and the section of the configuration that this package owns."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from chalicelib.audit.models import AuditEntry
from chalicelib.changes.base import Image, Preview, Spec
from chalicelib.changes.registry import change_type
from chalicelib.core.canonical import content_hash
from chalicelib.core.model import Frozen


class RequestsConfig(Frozen):
    """Section `requests`."""

    allow_self_approval: bool = False
    """Whether somebody who may approve may approve what they wrote themselves."""
    auto_approval: bool = False
    """Whether a plugin's rule may approve a request without a person. A rule never approves what a plugin objects to, nor a change
    in an account that the directory does not know."""


class State(StrEnum):
    """`stuck` is never stored: a request is shown so while what must happen to it keeps failing."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    PARTIALLY_APPLIED = "partially_applied"
    FAILED = "failed"
    NEEDS_REBASE = "needs_rebase"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STUCK = "stuck"


_ENDS_OF_APPLYING = frozenset({State.APPLIED, State.PARTIALLY_APPLIED, State.FAILED, State.NEEDS_REBASE})

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.PENDING, State.APPROVED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.NEEDS_REBASE: frozenset({State.PENDING, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.APPROVED: frozenset({State.APPLYING}) | _ENDS_OF_APPLYING,
    State.APPLYING: frozenset({State.APPLYING}) | _ENDS_OF_APPLYING,
    State.APPLIED: frozenset(),
    State.PARTIALLY_APPLIED: frozenset(),
    State.FAILED: frozenset(),
    State.REJECTED: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset(),
}
"""From pending to pending is an edit; from applying to applying is the next change."""

UNDECIDED = frozenset({State.PENDING, State.NEEDS_REBASE})
UNDER_WAY = frozenset({State.APPROVED, State.APPLYING})


class ChangeStatus(StrEnum):
    PROPOSED = "proposed"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    NEEDS_REBASE = "needs_rebase"

    @property
    def ended(self) -> bool:
        return self not in {ChangeStatus.PROPOSED, ChangeStatus.APPLYING}


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class DueKind(StrEnum):
    """What must still happen to a request, and whoever did it takes away."""

    START = "start"
    """Its workflow must be started."""
    WAKE = "wake"
    """Its workflow must be told what was decided."""
    WATCH = "watch"
    """Its workflow must have come to an end by then."""
    EXPIRE = "expire"
    """Nobody has decided in time."""


class PlannedChange(Frozen):
    """One change as it is reviewed: the wish, and what it does to the target."""

    id: str
    wish: dict[str, Any]
    target: str
    title: str
    preview: Preview

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

    def hash(self, request_id: str) -> str:
        """Covers everything that is shown to whoever decides."""
        changes = [change.model_dump(mode="json") for change in self.changes]
        return content_hash([request_id, self.number, changes])


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


class Comment(Frozen):
    id: str
    actor: str
    text: str
    written_at: int


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
        return State.STUCK if self.stuck and TRANSITIONS[self.state] else self.state

    @property
    def execution(self) -> str:
        """The name of its workflow's present execution."""
        return f"{self.id}-{self.generation}"


STUCK_AFTER = 5
"""Failed tries in a row of what is due."""


class Request(Frozen):
    """A request as one consistent look shows it. `records` are those of the present revision, in its order."""

    head: Head
    revision: Revision
    records: tuple[ChangeRecord, ...]
    rulings: tuple[Ruling, ...]
    comments: tuple[Comment, ...]
    events: tuple[Event, ...]

    def planned(self, change_id: str) -> PlannedChange | None:
        return next((change for change in self.revision.changes if change.id == change_id), None)

    def record(self, change_id: str) -> ChangeRecord | None:
        return next((record for record in self.records if record.id == change_id), None)

    @property
    def targets(self) -> tuple[str, ...]:
        """ARNs of everything that the present revision changes."""
        return tuple(sorted({change.target for change in self.revision.changes}))

    @property
    def open_changes(self) -> tuple[ChangeRecord, ...]:
        return tuple(record for record in self.records if not record.status.ended)


class Command(StrEnum):
    ADD_COMMENT = "add_comment"
    UPDATE_CHANGE = "update_change"
    APPROVE = "approve_request"
    REJECT = "reject_request"
    CANCEL = "cancel_request"
    APPLY_CHANGE = "apply_change"
