"""A request as it is shown: ConsoleMe's four states, its shapes and links; and our review. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.changes.registry import change_type
from chalicelib.core.arn import Arn
from chalicelib.requests.models import ChangeRecord, Comment, Head, PlannedChange, Request, RequestsConfig
from chalicelib.requests.rules import Person, judge
from chalicelib.requests.states import ChangeStatus, Command, State
from chalicelib.requests.wire import (
    ExtendedRequest,
    RequestConfig,
    RequestDetail,
    RequestRow,
    Review,
    ReviewChange,
    ShownChange,
    ShownChanges,
    ShownComment,
    ShownPrincipal,
    ShownUser,
    TimelineEntry,
)

WIRE_STATUS: Mapping[State, str] = {
    State.PENDING: "pending",
    State.NEEDS_REBASE: "pending",
    State.APPROVED: "approved",
    State.APPLYING: "approved",
    State.APPLIED: "approved",
    State.PARTIALLY_APPLIED: "approved",
    State.FAILED: "approved",
    State.REJECTED: "rejected",
    State.CANCELLED: "cancelled",
    State.EXPIRED: "cancelled",
}
"""A failed request was approved, and its changes say `not_applied`, as ConsoleMe has it."""


def request_url(request_id: str) -> str:
    return f"/policies/request/{request_id}"


def arn_url(principal_arn: str) -> str:
    arn = Arn.parse(principal_arn)
    return f"/policies/edit/{arn.account}/iamrole/{arn.path_and_name}"


def extended(request: Request) -> ExtendedRequest:
    records = {record.id: record for record in request.records}
    changes = [_change(request, change, records[change.id]) for change in request.revision.changes]
    return _extended(request.head, changes, [_comment(comment) for comment in request.comments])


def row(head: Head) -> RequestRow:
    return RequestRow(
        request_id=head.id,
        principal=ShownPrincipal(principal_arn=head.principal_arn),
        arn=head.principal_arn,
        status=WIRE_STATUS[head.state],
        state=head.shown_state,
        justification=head.justification,
        request_time=head.created_at,
        last_updated=head.last_updated,
        username=head.requester,
        extended_request=_extended(head, [_summarised(head, change) for change in head.summary], []),
    )


def with_links(shown: RequestRow) -> RequestRow:
    """Cells as markdown links, for pages that ask for them."""
    return shown.model_copy(
        update={
            "request_id": f"[{shown.request_id}]({request_url(shown.request_id)})",
            "arn": f"[{shown.arn}]({arn_url(shown.arn)})",
        }
    )


def detail(request: Request, person: Person, config: RequestsConfig) -> RequestDetail:
    own, may_decide = person.user == request.head.requester, person.may_decide(request.targets).allowed
    return RequestDetail(
        request=extended(request).model_dump_json(),
        last_updated=request.head.last_updated,
        request_config=RequestConfig(can_approve_reject=may_decide, can_update_cancel=own or may_decide),
        review=_review(request, person, config),
    )


def _review(request: Request, person: Person, config: RequestsConfig) -> Review:
    decisions = {command: judge(command, request, person, config) for command in Command}
    records = {record.id: record for record in request.records}
    return Review(
        state=request.head.shown_state,
        revision=request.head.revision,
        revision_hash=request.head.revision_hash,
        allowed_actions=[command for command, decision in decisions.items() if decision.allowed],
        refusals={command: decision.reason for command, decision in decisions.items() if not decision.allowed},
        changes=[_reviewed(change, records[change.id]) for change in request.revision.changes],
        timeline=_timeline(request),
        failure=request.head.failure,
    )


def _reviewed(change: PlannedChange, record: ChangeRecord) -> ReviewChange:
    return ReviewChange(
        id=change.id,
        change_type=change.change_type,
        target_arn=change.target,
        title=change.title,
        before=change.preview.before.content,
        after=change.preview.after.content,
        status=record.status,
        error=record.error,
    )


def _timeline(request: Request) -> list[TimelineEntry]:
    """Events and comments; ids of both sort by time."""
    lines = {
        event.id: TimelineEntry(at=event.at, actor=event.actor, kind=event.kind, text=event.text)
        for event in request.events
    }
    for said in request.comments:
        lines[said.id] = TimelineEntry(at=said.written_at, actor=said.actor, kind="comment", text=said.text)
    return [lines[key] for key in sorted(lines)]


def _extended(head: Head, changes: list[ShownChange], comments: list[ShownComment]) -> ExtendedRequest:
    return ExtendedRequest(
        id=head.id,
        principal=ShownPrincipal(principal_arn=head.principal_arn),
        timestamp=_iso(head.created_at),
        justification=head.justification or None,
        requester_email=head.requester,
        request_status=WIRE_STATUS[head.state],
        arn_url=arn_url(head.principal_arn),
        admin_auto_approve=head.auto_approve,
        changes=ShownChanges(changes=changes),
        requester_info=_user(head.requester),
        reviewer=head.reviewer,
        comments=comments,
    )


def _change(request: Request, change: PlannedChange, record: ChangeRecord) -> ShownChange:
    own = change_type(change.change_type).to_wire(change.spec, change.preview.before.content)
    applied = record.status is ChangeStatus.APPLIED
    edited = request.revision.author if request.revision.number > 1 else None
    return ShownChange(
        principal=ShownPrincipal(principal_arn=request.head.principal_arn),
        change_type=change.change_type,
        status="applied" if applied else "not_applied",
        id=change.id,
        updated_by=request.head.reviewer if applied else edited,
        **own,
    )


def _summarised(head: Head, change: Mapping[str, Any]) -> ShownChange:
    return ShownChange(
        principal=ShownPrincipal(principal_arn=head.principal_arn),
        change_type=change["change_type"],
        resources=[],
        status="applied" if head.state is State.APPLIED else "not_applied",
        id=change["id"],
        updated_by=None,
        policy_name=change.get("policy_name"),
        new=change.get("new"),
        action=change.get("action"),
    )


def _comment(comment: Comment) -> ShownComment:
    at = _iso(comment.written_at)
    return ShownComment(
        id=comment.id,
        timestamp=at,
        last_modified=at,
        user_email=comment.actor,
        user=_user(comment.actor),
        text=comment.text,
    )


def _user(name: str) -> ShownUser:
    info = {
        "domain": "",
        "userName": name,
        "name": {"givenName": "", "familyName": "", "fullName": ""},
        "primaryEmail": name,
    }
    return ShownUser(email=name, extended_info=info)


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
