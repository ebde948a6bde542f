"""What is told of a request, and to whom only the audit log listens."""

import pytest

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.errors import Upstream
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.requests.announce import GRACE, Announcer, notice_of, notices_of
from chalicelib.requests.states import DueKind, State
from chalicelib.requests.steps import audited
from chalicelib.requests.telling.dues import notice_in
from tests.support.request_builders import REQUEST_ID, request
from tests.support.request_world import ADA, APP, EVE

HEAD = request().head
URL = "https://consoleme.example"


def entry(action: str, outcome: Outcome = Outcome.DONE, **details: str) -> AuditEntry:
    return audited(HEAD, action, f"user:{ADA}", outcome=outcome, reason="because", **details)


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("request.create", NoticeKind.CREATED),
        ("request.revise", NoticeKind.REVISED),
        ("request.approve", NoticeKind.APPROVED),
        ("request.approve_part", NoticeKind.APPROVED_IN_PART),
        ("request.ask", NoticeKind.CHANGES_ASKED),
        ("request.wait", NoticeKind.WAITING),
        ("request.reject", NoticeKind.REJECTED),
        ("request.cancel", NoticeKind.CANCELLED),
        ("request.expire", NoticeKind.EXPIRED),
    ],
)
def test_each_step_of_a_request_is_told(action: str, kind: NoticeKind) -> None:
    recorded = entry(action)
    assert notice_of(HEAD, recorded, URL) == RequestNotice(
        id=str(recorded.details["event"]),
        kind=kind,
        request_id=REQUEST_ID,
        requester=EVE,
        actor=f"user:{ADA}",
        principal_arn=APP,
        justification="nightly export",
        reason="because",
        url=f"{URL}/policies/request/{REQUEST_ID}",
    )


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.APPLIED, Outcome.DONE),
        (State.PARTIALLY_APPLIED, Outcome.FAILED),
        (State.FAILED, Outcome.FAILED),
        (State.NEEDS_REBASE, Outcome.REFUSED),
    ],
)
def test_how_it_ended_is_told_whatever_the_outcome(state: State, outcome: Outcome) -> None:
    notice = notice_of(HEAD, entry("request.end", outcome, state=state.value), URL)
    assert notice is not None
    assert notice.kind.value == state.value


@pytest.mark.parametrize(
    "recorded",
    [
        entry("request.change.applying"),
        entry("request.change.ended"),
        entry("request.approve", Outcome.REFUSED),
        entry("request.approve", Outcome.FAILED),
    ],
)
def test_attempts_and_single_changes_are_for_the_audit_log_alone(recorded: AuditEntry) -> None:
    assert notice_of(HEAD, recorded, URL) is None


class Log:
    def __init__(self, *, fails_at: int = -1) -> None:
        self.actions: list[str] = []
        self._fails_at = fails_at

    def record(self, recorded: AuditEntry) -> None:
        if len(self.actions) == self._fails_at:
            raise Upstream("the table is away")
        self.actions.append(recorded.action)


def test_everything_is_recorded_in_its_order_until_the_log_fails() -> None:
    entries = [entry("request.create"), entry("request.change.ended"), entry("request.approve")]
    log = Log()
    Announcer(log).record(entries)
    assert log.actions == ["request.create", "request.change.ended", "request.approve"]
    failing = Log(fails_at=1)
    with pytest.raises(Upstream):
        Announcer(failing).record(entries)
    assert failing.actions == ["request.create"]


def test_what_people_are_told_is_due_a_minute_after_the_step_that_it_is_about() -> None:
    dues = notices_of(HEAD, [entry("request.create"), entry("request.change.ended")], URL)
    assert [(due.kind, due.at, notice_in(due).kind.value) for due in dues] == [
        (DueKind.SEND, HEAD.last_updated + GRACE, "created")
    ]
