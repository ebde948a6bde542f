"""What is told of a request, and to whom only the audit log listens."""

import pytest

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.errors import Upstream
from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.requests.announce import Announcer, notice_of
from chalicelib.requests.states import State
from chalicelib.requests.steps import audited
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


def test_everything_is_recorded_before_anything_is_told() -> None:
    log, order = Log(), list[str]()

    def tell(notice: RequestNotice) -> None:
        order.append(f"{notice.kind.value} after {len(log.actions)}")

    announcer = Announcer(audit=log, tell=tell, public_url=URL)
    announcer.record(HEAD, iter([entry("request.create"), entry("request.change.ended"), entry("request.approve")]))
    assert log.actions == ["request.create", "request.change.ended", "request.approve"]
    assert order == ["created after 3", "approved after 3"]


def test_nobody_is_told_what_could_not_be_recorded() -> None:
    told: list[RequestNotice] = []
    announcer = Announcer(audit=Log(fails_at=1), tell=told.append, public_url=URL)
    with pytest.raises(Upstream):
        announcer.record(HEAD, [entry("request.create"), entry("request.approve")])
    assert told == []
