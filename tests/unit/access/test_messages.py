"""What the authorisation queue carries."""

import pytest

from chalicelib.access.messages import (
    FreshnessMessage,
    GrantMessage,
    MapMessage,
    NameMessage,
    RecomputeMessage,
    by_identity,
    parsed,
)
from chalicelib.access.rights import AccountFreshness
from chalicelib.core.errors import InvalidInput
from tests.support.builders import grant, role_arn
from tests.support.rights import change, claim, message

ADA, BEN = "user:ada", "user:ben"


@pytest.mark.parametrize(
    ("told", "group"),
    [
        (message(ADA, (role_arn(), grant())), ADA),
        (message(ADA, (role_arn(), None)), ADA),
        (FreshnessMessage(fresh={"1": AccountFreshness(name="x", synced_at=1)}), "freshness"),
        (NameMessage(identity=ADA, sent="1"), ADA),
        (RecomputeMessage(account_id="222222222222", version=3), "account 222222222222"),
        (RecomputeMessage(account_id="222222222222", version=3, arns=("a",), after="a"), "account 222222222222"),
    ],
)
def test_a_message_arrives_as_it_was_sent_in_its_group(told: MapMessage, group: str) -> None:
    assert parsed(told.model_dump_json()) == told
    assert told.group == group


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '{"identity": "user:ada"}', '{"fresh": {"1": {}}}', "\x00"])
def test_what_nobody_sends_is_refused(body: str) -> None:
    with pytest.raises(InvalidInput, match="no message about rights"):
        parsed(body)


def test_one_identity_gets_one_message_for_many_roles_in_order() -> None:
    told = [
        (ADA, change(role_arn("b"), grant())),
        (BEN, change(role_arn("b"), None)),
        (ADA, change(role_arn("a"), None)),
    ]
    found = list(by_identity(told))
    assert [(one.identity, [item.role_arn for item in one.changes]) for one in found] == [
        (ADA, [role_arn("b"), role_arn("a")]),
        (BEN, [role_arn("b")]),
    ]


def test_a_message_holds_at_most_a_thousand_changes() -> None:
    arns = [role_arn(f"role-{number:04d}") for number in range(2001)]
    found = list(by_identity((ADA, change(arn, None)) for arn in arns))
    assert [len(one.changes) for one in found] == [1000, 1000, 1]
    assert [item.role_arn for one in found for item in one.changes] == arns


def test_a_message_stays_far_below_what_a_queue_takes() -> None:
    long = grant(sources=tuple(f"tag {number:03d}" + "x" * 1000 for number in range(20)))
    found = list(by_identity((ADA, change(role_arn(f"r{number}"), long)) for number in range(30)))
    assert sum(len(one.changes) for one in found) == 30
    assert max(len(one.model_dump_json()) for one in found) < 200_000


def test_the_same_word_sent_twice_is_two_messages() -> None:
    """A queue takes equal bodies within five minutes for one message."""
    one, other = (GrantMessage(identity=ADA, changes=(), sent=sent) for sent in "ab")
    assert one.model_dump_json() != other.model_dump_json()


def test_a_claim_is_told_with_all_its_parts() -> None:
    full = grant(sources=("grant r1",), not_before=1, not_after=2, bare=True, cli_only=True)
    (told,) = message(ADA, (role_arn(), full)).changes
    again = parsed(GrantMessage(identity=ADA, changes=(told,)).model_dump_json())
    assert isinstance(again, GrantMessage)
    assert again.changes[0].words["grant r1"].claims == full.claims
    assert full.claims[0] == claim("grant r1", use=full.claims[0].use, not_before=1, not_after=2, bare=True)
