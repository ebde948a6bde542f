"""Checking what somebody types: whatever it is, there is an answer, and its places are in the text."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.requests.guardrails.check_policy import CHECKS, PolicyChecker
from chalicelib.requests.guardrails.parliament import Parliament
from chalicelib.requests.guardrails.places import Fault, Places, read
from chalicelib.requests.guardrails.subjects import Document, Facts, Kind, Subject
from chalicelib.requests.guardrails.wire import Remark, Wanted
from tests.support.guardrails import document, facts, statement

PARLIAMENT = Parliament()


class Gather:
    """What is known in a test: nobody has anything."""

    def facts(self, subjects: Sequence[Subject]) -> Facts:
        return facts(lint=PARLIAMENT.lint)

    def account_of(self, arn: str) -> str:
        return ""

    def held(self, principal: str, name: str) -> Document | None:
        return None


def checked(text: str, kind: Kind = Kind.IDENTITY) -> list[Remark]:
    return PolicyChecker(Gather()).check(text, Wanted(kind=kind))


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Allow", "*", "s3:*", "arn:aws:s3:::x", "2012-10-17", "\ud800", "ÿ", "Ā", "<x>"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition", "Sid", "AWS"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)
_conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "DateLessThan", "Bool", "Null", "ForAnyValue:ArnLike", "Nope"]),
    st.dictionaries(st.sampled_from(["aws:CurrentTime", "s3:prefix", "aws:PrincipalTag/x", "no"]), _values, max_size=2),
    max_size=2,
)


@settings(max_examples=60)
@given(value=_values, kind=st.sampled_from(sorted(CHECKS)))
def test_whatever_is_typed_is_answered(value: Any, kind: Kind) -> None:
    text = json.dumps(value, indent=1)
    for remark in checked(text, kind):
        assert 1 <= remark.location.line <= text.count("\n") + 1
        assert isinstance(json.loads(remark.detail), str)


@settings(max_examples=60)
@given(conditions=_conditions)
def test_whatever_conditions_a_policy_has_it_is_answered(conditions: dict[str, Any]) -> None:
    one = statement("s3:GetObject", "s3:ListBucket", resource="*", Condition=conditions)
    assert isinstance(checked(json.dumps(document(one))), list)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": NaN}', "NaN"),
        ('{"a": {"b": 1, "b": 2}}', "b stands twice"),
        ('{"Statement": ' + "[" * 30 + "]" * 30 + "}", "nested too deeply"),
        ("{" * 100_000, ""),
        ("", "Expecting value"),
    ],
)
def test_a_text_that_is_no_json_object_says_why(text: str, words: str) -> None:
    found = read(text)
    assert isinstance(found, Fault)
    assert words in found.reason


def test_a_place_is_that_of_the_text_in_its_statement() -> None:
    text = json.dumps(document(statement("s3:A"), statement("s3:A", "s3:B")), indent=2)
    places = Places(text)
    lines = text.split("\n")
    assert '"s3:B"' in lines[places.of(1, "s3:B").line - 1]
    assert places.of(1, "s3:A").line > places.of(0, "s3:A").line
    assert (places.of(None).line, places.of(7).line) == (1, 1)


def test_a_statement_without_its_list_has_a_place() -> None:
    assert Places('{\n"Statement":\n {"Effect": "Allow"}}').of(0).line == 3
