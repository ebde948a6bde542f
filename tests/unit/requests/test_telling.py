"""What a message shows of a request, and whom it goes to."""

from typing import Any

import pytest

from chalicelib.core.hooks import NoticeKind
from chalicelib.core.targets import Target
from chalicelib.identity.rules import Rulebook
from chalicelib.identity.scopes import GroupsConfig
from chalicelib.notifications.messages import Why
from chalicelib.requests.guardrails.models import Finding, Verdict
from chalicelib.requests.models import Comment
from chalicelib.requests.states import State
from chalicelib.requests.telling.card import MOST_LINES, card_of, diff_of, headline_of
from chalicelib.requests.telling.dues import done_in, due_of, failed, happened_at, notice_in
from chalicelib.requests.telling.recipients import deciders_of, recipients_of
from tests.support.messages import URL, notice
from tests.support.request_builders import request, revision
from tests.support.request_world import ADA, APP, BO, EVE, SPOKE


def test_a_card_shows_what_is_decided_about() -> None:
    shown = card_of(request(), URL)
    assert (shown.requester, shown.revision, shown.open, shown.state) == (EVE, 1, True, "Waiting for a decision")
    (change,) = shown.changes
    assert change.title == "Add inline policy export"
    assert '+      "Action": [' in change.diff
    assert not any(line.startswith("-") for line in change.diff)


def test_the_digest_of_what_was_shown_changes_with_everything_that_a_decider_sees_and_with_nothing_else() -> None:
    plain = request()
    base = card_of(plain, URL).shown
    found = Finding(change_id="1", rule="wildcards", verdict=Verdict.WARN, title="All of S3", reason="s3:* is wide")
    other = plain.revision.model_copy(update={"findings": (found,)})
    assert card_of(plain.model_copy(update={"revision": other}), URL).shown != base
    said = plain.head.model_copy(update={"justification": "something else"})
    assert card_of(plain.model_copy(update={"head": said}), URL).shown != base
    decided = plain.head.model_copy(update={"state": State.APPROVED, "reviewer": ADA})
    assert card_of(plain.model_copy(update={"head": decided}), URL).shown == base


def test_a_change_that_was_taken_out_is_not_shown() -> None:
    two = request(revision(changes=2))
    first, second = two.revision.changes
    cut = two.revision.model_copy(update={"changes": (first.model_copy(update={"cancelled": True}), second)})
    assert len(card_of(two.model_copy(update={"revision": cut}), URL).changes) == 1


def test_a_long_diff_says_how_much_of_it_is_missing() -> None:
    lines = diff_of(None, {"Statement": [f"s{number}" for number in range(MOST_LINES)]})
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "… 5 more lines"


def test_letters_that_would_deceive_a_reader_are_written_out() -> None:
    assert any("\\u202e" in line for line in diff_of(None, {"Sid": "a\u202eb"}))


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_of_notice_has_a_headline(kind: NoticeKind) -> None:
    assert "app in 222222222222" in headline_of(notice(kind))


def told(kind: NoticeKind, state: State, actor: str) -> dict[str, Why]:
    about = request(state=state)
    found = recipients_of(about, notice(kind, actor), {f"user:{ADA}", "group:approvers"})
    return {one.principal: one.why for one in found}


def test_who_may_decide_is_told_of_what_is_to_be_decided_and_the_author_of_what_became_of_it() -> None:
    deciding = {f"user:{ADA}": Why.DECIDES, "group:approvers": Why.DECIDES}
    assert told(NoticeKind.CREATED, State.PENDING, f"user:{EVE}") == deciding
    assert told(NoticeKind.APPROVED, State.APPROVED, f"user:{ADA}") == {f"user:{EVE}": Why.REQUESTER}
    assert told(NoticeKind.CANCELLED, State.CANCELLED, f"user:{EVE}") == {}


def test_a_comment_goes_to_whoever_has_a_hand_in_it_and_the_authors_to_those_who_decide() -> None:
    by_author = told(NoticeKind.COMMENTED, State.PENDING, f"user:{EVE}")
    assert by_author == {f"user:{ADA}": Why.DECIDES, "group:approvers": Why.DECIDES}
    assert told(NoticeKind.COMMENTED, State.PENDING, f"user:{ADA}") == {f"user:{EVE}": Why.REQUESTER}
    assert told(NoticeKind.COMMENTED, State.APPLIED, f"user:{EVE}") == {}
    said = Comment(id="1", actor=BO, text="why?", written_at=0)
    talked = request(state=State.APPLIED).model_copy(update={"comments": (said,)})
    found = recipients_of(talked, notice(NoticeKind.COMMENTED, f"user:{EVE}"), ())
    assert [(one.principal, one.why) for one in found] == [(f"user:{BO}", Why.REQUESTER)]


def test_nobody_is_asked_to_decide_when_somebody_has_decided_already() -> None:
    assert told(NoticeKind.CREATED, State.APPROVED, f"user:{EVE}") == {}


def test_everybody_who_wrote_a_part_of_it_is_told() -> None:
    about = request(revision(2, (EVE, BO)))
    found = recipients_of(about, notice(NoticeKind.REVISED, f"user:{BO}"), {f"user:{BO}", f"user:{ADA}"})
    assert {one.principal: one.why for one in found} == {f"user:{EVE}": Why.REQUESTER, f"user:{ADA}": Why.DECIDES}


def test_those_decide_whom_the_configuration_lets_decide_about_every_target() -> None:
    elsewhere = {"accounts": ["333333333333"]}
    here: dict[str, Any] = {"accounts": [SPOKE]}
    groups = GroupsConfig.model_validate(
        {
            "can_admin_policies": ["group:approvers"],
            "scopes": [
                {"principals": ["group:here"], "permission": "can_admin_policies", "where": here},
                {"principals": ["group:there"], "permission": "can_admin_policies", "where": elsewhere},
            ],
        }
    )
    book = Rulebook(groups=groups, administrators=("user:root@example.com",))
    target = Target(arn=APP, account_id=SPOKE, known=True)
    assert deciders_of([target], book) == {"group:approvers", "group:here", "user:root@example.com"}


def test_what_is_due_keeps_the_notice_and_who_has_it() -> None:
    due = due_of(notice(), 100, 160)
    assert (notice_in(due), happened_at(due), done_in(due)) == (notice(), 100, frozenset())
    again = failed(due, {"inbox"}, "slack: no", 300)
    assert (again.at, again.attempts, again.failure) == (300, 1, "slack: no")
    assert done_in(again) == {"inbox"}
    assert type(again).model_validate_json(again.model_dump_json()) == again
