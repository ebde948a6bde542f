"""Reading statements: which resources they name, what they cover, and what is no statement at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.requests.guardrails.registry import guardrails
from chalicelib.requests.guardrails.statements import added, allows, is_open, some, statements_of
from chalicelib.requests.guardrails.subjects import Kind
from tests.support.guardrails import document, facts, statement, subject


@pytest.mark.parametrize(
    ("resource", "wide"),
    [
        ("*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/exports", True),
        ("arn:aws:s3:::exports/*", False),
        ("arn:aws:s3:::exports-*", False),
        ("arn:aws:iam::1:role/*", True),
        ("arn:aws:iam::1:role/team/*", False),
        ("arn:aws:iam::1:*", True),
        ("arn:aws:logs:eu-west-1:1:log-group:*", True),
        ("arn:aws:lambda:eu-west-1:1:function:app", False),
        ("arn:aws:sqs:eu-west-1:1:?ueue", True),
        ("arn:*", True),
    ],
)
def test_a_resource_is_open_when_its_name_begins_with_a_wildcard(resource: str, wide: bool) -> None:
    assert is_open(resource) is wide


def test_the_order_of_keys_makes_no_new_statement() -> None:
    one = statement("s3:GetObject")
    assert added(document(one), document(dict(reversed(one.items())))) == ()


def test_a_statement_may_stand_without_its_list() -> None:
    assert [one.actions for one in statements_of({"Statement": {"Effect": "Allow", "Action": "s3:Get*"}})] == [
        ("s3:get*",)
    ]


def test_an_action_is_allowed_in_any_case() -> None:
    assert allows([document(statement("S3:getOBJECT"))], "s3:getobject")


def test_of_many_names_some_are_shown() -> None:
    assert some(["a", "b", "c"], 2) == "a, b and 1 more"


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["Allow", "*", "arn:aws:s3:::x", "s3:*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["Effect", "Action", "NotAction", "Resource", "Principal", "Condition", "AWS", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(statements=_json, kind=st.sampled_from(list(Kind)))
def test_no_document_stops_a_guardrail(statements: Any, kind: Kind) -> None:
    looked_at = subject({"Statement": []}, {"Statement": statements}, kind)
    for name, judge in guardrails().items():
        assert all(one.reason and one.title for one in judge(looked_at, facts())), name
