"""The review of a request: what our page shows to whoever decides about it, and what they may do now. Pure."""

from collections.abc import Iterable

from chalicelib.requests.approval.standing import Standing
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.models import ChangeRecord, Due, PlannedChange, Request, Revision, Ruling
from chalicelib.requests.rules import Person, judge
from chalicelib.requests.states import ChangeStatus, Command, DueKind
from chalicelib.requests.wire_review import (
    ApprovalProgress,
    ChangeName,
    ComparedChange,
    ComparedRevisions,
    Review,
    ReviewChange,
    ReviewComment,
    ShownEnd,
    ShownRevision,
    ShownRuling,
    TimelineEntry,
)

_GONE = frozenset({ChangeStatus.ENDED, ChangeStatus.ROLLED_BACK})


def review(stands: Standing, person: Person, approval: ApprovalProgress) -> Review:
    request, head = stands.request, stands.request.head
    decisions = {command: judge(command, request, person, stands.config) for command in Command}
    records = {record.id: record for record in request.records}
    return Review(
        state=request.shown_state,
        revision=head.revision,
        revision_hash=head.revision_hash,
        requester=head.requester,
        principal_arn=head.principal_arn,
        justification=head.justification,
        created_at=head.created_at,
        decide_by=head.decide_by,
        on_failure=head.on_failure,
        extends=head.extends,
        allowed_actions=[command for command, decision in decisions.items() if decision.allowed],
        refusals={command: decision.reason for command, decision in decisions.items() if not decision.allowed},
        changes=[_change(stands, change, records[change.id]) for change in request.revision.changes],
        findings=list(request.revision.findings),
        approval=approval,
        ends=[_end(due) for due in sorted(_ends(request), key=lambda due: (due.at, due.id))],
        revisions=[shown_revision(revision, head.revision) for revision in revisions(request)],
        comments=[
            ReviewComment(id=said.id, actor=said.actor, at=said.written_at, text=said.text, reply_to=said.reply_to)
            for said in sorted(request.comments, key=lambda said: said.id)
        ],
        timeline=timeline(request),
        failure=head.failure or next((due.failure for due in request.dues if due.stuck), None),
    )


def ends_at(stands: Standing, change: PlannedChange, record: ChangeRecord) -> int | None:
    """When the change is really taken back: as its end stands, or, before it is applied, as those who approved allow."""
    if record.status in _GONE:
        return record.ended_at
    if (due := next((due for due in _ends(stands.request) if due.id == change.id), None)) is not None:
        return due.at
    if record.until is not None:
        return record.until
    return stands.until(change.id)


def _change(stands: Standing, change: PlannedChange, record: ChangeRecord) -> ReviewChange:
    return ReviewChange(
        id=change.id,
        change_type=ChangeName(change.change_type),
        target_arn=change.target,
        title=change.title,
        wish=change.wish,
        before=change.preview.before.content,
        after=change.preview.after.content,
        status=ChangeStatus.CANCELLED if change.cancelled else record.status,
        error=record.error,
        until=change.spec.until,
        ends_at=ends_at(stands, change, record),
        # A record keeps there when its applying was over, too.
        ended_at=record.ended_at if record.status in _GONE else None,
        taken=record.status in _GONE and record.taken is not None,
        taken_content=record.taken.content if record.taken else None,
        continues=change.base is not None,
    )


def _ends(request: Request) -> Iterable[Due]:
    return (due for due in request.dues if due.kind is DueKind.END)


def _end(due: Due) -> ShownEnd:
    return ShownEnd(change_id=due.id, at=due.at, attempts=due.attempts, failure=due.failure, stuck=due.stuck)


def revisions(request: Request) -> list[Revision]:
    """All of them, oldest first."""
    return sorted((*request.earlier, request.revision), key=lambda revision: revision.number)


def shown_revision(revision: Revision, current: int) -> ShownRevision:
    return ShownRevision(
        number=revision.number,
        author=revision.author,
        created_at=revision.created_at,
        current=revision.number == current,
        changes=[change.title for change in revision.changes if not change.cancelled],
    )


def shown_ruling(ruling: Ruling) -> ShownRuling:
    return ShownRuling(
        actor=ruling.actor,
        verdict=ruling.verdict,
        revision=ruling.revision,
        decided_at=ruling.decided_at,
        comment=ruling.comment,
        until=ruling.until,
        rule=ruling.rule,
    )


def timeline(request: Request) -> list[TimelineEntry]:
    """Events and comments; ids of both sort by time."""
    lines = {
        event.id: TimelineEntry(at=event.at, actor=event.actor, kind=event.kind, text=event.text)
        for event in request.events
    }
    for said in request.comments:
        lines[said.id] = TimelineEntry(at=said.written_at, actor=said.actor, kind="comment", text=said.text)
    return [lines[key] for key in sorted(lines)]


def compared(older: Revision, newer: Revision, current: int) -> ComparedRevisions:
    """What the newer revision does otherwise than the older one, change by change."""
    before = {change.id: change for change in older.changes if not change.cancelled}
    after = {change.id: change for change in newer.changes if not change.cancelled}
    return ComparedRevisions(
        older=shown_revision(older, current),
        newer=shown_revision(newer, current),
        changes=[_compared(before.get(key), after.get(key)) for key in dict.fromkeys((*before, *after))],
        findings_gone=_without(older.findings, newer.findings),
        findings_new=_without(newer.findings, older.findings),
    )


def _compared(older: PlannedChange | None, newer: PlannedChange | None) -> ComparedChange:
    either = newer or older
    if either is None:
        raise LookupError("a change that neither revision has")
    return ComparedChange(
        id=either.id,
        change_type=ChangeName(either.change_type),
        target_arn=either.target,
        older=older.preview.after.content if older else None,
        newer=newer.preview.after.content if newer else None,
        older_until=older.spec.until if older else None,
        newer_until=newer.spec.until if newer else None,
        same=older is not None and newer is not None and older.wish == newer.wish,
    )


def _without(findings: Iterable[Finding], others: Iterable[Finding]) -> list[Finding]:
    known = set(others)
    return [finding for finding in findings if finding not in known]
