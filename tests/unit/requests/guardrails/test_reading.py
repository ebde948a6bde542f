"""Planned changes as guardrails see them, and what a principal has before and after all of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.changes.base import Image
from chalicelib.changes.registry import change_types
from chalicelib.requests.guardrails.reading import READERS, Held, standing_of, subjects_of
from chalicelib.requests.guardrails.registry import rule_names
from chalicelib.requests.guardrails.subjects import Kind, Subject
from chalicelib.requests.models import PlannedChange
from tests.support.guardrails import ACCOUNT, ROLE, document, planned, statement
from tests.support.tree import ROOT

OLD, NEW = document(statement("s3:GetObject")), document(statement("s3:PutObject"))
MANAGED = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def seen(*changes: PlannedChange, documents: Any = None) -> tuple[Subject, ...]:
    return subjects_of(changes, lambda _: ACCOUNT, (documents or {MANAGED: OLD}).get)


def kinds(subjects: Iterator[Subject] | tuple[Subject, ...]) -> list[tuple[Kind, str]]:
    return [(subject.kind, subject.name) for subject in subjects]


def test_every_type_of_change_is_read() -> None:
    assert set(change_types()) <= set(READERS)


def test_there_is_a_guardrail_for_each_danger() -> None:
    assert rule_names() >= {
        *("wildcards", "privilege_escalation", "public_access", "new_trust", "denied_actions", "protected"),
        *("required_boundary", "access_tags", "access_levels", "lint", "access_analyzer", "unread_policy"),
    }


def test_the_guide_speaks_of_every_guardrail() -> None:
    guide = (ROOT / "docs" / "how-to" / "set-the-guardrails.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(\w+)` \|", guide, re.MULTILINE)) == rule_names()


@pytest.mark.parametrize(
    ("change_type", "kind"),
    [
        ("inline_policy", Kind.IDENTITY),
        ("assume_role_policy", Kind.TRUST),
        ("resource_policy", Kind.RESOURCE),
    ],
)
def test_what_is_one_document_is_seen_as_it_is(change_type: str, kind: Kind) -> None:
    (subject,) = seen(planned(change_type, OLD, NEW, policy_name="export"))
    assert (subject.kind, subject.before, subject.after, subject.account_id) == (kind, OLD, NEW, ACCOUNT)


def test_a_lent_role_is_who_may_use_it_until_when() -> None:
    (subject,) = seen(
        planned("role_access", None, {"use": "both"}, identity="user:eve@example.com", until=1_800_000_000)
    )
    assert (subject.kind, subject.after) == (Kind.LENT, {"identity": "user:eve@example.com", "until": 1_800_000_000})
    assert seen(planned("role_access", {"use": "both"}, None, identity="user:eve@example.com")) == ()


def test_an_attached_policy_is_what_it_says() -> None:
    (subject,) = seen(planned("managed_policy", None, {"arn": MANAGED}))
    assert (subject.kind, subject.name, subject.before, subject.after) == (Kind.IDENTITY, MANAGED, None, OLD)


def test_an_attached_policy_that_nobody_can_read_is_no_empty_one() -> None:
    (subject,) = seen(planned("managed_policy", None, {"arn": "arn:aws:iam::1:policy/x"}))
    assert (subject.kind, subject.after) == (Kind.UNREAD, {"arn": "arn:aws:iam::1:policy/x"})


def test_a_new_role_is_all_of_its_parts() -> None:
    role = {"trust": NEW, "tags": {"a": "b"}, "boundary": MANAGED, "description": "", "longest_session": 3600}
    whole = {"role": role, "inline": {"export": NEW}, "attached": [MANAGED], "instance_profiles": []}
    subjects = seen(planned("role_create", None, whole))
    assert kinds(subjects) == [
        (Kind.TRUST, ""),
        (Kind.TAGS, ""),
        (Kind.BOUNDARY, ""),
        (Kind.IDENTITY, "export"),
        (Kind.IDENTITY, MANAGED),
    ]
    assert [subject.before for subject in subjects] == [None] * 5
    assert subjects[2].after == {"arn": MANAGED}


def test_a_role_that_goes_loses_all_of_its_parts() -> None:
    whole = {"role": {"trust": OLD, "tags": {}, "boundary": None}, "inline": {"export": NEW}, "attached": []}
    assert [subject.after for subject in seen(planned("role_delete", whole, None))] == [None] * 4


def test_what_is_kept_of_a_temporary_change_is_as_new_as_it_was_then() -> None:
    joined = planned("inline_policy", NEW, NEW, policy_name="export").model_copy(
        update={"base": Image(identity="AROA1", content=None)}
    )
    (subject,) = seen(joined)
    assert (subject.before, subject.after) == (None, NEW)


def test_what_was_taken_out_of_a_request_is_not_judged() -> None:
    assert seen(planned("inline_policy", None, NEW).model_copy(update={"cancelled": True})) == ()


class TestStanding:
    held = Held({"export": OLD, "other": NEW, MANAGED: OLD}, "arn:aws:iam::1:policy/edge")

    def test_all_changes_of_a_request_are_laid_over_what_was_last_read(self) -> None:
        subjects = seen(
            planned("inline_policy", OLD, NEW, policy_name="export"),
            planned("inline_policy", NEW, None, policy_name="other"),
            planned("managed_policy", {"arn": MANAGED}, None),
            planned("permissions_boundary", {"arn": "arn:aws:iam::1:policy/edge"}, None),
        )
        found = standing_of(ROLE, self.held, subjects)
        assert (list(found.before), list(found.after)) == ([OLD, NEW, OLD], [NEW])
        assert (found.boundary_before, found.boundary_after) == ("arn:aws:iam::1:policy/edge", None)

    def test_what_was_looked_at_live_counts_more_than_what_was_last_read(self) -> None:
        (subject,) = seen(planned("inline_policy", NEW, OLD, policy_name="export"))
        assert list(standing_of(ROLE, Held({"export": OLD}), [subject]).before) == [NEW]

    def test_changes_of_others_do_not_count(self) -> None:
        (subject,) = seen(planned("inline_policy", None, NEW, policy_name="export"))
        assert standing_of("arn:aws:iam::1:role/other", Held(), [subject]).after == ()

    def test_who_is_not_known_has_what_the_request_gives(self) -> None:
        (subject,) = seen(planned("inline_policy", None, NEW, policy_name="export"))
        found = standing_of(ROLE, None, [subject])
        assert (found.known, list(found.after)) == (False, [NEW])
