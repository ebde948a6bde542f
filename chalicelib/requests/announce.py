"""What has happened to a request goes out here, and nowhere else: first into the audit log, then to whoever tells people."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.requests.models import Head
from chalicelib.requests.present import request_url

END = "request.end"
"""The action of the entry that tells how a request has ended; its `state` says how."""

_KINDS: Mapping[str, NoticeKind] = {
    "request.create": NoticeKind.CREATED,
    "request.revise": NoticeKind.REVISED,
    "request.approve": NoticeKind.APPROVED,
    "request.reject": NoticeKind.REJECTED,
    "request.cancel": NoticeKind.CANCELLED,
    "request.expire": NoticeKind.EXPIRED,
}


class Recorder(Protocol):
    """The audit log."""

    def record(self, entry: AuditEntry) -> object: ...


class Announcer:
    def __init__(self, *, audit: Recorder, tell: Callable[[RequestNotice], None], public_url: str) -> None:
        """`tell` raises nothing: whoever fails to tell people breaks no request."""
        self._audit = audit
        self._tell = tell
        self._public_url = public_url

    def record(self, head: Head, entries: Iterable[AuditEntry]) -> None:
        """Raises what the audit log raises: then nobody is told either, and both come again.

        After a crash both may happen twice; the entry's `event`, which is the notice's id, tells.
        """
        recorded = tuple(entries)
        for entry in recorded:
            self._audit.record(entry)
        for entry in recorded:
            notice = notice_of(head, entry, self._public_url)
            if notice is not None:
                self._tell(notice)


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
