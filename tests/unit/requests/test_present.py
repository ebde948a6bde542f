"""How a request is shown: ConsoleMe's four states, and what the person may do."""

import json
from typing import Any

import pytest

from chalicelib.requests.catalog.models import Listed
from chalicelib.requests.models import STUCK_AFTER, Comment, Event, RequestsConfig, Revision
from chalicelib.requests.present import WIRE_STATUS, detail, extended, row, with_links
from chalicelib.requests.results import errors_in, outcome_of
from chalicelib.requests.states import ChangeStatus, Command, State
from tests.support.clock import START
from tests.support.request_builders import REQUEST_ID, approval, head, person, request, revision
from tests.support.request_world import ADA, APP, EVE, ZOE

CONFIG = RequestsConfig()


def listed(shown: Revision, **more: Any) -> Listed:
    return Listed.of(head(shown, **more))


def test_every_stored_state_is_one_of_the_four_on_the_wire() -> None:
    assert set(WIRE_STATUS) == set(State) - {State.STUCK}
    assert set(WIRE_STATUS.values()) == {"pending", "approved", "rejected", "cancelled"}


def test_the_request_travels_as_text_and_the_review_as_an_object() -> None:
    shown = detail(request(), person(ADA), CONFIG)
    inner = json.loads(shown.request)
    assert (inner["id"], inner["request_status"]) == (REQUEST_ID, "pending")
    assert shown.template is None
    assert shown.review.state == "pending"


@pytest.mark.parametrize(
    ("user", "may_decide", "approve", "update"),
    [(ADA, True, True, True), (EVE, False, False, True), (ZOE, False, False, False)],
)
def test_the_page_is_told_what_the_person_may_do(user: str, may_decide: bool, approve: bool, update: bool) -> None:
    shown = detail(request(), person(user, may_decide=may_decide), CONFIG)
    assert (shown.request_config.can_approve_reject, shown.request_config.can_update_cancel) == (approve, update)
    assert shown.request_config.can_move_back_to_pending is False
    review = shown.review
    assert set(review.allowed_actions) | set(review.refusals) == set(Command)
    assert not set(review.allowed_actions) & set(review.refusals)
    assert ("approve_request" in review.allowed_actions) == approve
    assert all(review.refusals.values())


def test_a_change_shows_its_images_and_how_it_goes() -> None:
    shown = request(statuses=[ChangeStatus.APPLIED], state=State.APPLIED, reviewer=ADA)
    (change,) = detail(shown, person(ADA), CONFIG).review.changes
    assert (change.target_arn, change.before, change.status, change.error) == (APP, None, "applied", None)
    assert change.after == shown.revision.changes[0].preview.after.content
    (wire,) = extended(shown).changes.changes
    assert (wire.status, wire.updated_by) == ("applied", ADA)


def test_a_failed_request_is_approved_on_the_wire_and_its_change_not_applied() -> None:
    shown = extended(request(statuses=[ChangeStatus.FAILED], state=State.FAILED))
    assert (shown.request_status, shown.changes.changes[0].status) == ("approved", "not_applied")


def test_who_edited_is_named_at_the_change() -> None:
    assert extended(request(revision(2, authors=(EVE, ADA)))).changes.changes[0].updated_by == ADA


def test_the_timeline_holds_events_and_comments_in_their_order() -> None:
    shown = request().model_copy(
        update={
            "events": (
                Event(id="02", at=START + 2, actor=ADA, kind="approved", text="Revision 1 approved"),
                Event(id="00", at=START, actor=EVE, kind="created", text="Request submitted"),
            ),
            "comments": (Comment(id="01", actor=EVE, text="please", written_at=START + 1),),
        }
    )
    timeline = detail(shown, person(ADA), CONFIG).review.timeline
    assert [(line.kind, line.actor) for line in timeline] == [("created", EVE), ("comment", EVE), ("approved", ADA)]
    (comment,) = extended(shown).comments
    assert (comment.text, comment.user_email, comment.last_modified) == ("please", EVE, comment.timestamp)


def test_a_stuck_request_keeps_its_status_on_the_wire() -> None:
    shown = row(listed(revision(), state=State.APPROVED, attempts=STUCK_AFTER))
    assert (shown.status, shown.state) == ("approved", "stuck")


def test_a_row_has_whole_numbers_and_no_documents() -> None:
    shown = row(listed(revision())).model_dump(mode="json")
    assert (shown["request_time"], shown["last_updated"], shown["version"]) == (START, START, "2")
    assert shown["arn"] == APP
    assert "policy" not in shown["extended_request"]["changes"]["changes"][0]


def test_cells_become_links_only_when_asked() -> None:
    shown = with_links(row(listed(revision())))
    assert shown.request_id == f"[{REQUEST_ID}](/policies/request/{REQUEST_ID})"
    assert shown.arn == f"[{APP}](/policies/edit/222222222222/iamrole/team/app)"
    assert shown.principal.principal_arn == APP


def test_outcomes_are_counted_as_errors_only_when_they_are() -> None:
    shown = revision(changes=3)
    asked = request(
        shown,
        statuses=[ChangeStatus.APPLIED, ChangeStatus.FAILED, ChangeStatus.PROPOSED],
        rulings=[approval(shown)],
        state=State.APPLYING,
    )
    results = outcome_of(asked)
    assert [result.status for result in results] == ["success", "success", "error", "success"]
    assert errors_in(results) == 1
    assert all(result.visible for result in results)


def test_what_was_taken_back_is_said_and_what_was_taken_out_is_not_mentioned() -> None:
    statuses = [ChangeStatus.ROLLED_BACK, ChangeStatus.ENDED, ChangeStatus.CANCELLED]
    results = outcome_of(request(revision(changes=3), statuses=statuses, state=State.FAILED))
    assert [result.status for result in results] == ["success", "error", "success"]
    assert "another change failed" in results[1].message
    assert "taken back at its end" in results[2].message


def test_whoever_approves_first_of_several_is_told_that_others_must_too() -> None:
    results = outcome_of(request(rulings=[approval(revision())]))
    assert [result.message for result in results][1:] == ["Others must approve it, too. The request says who."]
