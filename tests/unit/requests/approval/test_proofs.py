"""What is proved of a policy without a person: nothing that is not understood."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.globs import glob_matches
from chalicelib.requests.approval.models import Proof
from chalicelib.requests.approval.proofs import contains, proved
from tests.support.request_builders import matter, planned, request
from tests.support.request_world import document

HARMLESS = Proof.model_validate(
    {
        "within": [
            {"actions": ["s3:Get*", "s3:List*"], "resources": ["arn:aws:s3:::exports", "arn:aws:s3:::exports/*"]},
            {"actions": ["sqs:SendMessage"], "resources": ["arn:aws:sqs:*:222222222222:jobs-*"]},
        ]
    }
)


def harmless(after: dict[str, Any] | None, before: dict[str, Any] | None = None) -> bool:
    return proved(HARMLESS, matter(request(), planned(), before=before, after=after)).allowed


def statement(**keys: Any) -> dict[str, Any]:
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::exports/*", **keys}
    return {"Version": "2012-10-17", "Statement": {key: value for key, value in whole.items() if value is not None}}


@pytest.mark.parametrize(
    "after",
    [
        statement(),
        statement(
            Action=["S3:getobject", "s3:GetObject*"], Resource=["arn:aws:s3:::exports/a?b", "arn:aws:s3:::exports"]
        ),
        statement(Condition={"Bool": {"aws:SecureTransport": "true"}}, Sid="a"),
        statement(Action="sqs:SendMessage", Resource="arn:aws:sqs:eu-west-1:222222222222:jobs-*"),
        None,
    ],
)
def test_what_lies_within_is_harmless(after: dict[str, Any] | None) -> None:
    assert harmless(after)


@pytest.mark.parametrize(
    "after",
    [
        statement(Action="s3:PutObject"),
        statement(Action=["s3:GetObject", "s3:*"]),
        statement(Action="*"),
        statement(Resource="*"),
        statement(Resource="arn:aws:s3:::export*"),
        statement(Resource=["arn:aws:s3:::exports/*", "arn:aws:s3:::other/*"]),
        statement(Action="sqs:SendMessage"),
        statement(Action=["s3:GetObject", "sqs:SendMessage"]),
        statement(Action=None, NotAction="s3:PutObject"),
        statement(Resource=None, NotResource="arn:aws:s3:::other/*"),
        statement(Action=[], Resource=[]),
        statement(Effect="Deny"),
        statement(Effect=None),
        statement(Principal="*"),
        statement(NewKey="x"),
        {"Version": "2012-10-17", "Statement": [statement()["Statement"], statement(Action="*")["Statement"]]},
    ],
)
def test_whatever_is_wider_or_not_understood_is_not_proved(after: dict[str, Any]) -> None:
    assert not harmless(after)


def test_what_was_allowed_before_may_stay() -> None:
    wide = statement(Action="*")["Statement"]
    before = {"Version": "2012-10-17", "Statement": [wide]}
    after = {"Version": "2012-10-17", "Statement": [wide, statement()["Statement"]]}
    assert harmless(after, before)
    assert not harmless({**after, "Version": "2008-10-17"}, before)
    assert not harmless(statement(Action="*", Sid="other"), before)


def test_a_statement_that_denies_something_never_goes_without_a_person() -> None:
    denies = {"Version": "2012-10-17", "Statement": [statement(Effect="Deny", Action="*")["Statement"]]}
    assert not harmless(None, denies)
    assert not harmless(statement(), denies)
    both = {"Version": "2012-10-17", "Statement": [*denies["Statement"], statement()["Statement"]]}
    assert harmless(both, denies)


@pytest.mark.parametrize("kind", ["assume_role_policy", "resource_policy", "managed_policy"])
def test_nothing_is_proved_of_other_types(kind: str) -> None:
    assert not proved(HARMLESS, matter(request(), planned(), change_type=kind, after=document())).allowed


patterns = st.text(alphabet="ab*?", max_size=5)


@given(pattern=patterns, other=patterns)
def test_a_pattern_contains_another_only_when_it_matches_whatever_the_other_matches(pattern: str, other: str) -> None:
    if contains(pattern, other):
        for length in range(5):
            for letters in itertools.product("abc", repeat=length):
                text = "".join(letters)
                assert glob_matches(pattern, text) or not glob_matches(other, text), text


@pytest.mark.parametrize(
    ("pattern", "other", "wider"),
    [("a?c", "a*c", False), ("?", "*", False), ("a?", "a?", True), ("a*", "a?*", True), ("a?", "ab", True)],
)
def test_one_letter_does_not_contain_any_number_of_letters(pattern: str, other: str, wider: bool) -> None:
    assert contains(pattern, other) is wider
