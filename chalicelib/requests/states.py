"""The words of a request's life: its states and those of its changes, verdicts, commands, and what can be due."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """`stuck` is never stored: a request is shown so while what must happen to it keeps failing."""

    DRAFT = "draft"
    """Its author's own, seen by nobody else: nothing of it was submitted."""
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
    ENDED = "ended"
    """What was temporary has been taken back, and nothing permanent is left of it."""
    STUCK = "stuck"


_ENDS_OF_APPLYING = frozenset({State.APPLIED, State.PARTIALLY_APPLIED, State.FAILED, State.NEEDS_REBASE, State.ENDED})

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.DRAFT, State.PENDING}),
    State.PENDING: frozenset({State.PENDING, State.APPROVED, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.NEEDS_REBASE: frozenset({State.PENDING, State.REJECTED, State.CANCELLED, State.EXPIRED}),
    State.APPROVED: frozenset({State.APPLYING}) | _ENDS_OF_APPLYING,
    State.APPLYING: frozenset({State.APPLYING}) | _ENDS_OF_APPLYING,
    State.APPLIED: frozenset({State.APPLIED, State.ENDED}),
    State.PARTIALLY_APPLIED: frozenset({State.PARTIALLY_APPLIED, State.APPROVED, State.ENDED}),
    State.FAILED: frozenset({State.APPROVED}),
    State.REJECTED: frozenset({State.PENDING}),
    State.CANCELLED: frozenset({State.PENDING}),
    State.EXPIRED: frozenset(),
    State.ENDED: frozenset(),
}
"""From pending to pending is an edit or one approval of several; from applying to applying is the next change; from applied to applied one
change of several has ended, or its end was moved. From failed to approved is another try at what failed; back to pending a second thought.
"""

UNDECIDED = frozenset({State.PENDING, State.NEEDS_REBASE})
UNDER_WAY = frozenset({State.APPROVED, State.APPLYING})


class ChangeStatus(StrEnum):
    PROPOSED = "proposed"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    NEEDS_REBASE = "needs_rebase"
    CANCELLED = "cancelled"
    """Taken out of the request before it was decided."""
    ROLLED_BACK = "rolled_back"
    """Applied, and taken back because another change of the request failed."""
    ENDED = "ended"
    """Applied for a time, and taken back at its end."""

    @property
    def ended(self) -> bool:
        return self not in {ChangeStatus.PROPOSED, ChangeStatus.APPLYING}


class Verdict(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ASK = "ask"
    """Asks the author for changes: this revision is not approved any more, the next one may be."""


class OnFailure(StrEnum):
    """What becomes of the applied changes of a request when another one fails."""

    KEEP = "keep"
    ROLLBACK = "rollback"


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
    END = "end"
    """A change has come to its end and must be taken back."""
    SEND = "send"
    """Somebody must be told."""
    REMIND = "remind"
    """Somebody must be reminded: approvers of what waits, holders of what ends."""


class Command(StrEnum):
    ADD_COMMENT = "add_comment"
    UPDATE_CHANGE = "update_change"
    APPROVE = "approve_request"
    REJECT = "reject_request"
    CANCEL = "cancel_request"
    APPLY_CHANGE = "apply_change"
    CANCEL_CHANGE = "cancel_change"
    MOVE_BACK = "move_back_to_pending"
    SUBMIT = "submit_draft"
    ASK_FOR_CHANGES = "ask_for_changes"
    CHANGE_EXPIRY = "change_expiry"
    EXTEND = "extend_request"
    END_NOW = "end_request"
    RETRY = "retry_failed"
