"""What IAM takes as a policy of a role, and how large it is."""

from typing import Any

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import check_identity_policy, compact, counted_size, named_resources

STATEMENT: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::exports/*"]}


def policy(*statements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements or [STATEMENT]), **more}


@pytest.mark.parametrize(
    "document",
    [
        policy(),
        {"Version": "2012-10-17", "Statement": STATEMENT},
        policy({"Effect": "Deny", "NotAction": "iam:*", "NotResource": "*"}),
        policy({**STATEMENT, "Action": "*", "Resource": "*"}),
        policy({**STATEMENT, "Sid": "Read1", "Condition": {"StringLike": {"s3:prefix": ["a/*", "b"]}}}),
        policy({**STATEMENT, "Resource": "arn:aws:s3:::exports/${aws:username}/*"}),
        policy({**STATEMENT, "Action": ["ec2:Describe*", "s3:Get?bject", "execute-api:Invoke"]}),
        policy({**STATEMENT, "Sid": ""}, {**STATEMENT, "Sid": ""}),
        policy({**STATEMENT, "Condition": {"StringEquals": {"aws:PrincipalTag/é": "tab\there"}}}),
        policy(Id="mine"),
    ],
)
def test_a_good_document_is_taken(document: dict[str, Any]) -> None:
    check_identity_policy(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "must be a JSON object"),
        ("{}", "must be a JSON object"),
        ({"Statement": [STATEMENT]}, 'Version must be "2012-10-17"'),
        ({"Version": "2008-10-17", "Statement": [STATEMENT]}, 'Version must be "2012-10-17"'),
        ({"Version": "2012-10-17"}, "Statement must be a statement or a list"),
        ({"Version": "2012-10-17", "Statement": []}, "at least one"),
        ({"Version": "2012-10-17", "Statement": "Allow"}, "Statement must be"),
        (policy(Statements=[]), "unknown key 'Statements'"),
        (policy(Id=7), "Id must be a string"),
        ({"Version": "2012-10-17", "Statement": ["Allow"]}, r"Statement\[0\] must be an object"),
        (policy({**STATEMENT, "Effect": "allow"}), r"Statement\[0\].Effect must be Allow or Deny"),
        (policy({**STATEMENT, "Principal": "*"}), "names a principal"),
        (policy({**STATEMENT, "Actions": "s3:*"}), "unknown key 'Actions'"),
        (policy({**STATEMENT, "Sid": "no blanks"}), "letters and digits"),
        (policy({**STATEMENT, "Sid": "A"}, {**STATEMENT, "Sid": "A"}), r"Statement\[1\].Sid 'A' stands twice"),
        (policy({**STATEMENT, "NotAction": "s3:*"}), "either Action or NotAction"),
        (policy({"Effect": "Allow", "Resource": "*"}), "either Action or NotAction"),
        (policy({"Effect": "Allow", "Action": "s3:*"}), "either Resource or NotResource"),
        (policy({**STATEMENT, "Action": []}), "at least one string"),
        (policy({**STATEMENT, "Action": [7]}), "at least one string"),
        (policy({**STATEMENT, "Action": "GetObject"}), "'GetObject' is not an action"),
        (policy({**STATEMENT, "Resource": "exports"}), "'exports' is not a resource"),
        (policy({**STATEMENT, "Condition": ["a"]}), "must map operators"),
        (policy({**STATEMENT, "Condition": {"StringEquals": "a"}}), "must map operators"),
        (policy({**STATEMENT, "Condition": {"StringEquals": {"a": "中"}}}), r"character U\+4E2D"),
        (policy({**STATEMENT, "Condition": {"StringEquals": {"中": "a"}}}), r"character U\+4E2D"),
        (policy({**STATEMENT, "Condition": {"StringEquals": {"a": "\x00"}}}), r"character U\+0000"),
        (policy({**STATEMENT, "Resource": "arn:aws:s3:::<BUCKET>/*"}), "placeholder"),
    ],
)
def test_a_bad_document_is_refused_with_the_place_and_the_cause(document: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_identity_policy(document)


def test_a_document_that_is_nested_beyond_measure_is_refused_and_not_walked() -> None:
    deep: Any = "end"
    for _ in range(2_000):
        deep = [deep]
    with pytest.raises(InvalidInput, match="nested too deeply"):
        check_identity_policy(policy({**STATEMENT, "Condition": {"StringEquals": {"a": deep}}}))


def test_blanks_between_parts_are_not_counted_and_key_order_is_kept() -> None:
    document = {"Version": "2012-10-17", "B": 1, "A": "é"}
    assert compact(document) == '{"Version":"2012-10-17","B":1,"A":"é"}'
    assert counted_size(document) == len('{"Version":"2012-10-17","B":1,"A":"é"}')


def test_resources_without_a_wildcard_are_named_with_the_actions_of_their_service() -> None:
    found = named_resources(
        policy(
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "sts:AssumeRole", "sqs:SendMessage"],
                "Resource": [
                    "arn:aws:s3:::exports",
                    "arn:aws:s3:::exports/*",
                    "arn:aws:iam::333333333333:role/path/deployer",
                    "*",
                ],
            },
            {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::exports"},
        )
    )
    assert [(str(one.arn), one.actions) for one in found] == [
        ("arn:aws:s3:::exports", ("s3:GetObject", "s3:PutObject")),
        ("arn:aws:iam::333333333333:role/path/deployer", ("sts:AssumeRole",)),
    ]


def test_no_document_names_no_resources() -> None:
    assert named_resources({}) == ()
