"""What has happened to a request goes out by here, and nowhere else: into the audit log, and to whoever tells people."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.requests.models import Due, Head
from chalicelib.requests.present import request_url
from chalicelib.requests.telling.dues import due_of

GRACE = 60
"""Seconds that whoever caused something has to do it before the task `due` does."""
END = "request.end"
"""The action of the entry that tells how a request has ended; its `state` says how."""
COMMENT = "request.comment"
"""Of what is told and not recorded: the comment stands in the request."""

_KINDS: Mapping[str, NoticeKind] = {
    "request.create": NoticeKind.CREATED,
    "request.revise": NoticeKind.REVISED,
    "request.approve": NoticeKind.APPROVED,
    "request.approve_part": NoticeKind.APPROVED_IN_PART,
    "request.ask": NoticeKind.CHANGES_ASKED,
    "request.wait": NoticeKind.WAITING,
    COMMENT: NoticeKind.COMMENTED,
    "request.reject": NoticeKind.REJECTED,
    "request.cancel": NoticeKind.CANCELLED,
    "request.expire": NoticeKind.EXPIRED,
}


class Recorder(Protocol):
    """The audit log."""

    def record(self, entry: AuditEntry) -> object: ...


class Announcer:
    def __init__(self, audit: Recorder) -> None:
        self._audit = audit

    def record(self, entries: Iterable[AuditEntry]) -> None:
        """Raises what the audit log raises: then they come again, and after a crash they may be written twice; their `event` tells."""
        for entry in entries:
            self._audit.record(entry)


def notices_of(head: Head, entries: Iterable[AuditEntry], public_url: str) -> tuple[Due, ...]:
    """What people are still to be told of a step: stored with it."""
    found = (notice_of(head, entry, public_url) for entry in entries)
    return tuple(due_of(notice, head.last_updated, head.last_updated + GRACE) for notice in found if notice is not None)


def notice_of(head: Head, entry: AuditEntry, public_url: str) -> RequestNotice | None:
    """None for what only the audit log is told."""
    kind = NoticeKind(str(entry.details["state"])) if entry.action == END else _KINDS.get(entry.action)
    if kind is None or (entry.action != END and entry.outcome is not Outcome.DONE):
        return None
    return RequestNotice(
        id=str(entry.details["event"]),
        kind=kind,
        request_id=head.id,
        requester=head.requester,
        actor=entry.person,
        principal_arn=head.principal_arn,
        justification=head.justification,
        reason=entry.reason,
        url=f"{public_url}{request_url(head.id)}",
    )
