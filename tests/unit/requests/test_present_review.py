"""The review of a request: everything that somebody who decides must see, and how its revisions differ."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.changes.base import Image
from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.guardrails.models import Finding
from chalicelib.requests.guardrails.models import Verdict as Weight
from chalicelib.requests.models import STUCK_AFTER, ChangeRecord, Comment, Due, Request, RequestsConfig
from chalicelib.requests.present import arn_url, detail, extended, row, with_links
from chalicelib.requests.present_review import compared
from chalicelib.requests.states import ChangeStatus, DueKind, OnFailure, State, Verdict
from chalicelib.requests.wire import ShownChange
from chalicelib.requests.wire_review import ChangeName, Review, ReviewChange
from tests.support.clock import START
from tests.support.request_builders import REQUEST_ID, approval, head, person, planned, request, revision
from tests.support.request_world import ADA, BO, EVE, document

CONFIG = RequestsConfig()
END = START + 7_200
WIDE = Finding(change_id=f"{REQUEST_ID}0", rule="wildcards", verdict=Weight.WARN, title="Wide", reason="All buckets.")


def review(shown: Request) -> Review:
    return detail(shown, person(ADA), CONFIG).review


def temporary(until: int | None = END, **more: Any) -> Request:
    """A request whose one change ends by itself."""
    change = planned()
    wanted = change.model_copy(update={"wish": change.wish | {"until": until}})
    return request(revision().model_copy(update={"changes": (wanted,)}), **more)


def with_record(shown: Request, **more: Any) -> Request:
    record = ChangeRecord.model_validate(shown.records[0].model_dump() | more)
    return shown.model_copy(update={"records": (record,)})


def only(shown: Request) -> ReviewChange:
    (change,) = review(shown).changes
    return change


def test_a_change_says_what_is_asked_for_and_when_it_ends() -> None:
    change = only(temporary())
    assert change.change_type is ChangeName.INLINE_POLICY
    assert change.wish["policy_name"] == "export0"
    assert (change.until, change.ends_at, change.ended_at, change.taken) == (END, END, None, False)
    (wire,) = extended(temporary()).changes.changes
    assert (wire.until, wire.expiration_date) == (END, int(f"{datetime.fromtimestamp(END, UTC):%Y%m%d}"))


@pytest.mark.parametrize(
    ("until", "day"),
    [(1_735_689_600, 20241231), (1_735_689_601, 20250101), (1_709_251_199, 20240229), (1_709_251_200, 20240229)],
)
def test_the_last_day_is_the_last_that_has_some_of_it(until: int, day: int) -> None:
    """The end of a year, and of a leap day."""
    (wire,) = extended(temporary(until)).changes.changes
    assert wire.expiration_date == day


def test_whoever_approves_for_less_makes_the_end_earlier() -> None:
    shown = temporary()
    shown = shown.model_copy(update={"rulings": (approval(shown.revision, until=END - 60),)})
    assert (only(shown).until, only(shown).ends_at) == (END, END - 60)


def test_an_end_that_was_moved_is_the_end_and_one_that_keeps_failing_is_shown() -> None:
    applied = with_record(temporary(state=State.APPLIED), status=ChangeStatus.APPLIED, until=END, ended_at=END - 5000)
    assert (only(applied).ends_at, only(applied).ended_at) == (END, None)
    due = Due(kind=DueKind.END, id=f"{REQUEST_ID}0", at=END - 600)
    assert only(applied.model_copy(update={"dues": (due,)})).ends_at == END - 600
    failing = due.model_copy(update={"attempts": STUCK_AFTER, "failure": "AWS said no"})
    shown = review(applied.model_copy(update={"dues": (failing,)}))
    assert (shown.state, shown.failure) == (State.STUCK, "AWS said no")
    (end,) = shown.ends
    assert (end.change_id, end.at, end.attempts, end.failure, end.stuck) == (
        f"{REQUEST_ID}0",
        END - 600,
        STUCK_AFTER,
        "AWS said no",
        True,
    )


def test_what_must_be_told_is_no_end() -> None:
    shown = temporary().model_copy(update={"dues": (Due(kind=DueKind.SEND, id="e", at=END, attempts=9),)})
    assert (review(shown).ends, review(shown).state) == ([], State.PENDING)


def test_what_has_ended_shows_the_proof() -> None:
    taken = Image(identity="AROA1", content=None)
    ended = with_record(temporary(state=State.ENDED), status=ChangeStatus.ENDED, taken=taken, ended_at=END + 20)
    change = only(ended)
    assert (change.status, change.taken, change.taken_content, change.ended_at, change.ends_at) == (
        ChangeStatus.ENDED,
        True,
        None,
        END + 20,
        END + 20,
    )


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (ChangeStatus.PROPOSED, "not_applied"),
        (ChangeStatus.APPLYING, "not_applied"),
        (ChangeStatus.APPLIED, "applied"),
        (ChangeStatus.FAILED, "not_applied"),
        (ChangeStatus.NEEDS_REBASE, "not_applied"),
        (ChangeStatus.ROLLED_BACK, "not_applied"),
        (ChangeStatus.CANCELLED, "cancelled"),
        (ChangeStatus.ENDED, "cancelled"),
    ],
)
def test_every_status_of_a_change_is_one_of_the_three_on_the_wire(status: ChangeStatus, word: str) -> None:
    (wire,) = extended(request(statuses=[status], state=State.PARTIALLY_APPLIED)).changes.changes
    assert wire.status == word


def test_a_change_has_the_common_keys_and_those_of_its_own_type() -> None:
    (wire,) = extended(request()).model_dump(mode="json")["changes"]["changes"]
    common = {"principal", "change_type", "resources", "version", "status", "id", "autogenerated", "updated_by"}
    own = {"policy_name", "new", "action", "policy", "old_policy"}
    assert set(wire) == common | own | {"expiration_date", "until"}
    assert ShownChange.model_validate(wire).policy_name == "export0"


def test_a_change_that_was_taken_out_is_cancelled_everywhere() -> None:
    out = planned().model_copy(update={"cancelled": True})
    shown = request(revision().model_copy(update={"changes": (out, planned(1))}), statuses=[ChangeStatus.PROPOSED] * 2)
    assert [change.status for change in review(shown).changes] == [ChangeStatus.CANCELLED, ChangeStatus.PROPOSED]
    assert [change.status for change in extended(shown).changes.changes] == ["cancelled", "not_applied"]
    (only_one,) = review(shown).revisions
    assert len(only_one.changes) == 1


def test_a_change_that_keeps_what_another_put_there_says_so() -> None:
    joined = planned().model_copy(update={"base": Image(identity="AROA1", content=None)})
    assert only(request(revision().model_copy(update={"changes": (joined,)}))).continues
    assert not only(request()).continues


def test_findings_and_choices_are_shown() -> None:
    shown = review(
        request(revision().model_copy(update={"findings": (WIDE,)}), on_failure=OnFailure.ROLLBACK, extends="older")
    )
    assert (shown.findings, shown.on_failure, shown.extends) == ([WIDE], OnFailure.ROLLBACK, "older")
    assert (shown.requester, shown.justification, shown.decide_by) == (EVE, "nightly export", START + 1000)


def test_everything_that_was_decided_is_shown_of_all_revisions() -> None:
    first, second = revision(), revision(2, authors=(EVE,))
    earlier = approval(first, BO, id="01", comment="fine")
    asked = approval(second, ADA, id="02", verdict=Verdict.ASK, comment="why?")
    shown = review(request(second, rulings=[asked, earlier]).model_copy(update={"earlier": (first,)}))
    assert [(one.actor, one.verdict, one.revision, one.comment) for one in shown.approval.rulings] == [
        (BO, Verdict.APPROVE, 1, "fine"),
        (ADA, Verdict.ASK, 2, "why?"),
    ]
    assert shown.approval.approved is False
    assert [(one.number, one.current) for one in shown.revisions] == [(1, False), (2, True)]


def test_comments_are_threaded_and_oldest_first() -> None:
    said = (
        Comment(id="02", actor=ADA, text="because", written_at=START + 2, reply_to="01"),
        Comment(id="01", actor=EVE, text="why?", written_at=START + 1),
    )
    shown = review(request().model_copy(update={"comments": said}))
    assert [(one.id, one.text, one.reply_to) for one in shown.comments] == [
        ("01", "why?", None),
        ("02", "because", "01"),
    ]


def test_revisions_are_compared_change_by_change() -> None:
    older = revision(changes=2)
    kept, edited = older.changes[0], planned(1, document("s3:PutObject"))
    newer = revision(2).model_copy(update={"changes": (kept, edited, planned(2)), "findings": (WIDE,)})
    found = compared(older, newer, 2)
    assert [(one.same, one.older is None, one.newer is None) for one in found.changes] == [
        (True, False, False),
        (False, False, False),
        (False, True, False),
    ]
    assert found.changes[1].older == document()
    assert found.changes[1].newer == document("s3:PutObject")
    assert (found.findings_gone, found.findings_new) == ([], [WIDE])
    assert (found.older.current, found.newer.current) == (False, True)
    back = compared(newer, older, 2)
    assert (back.changes[2].newer, back.findings_gone) == (None, [WIDE])


@pytest.mark.parametrize(
    ("arn", "page"),
    [
        ("arn:aws:iam::222222222222:role/team/app", "222222222222/iamrole/team/app"),
        ("arn:aws:iam::222222222222:user/ci/bot", "222222222222/iamuser/ci/bot"),
        ("arn:aws:iam::222222222222:policy/Shared", "222222222222/managed_policy/Shared"),
        ("arn:aws:sqs:eu-west-1:222222222222:jobs", "222222222222/sqs/eu-west-1/jobs"),
        ("arn:aws:sns:eu-west-1:222222222222:orders", "222222222222/sns/eu-west-1/orders"),
    ],
)
def test_what_is_changed_has_its_page(arn: str, page: str) -> None:
    assert arn_url(arn) == f"/policies/edit/{page}"


def test_a_bucket_has_no_link_because_nobody_says_its_account() -> None:
    assert arn_url("arn:aws:s3:::ledger") == ""
    row_of_bucket = row(Listed.of(head(revision(), principal_arn="arn:aws:s3:::ledger")))
    assert with_links(row_of_bucket).arn == "arn:aws:s3:::ledger"
