"""Policies of buckets, queues and topics: grammar, limits, and statements under a name of ours."""

from typing import Any

import pytest

from chalicelib.core.arn import Arn
from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import counted_size
from chalicelib.core.resource_document import (
    check_limits,
    check_resource_policy,
    dropped,
    holds,
    is_own_sid,
    named,
    own_sid,
    with_statements,
)

BUCKET = Arn.parse("arn:aws:s3:::exports")
QUEUE = Arn.parse("arn:aws:sqs:eu-west-1:222222222222:orders")
TOPIC = Arn.parse("arn:aws:sns:eu-west-1:222222222222:news")
SID = own_sid("request0")


def statement(arn: Arn = BUCKET, account: str = "333333333333", **more: Any) -> dict[str, Any]:
    on = f"{arn}/*" if arn is BUCKET else str(arn)
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": f"{arn.service}:*", "Resource": on, **more}


def policy(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **more}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "must be a JSON object"),
        (policy(), "Statement must be"),
        (policy(statement(), Version="2013-01-01"), "Version must be"),
        (policy({"Effect": "Allow", "Action": "s3:*", "Resource": f"{BUCKET}"}), "either Principal or NotPrincipal"),
        (policy({"Effect": "Allow", "Principal": "*", "Action": "s3:*"}), "either Resource or NotResource"),
        (policy(statement(Resource="arn:aws:s3:::exports-of-others/*")), "is about arn:aws:s3:::exports-of-others"),
        (policy(statement(Resource="*")), r"is about \*"),
        (policy(statement(Sid="not/this")), "letters, digits, blanks"),
        (policy(statement(Sid=7)), "letters, digits, blanks"),
        (policy(statement(Sid="Twice"), statement(Sid="Twice")), "'Twice' stands twice"),
        (policy(statement(Effect="Maybe")), "must be Allow or Deny"),
        (policy(statement(Principal={"Group": "x"})), "AWS, Service, Federated or CanonicalUser"),
        ({"Version": "2012-10-17", "Statement": ["all"]}, "must be an object"),
    ],
)
def test_what_is_no_policy_of_the_bucket_is_refused_with_the_place(document: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_resource_policy(document, BUCKET)


def test_the_policy_that_sns_gives_a_topic_may_stand_and_one_statement_needs_no_list() -> None:
    born = statement(TOPIC, Sid="__default_statement_ID", Principal={"AWS": "*"})
    check_resource_policy(policy(born, Version="2008-10-17", Id="__default_policy_ID"), TOPIC)
    check_resource_policy({"Version": "2012-10-17", "Statement": statement()}, BUCKET)


@pytest.mark.parametrize(
    ("document", "arn", "words"),
    [
        (policy(statement(Resource=f"{BUCKET}/" + "a" * 20_480)), BUCKET, "bytes; AWS allows 20480"),
        (policy(statement(QUEUE, Condition={"StringLike": {"aws:arn": "a" * 8_192}})), QUEUE, "bytes; AWS allows 8192"),
        (policy(*(statement(QUEUE) for _ in range(21))), QUEUE, "21 statements; AWS allows 20"),
        (
            policy(statement(QUEUE, Principal={"AWS": [f"{number:012}" for number in range(51)]})),
            QUEUE,
            "51 principals; AWS allows 50",
        ),
        (
            policy(statement(QUEUE, Condition={f"Op{number}": {"aws:arn": "a"} for number in range(11)})),
            QUEUE,
            "11 conditions; AWS allows 10",
        ),
        (policy(*(statement(TOPIC) for _ in range(101))), TOPIC, "101 statements; AWS allows 100"),
    ],
)
def test_what_is_larger_than_aws_allows_is_refused_with_both_numbers(
    document: dict[str, Any], arn: Arn, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_limits(document, arn)


def test_the_last_byte_counts() -> None:
    room = 20_480 - counted_size(policy(statement(Resource=f"{BUCKET}/")))
    check_limits(policy(statement(Resource=f"{BUCKET}/" + "a" * room)), BUCKET)
    with pytest.raises(InvalidInput, match="would have 20481 bytes"):
        check_limits(policy(statement(Resource=f"{BUCKET}/" + "a" * (room + 1))), BUCKET)


def test_what_is_added_stands_behind_the_others_under_sids_of_its_change() -> None:
    theirs = statement(Sid="Theirs")
    ours = named([statement(account="444444444444", Sid="Mine"), statement(account="555555555555")], SID)
    assert [one["Sid"] for one in ours] == [SID, f"{SID}x1"]
    assert all(is_own_sid(one["Sid"]) for one in ours)
    assert not is_own_sid("cmTheirs")
    merged = with_statements(policy(theirs), ours, BUCKET)
    assert merged["Statement"] == [theirs, *ours]
    assert with_statements(merged, ours, BUCKET) == merged
    assert with_statements(None, ours, BUCKET)["Version"] == "2012-10-17"
    check_resource_policy(merged, BUCKET)


def test_statements_that_stand_there_for_ever_are_there_and_those_of_another_change_may_end() -> None:
    ours = named([statement()], SID)
    assert holds(policy(statement(Sid="Theirs")), ours, BUCKET)
    assert holds(policy(*ours), ours, BUCKET)
    assert holds(policy(statement(Principal={"AWS": ["333333333333"]})), ours, BUCKET)
    assert not holds(policy(statement(Sid=own_sid("another0"))), ours, BUCKET)
    assert not holds(None, ours, BUCKET)


def test_it_is_told_which_statements_of_other_changes_a_document_leaves_out() -> None:
    one, other = statement(Sid=own_sid("one0")), statement(Sid=own_sid("other0"))
    assert dropped(policy(one, other, statement(Sid="Theirs")), policy(one)) == (own_sid("other0"),)
    assert dropped(None, policy(one)) == ()
