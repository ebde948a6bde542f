"""A request as a message shows it. Pure."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from chalicelib.core.arn import Arn
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.notifications.messages import Card, ShownChange, ShownFinding
from chalicelib.requests.models import Head, PlannedChange, Request
from chalicelib.requests.rules import standing
from chalicelib.requests.states import UNDECIDED, State

MOST_LINES = 400
"""Of one change's diff; whoever shows it cuts it shorter."""

_WORDS: Mapping[State, str] = {
    State.PENDING: "Waiting for a decision",
    State.APPROVED: "Approved, about to be applied",
    State.APPLYING: "Being applied",
    State.APPLIED: "Applied",
    State.PARTIALLY_APPLIED: "Applied in part",
    State.NEEDS_REBASE: "Waiting: what is live has changed since",
}

_DEEDS: Mapping[NoticeKind, str] = {
    NoticeKind.CREATED: "{actor} asks for a change to {target}",
    NoticeKind.REVISED: "{actor} has edited a request about {target}",
    NoticeKind.APPROVED: "{actor} has approved a request about {target}",
    NoticeKind.APPROVED_IN_PART: "{actor} has approved a request about {target}; it waits for others",
    NoticeKind.CHANGES_ASKED: "{actor} asks for changes of a request about {target}",
    NoticeKind.WAITING: "A request about {target} waits for approval",
    NoticeKind.COMMENTED: "{actor} has said something about a request about {target}",
    NoticeKind.REJECTED: "{actor} has rejected a request about {target}",
    NoticeKind.CANCELLED: "{actor} has cancelled a request about {target}",
    NoticeKind.EXPIRED: "Nobody has decided about a request about {target} in time",
    NoticeKind.APPLIED: "A request about {target} is applied",
    NoticeKind.PARTIALLY_APPLIED: "A request about {target} is applied in part",
    NoticeKind.FAILED: "A request about {target} could not be applied",
    NoticeKind.ENDING: "What a request about {target} gives ends soon",
    NoticeKind.ENDED: "What a request about {target} gave for a time has been taken back",
    NoticeKind.NEEDS_REBASE: "What a request about {target} would change has changed meanwhile",
}


def card_of(request: Request, url: str) -> Card:
    head = request.head
    shown = request.shown_state
    return Card(
        request_id=head.id,
        revision=head.revision,
        revision_hash=head.revision_hash,
        requester=head.requester,
        principal_arn=head.principal_arn,
        justification=head.justification,
        changes=tuple(_shown(change) for change in request.revision.changes if not change.cancelled),
        findings=tuple(
            ShownFinding(verdict=finding.verdict, title=finding.title, reason=finding.reason)
            for finding in request.revision.findings
        ),
        state=_WORDS.get(shown, shown.replace("_", " ").capitalize()),
        open=head.state in UNDECIDED,
        standing=_standing(head),
        url=url,
    )


def _standing(head: Head) -> str:
    """What the state does not say by itself."""
    if head.state is State.NEEDS_REBASE:
        return standing(head)
    return f"Decided by {head.reviewer}." if head.reviewer and head.state is not State.PENDING else ""


def _shown(change: PlannedChange) -> ShownChange:
    return ShownChange(
        title=change.title,
        target=change.target,
        diff=diff_of(change.preview.before.content, change.preview.after.content),
        until=change.spec.until,
    )


def diff_of(before: Any, after: Any) -> tuple[str, ...]:
    """Lines of a unified diff with all context; the last one counts those that were cut."""
    lines = list(difflib.unified_diff(_lines(before), _lines(after), n=3, lineterm=""))[2:]
    cut = len(lines) - MOST_LINES
    return (*lines[:MOST_LINES], *((f"… {cut} more lines",) if cut > 0 else ()))


def _lines(content: Any) -> list[str]:
    return [] if content is None else json.dumps(content, indent=2, sort_keys=True).splitlines()


def headline_of(notice: RequestNotice) -> str:
    """What has happened, in a sentence without a stop."""
    arn = Arn.parse(notice.principal_arn)
    target = f"{arn.name} in {arn.account}" if arn.account else arn.name
    words = _DEEDS.get(notice.kind, "A request about {target}: " + notice.kind.replace("_", " "))
    return words.format(actor=notice.actor.partition(":")[2] or notice.actor, target=target)
