"""Who is told, and who sees what."""

import pytest

from chalicelib.identity.directory.models import Kinds
from chalicelib.notifications.models import Kept, Note
from chalicelib.notifications.rules import is_read, may_change, recipients_of, shown

KNOWN = {
    "ada@example.com": Kinds(users=frozenset({"sign_in"})),
    "payments": Kinds(groups=frozenset({"scim"})),
    "both": Kinds(users=frozenset({"sign_in"}), groups=frozenset({"scim"})),
    "nobody": Kinds(),
}


@pytest.mark.parametrize(
    ("owner", "recipients"),
    [
        ("ada@example.com", {"user:ada@example.com"}),
        ("Ada@Example.com", {"user:ada@example.com"}),
        ("payments", {"group:payments"}),
        ("group:payments", {"group:payments"}),
        ("user:both", {"user:both"}),
        ("both", set()),
        ("nobody", {"user:nobody", "group:nobody"}),
        ("never heard of", {"user:never heard of", "group:never heard of"}),
        ("group: ", {"user:group:", "group:group:"}),
        ("", set()),
        (None, set()),
    ],
)
def test_the_owner_is_whom_the_tag_names(owner: str | None, recipients: set[str]) -> None:
    assert recipients_of(owner, "", (), KNOWN) == recipients


@pytest.mark.parametrize("name", ["nobody", "never heard of", "both", "payments", ""])
def test_a_source_identity_that_is_no_known_person_counts_for_nothing(name: str) -> None:
    assert recipients_of(None, name, (), KNOWN) == frozenset()


def test_the_person_behind_a_session_is_told_too_and_whom_the_configuration_names() -> None:
    found = recipients_of("payments", "Ada@example.com", ("group:platform",), KNOWN)
    assert found == {"group:payments", "user:ada@example.com", "group:platform"}


def kept(**marks: object) -> Kept:
    note = Note(
        key="k",
        kind="cloudtrail_generated_policy",
        recipients=frozenset({"group:payments"}),
        event_time=10,
        expires_at=100,
        header="h",
        message="m",
    )
    return Kept.model_validate({"note": note, **marks})


def test_only_recipients_may_change_a_note() -> None:
    assert may_change(kept(), {"group:payments", "user:ada"}).allowed
    refused = may_change(kept(), {"user:payments", "user:ada"})
    assert (refused.allowed, refused.rule) == (False, "no_recipient")


@pytest.mark.parametrize(
    ("marks", "now", "sees"),
    [
        ({}, 99, True),
        ({}, 100, False),
        ({"hidden_for": {"ada"}}, 99, False),
        ({"hidden_for": {"ben"}}, 99, True),
        ({"hidden_for_all": True}, 99, False),
        ({"read_by_all": True}, 99, True),
    ],
)
def test_what_is_hidden_or_over_is_not_shown(marks: dict[str, object], now: int, sees: bool) -> None:
    assert shown(kept(**marks), "ada", {"group:payments"}, now) is sees


def test_what_is_somebody_elses_is_not_shown() -> None:
    assert not shown(kept(), "ada", {"user:ada"}, 50)


def test_read_is_read_by_this_person_or_by_all() -> None:
    assert not is_read(kept(read_by={"ben"}), "ada")
    assert is_read(kept(read_by={"ada"}), "ada")
    assert is_read(kept(read_by_all=True), "ada")
