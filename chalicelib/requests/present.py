"""A request as it is shown on ConsoleMe's wire: its four states, its shapes and links. Pure."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

from chalicelib.changes.registry import change_type
from chalicelib.core.arn import Arn
from chalicelib.requests.approval.standing import Standing
from chalicelib.requests.catalog.models import Listed, ListedChange
from chalicelib.requests.models import ChangeRecord, Comment, Head, PlannedChange, Request, RequestsConfig
from chalicelib.requests.present_approval import shown_progress
from chalicelib.requests.present_review import review
from chalicelib.requests.rules import Person
from chalicelib.requests.states import ChangeStatus, Command, State
from chalicelib.requests.wire import (
    ExtendedRequest,
    RequestConfig,
    RequestDetail,
    ShownChange,
    ShownChanges,
    ShownComment,
    ShownPrincipal,
    ShownUser,
)
from chalicelib.requests.wire_list import RequestRow
from chalicelib.requests.wire_review import ChangeName

WIRE_STATUS: Mapping[State, str] = {
    State.DRAFT: "pending",
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
    State.ENDED: "approved",
}
"""A failed request was approved, and its changes say `not_applied`, as ConsoleMe has it. Only its author is shown a draft."""

_TITLES = 3
"""Changes that a row names."""

CHANGE_STATUS: Mapping[ChangeStatus, Literal["not_applied", "applied", "cancelled"]] = {
    ChangeStatus.PROPOSED: "not_applied",
    ChangeStatus.APPLYING: "not_applied",
    ChangeStatus.APPLIED: "applied",
    ChangeStatus.FAILED: "not_applied",
    ChangeStatus.NEEDS_REBASE: "not_applied",
    ChangeStatus.CANCELLED: "cancelled",
    ChangeStatus.ROLLED_BACK: "not_applied",
    ChangeStatus.ENDED: "cancelled",
}
"""What has ended is not there any more, and nothing is left to apply: `cancelled` says both."""


def request_url(request_id: str) -> str:
    return f"/policies/request/{request_id}"


def arn_url(principal_arn: str) -> str:
    """Where what is to be changed is edited. Empty for a bucket: its page needs the account, which its ARN does not name."""
    arn = Arn.parse(principal_arn)
    match arn.service, arn.resource_type:
        case "iam", "user":
            return f"/policies/edit/{arn.account}/iamuser/{arn.path_and_name}"
        case "iam", "policy":
            return f"/policies/edit/{arn.account}/managed_policy/{arn.path_and_name}"
        case "s3", _:
            return ""
        case ("sqs" | "sns") as service, _:
            return f"/policies/edit/{arn.account}/{service}/{arn.region}/{arn.resource}"
    return f"/policies/edit/{arn.account}/iamrole/{arn.path_and_name}"


def extended(request: Request) -> ExtendedRequest:
    records = {record.id: record for record in request.records}
    changes = [_change(request, change, records[change.id]) for change in request.revision.changes]
    return _extended(request.head, changes, [_comment(comment) for comment in request.comments])


def row(head: Listed) -> RequestRow:
    return RequestRow(
        request_id=head.id,
        principal=ShownPrincipal(principal_arn=head.principal_arn),
        arn=head.principal_arn,
        status=WIRE_STATUS[head.state],
        state=head.shown_state,
        title=title_of(head),
        until=first_end(head),
        justification=head.justification,
        request_time=head.created_at,
        last_updated=head.last_updated,
        username=head.requester,
        extended_request=_extended(head, [_summarised(head, change) for change in head.summary], []),
    )


def title_of(head: Listed) -> str:
    titles = [change.title or change.change_type for change in head.summary]
    return "; ".join(titles[:_TITLES]) + (f" and {len(titles) - _TITLES} more" if len(titles) > _TITLES else "")


def first_end(head: Listed) -> int | None:
    return min((change.until for change in head.summary if change.until is not None), default=None)


def with_links(shown: RequestRow) -> RequestRow:
    """Cells as markdown links, for pages that ask for them."""
    page = arn_url(shown.arn)
    return shown.model_copy(
        update={
            "request_id": f"[{shown.request_id}]({request_url(shown.request_id)})",
            "arn": f"[{shown.arn}]({page})" if page else shown.arn,
        }
    )


def detail(request: Request, person: Person, config: RequestsConfig) -> RequestDetail:
    own, administers = person.user == request.head.requester, person.may_decide(request.targets).allowed
    stands = Standing(request, person.jury(request), config)
    speaks = stands.may_speak(stands.jury.who_is(person.user), stands.jury.now).allowed
    shown = review(stands, person, shown_progress(stands))
    return RequestDetail(
        request=extended(request).model_dump_json(),
        last_updated=request.head.last_updated,
        request_config=RequestConfig(
            can_approve_reject=speaks,
            can_update_cancel=own or administers,
            can_move_back_to_pending=Command.MOVE_BACK in shown.allowed_actions,
        ),
        review=shown,
    )


def _extended(head: Head | Listed, changes: list[ShownChange], comments: list[ShownComment]) -> ExtendedRequest:
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
    spec = change.spec
    own = change_type(change.change_type).to_wire(spec, change.preview.before.content)
    status = ChangeStatus.CANCELLED if change.cancelled else record.status
    applied = status is ChangeStatus.APPLIED
    edited = request.revision.author if request.revision.number > 1 else None
    return ShownChange(
        principal=ShownPrincipal(principal_arn=request.head.principal_arn),
        change_type=ChangeName(change.change_type),
        status=CHANGE_STATUS[status],
        id=change.id,
        updated_by=request.head.reviewer if applied else edited,
        **{"expiration_date": _day(spec.until), "until": spec.until, **own},
    )


def _summarised(head: Listed, change: ListedChange) -> ShownChange:
    return ShownChange(
        principal=ShownPrincipal(principal_arn=head.principal_arn),
        change_type=ChangeName(change.change_type),
        status="applied" if head.state is State.APPLIED else "not_applied",
        id=change.id,
        updated_by=None,
        **change.model_dump(include={"policy_name", "new", "action"}, exclude_none=True),
        expiration_date=_day(change.until),
        until=change.until,
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


def _day(until: int | None) -> int | None:
    """The last day, UTC, that has some of it."""
    return None if until is None else int(f"{datetime.fromtimestamp(until - 1, UTC):%Y%m%d}")


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()
