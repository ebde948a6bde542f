"""Whom a resource policy lets in from outside, and what a condition is believed to narrow."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.exposure import Kind, exposure_of

OWN, OTHER = "222222222222", "333333333333"


def statement(principal: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", **more}


def policy(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def told(*statements: Any) -> list[tuple[Kind, str]]:
    return [(one.kind, one.who) for one in exposure_of(policy(*statements), OWN).outsiders]


def when(operator: str, key: str, *values: str) -> list[tuple[Kind, str]]:
    return told(statement("*", Condition={operator: {key: list(values)}}))


def test_the_own_account_is_nobody_from_outside() -> None:
    own = [OWN, f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OWN}:role/app"]
    assert told(statement({"AWS": own})) == []


def test_another_account_is_told_with_its_number_its_actions_and_its_statement() -> None:
    document = policy(statement({"AWS": f"arn:aws:iam::{OTHER}:root"}, Sid="Partner", Action=["s3:Put*", "s3:Get*"]))
    (one,) = exposure_of(document, OWN).outsiders
    assert (one.kind, one.account_id, one.statement, one.actions) == (
        Kind.ACCOUNT,
        OTHER,
        "Partner",
        ("s3:Get*", "s3:Put*"),
    )
    assert not exposure_of(document, OWN).public


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": [f"arn:aws:iam::{OWN}:root", "*"]}])
def test_everybody_is_public(principal: Any) -> None:
    assert exposure_of(policy(statement(principal)), OWN).public


def test_everybody_but_some_is_public() -> None:
    but_some = {"Effect": "Allow", "NotPrincipal": {"AWS": OTHER}, "NotAction": "s3:DeleteObject", "Resource": "*"}
    (one,) = exposure_of(policy(but_some), OWN).outsiders
    assert (one.kind, one.actions) == (Kind.EVERYBODY, ("all but s3:DeleteObject",))


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        ("aws:PrincipalOrgID", "o-a1b2c3d4", (Kind.ORGANIZATION, "o-a1b2c3d4")),
        ("aws:PrincipalOrgPaths", "o-a1b2c3d4/r-ab/ou-1/*", (Kind.ORGANIZATION, "o-a1b2c3d4/r-ab/ou-1/*")),
        ("aws:PrincipalAccount", OTHER, (Kind.ACCOUNT, OTHER)),
        ("AWS:SourceAccount", OTHER, (Kind.ACCOUNT, OTHER)),
        (
            "aws:PrincipalArn",
            f"arn:aws:iam::{OTHER}:role/x*",
            (Kind.ACCOUNT, f"arn:aws:iam::{OTHER}:role/x*"),
        ),
        ("aws:SourceArn", "arn:aws:s3:::their-bucket", (Kind.NETWORK, "arn:aws:s3:::their-bucket")),
        ("aws:SourceVpce", "vpce-1a2b3c4d", (Kind.NETWORK, "vpce-1a2b3c4d")),
    ],
)
def test_a_condition_that_pins_the_caller_narrows_everybody_to_them(key: str, value: str, wanted: Any) -> None:
    assert when("StringLike", key, value) == [wanted]


def test_addresses_are_a_place_unless_they_are_most_of_the_internet() -> None:
    assert when("IpAddress", "aws:SourceIp", "203.0.113.0/24") == [(Kind.NETWORK, "203.0.113.0/24")]
    assert when("IpAddress", "aws:SourceIp", "203.0.113.0/24", "0.0.0.0/1") == [(Kind.EVERYBODY, "*")]
    assert when("IpAddress", "aws:SourceIp", "not-an-address") == [(Kind.EVERYBODY, "*")]


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", "aws:PrincipalOrgID", "o-*"),
        ("StringLike", "aws:PrincipalOrgID", "*"),
        ("StringLike", "aws:PrincipalAccount", "33333333333*"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app"),
        ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        ("StringLike", "aws:SourceVpce", "vpce-*"),
        ("StringEquals", "aws:SourceVpce", "${aws:SourceVpce}"),
        ("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4"),
        ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-a1b2c3d4"),
        ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-a1b2c3d4/*"),
        ("Null", "aws:PrincipalOrgID", "false"),
        ("Bool", "aws:SecureTransport", "true"),
        ("StringEquals", "s3:x-amz-acl", "public-read"),
    ],
)
def test_a_condition_that_pins_nobody_leaves_everybody_in(operator: str, key: str, value: str) -> None:
    assert when(operator, key, value) == [(Kind.EVERYBODY, "*")]


def test_one_value_that_leaves_it_open_leaves_it_open() -> None:
    assert when("StringLike", "aws:PrincipalAccount", OTHER, "*") == [(Kind.EVERYBODY, "*")]


def test_a_condition_on_the_own_account_lets_nobody_in_from_outside() -> None:
    assert when("StringEquals", "aws:PrincipalAccount", OWN) == []


def test_a_service_that_no_condition_binds_to_anybody_is_not_pinned() -> None:
    topic = {"Service": "sns.amazonaws.com"}
    bound = {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OWN}:orders"}}
    loose, pinned = exposure_of(policy(statement(topic), statement(topic, Condition=bound)), OWN).outsiders
    assert (loose.kind, loose.pinned, pinned.pinned, pinned.conditions) == (
        Kind.SERVICE,
        False,
        True,
        ("aws:SourceArn",),
    )


def test_an_identity_provider_is_pinned_by_what_it_says_of_whom_it_sends() -> None:
    github = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"}
    subject = "token.actions.githubusercontent.com:sub"

    def pinned(value: str) -> bool:
        bound = statement(github, Condition={"StringLike": {subject: value}})
        return exposure_of(policy(bound), OWN).outsiders[0].pinned

    assert pinned("repo:corp/app:*")
    assert not pinned("*")


def test_what_somebody_says_of_themselves_makes_everybody_nobody_else() -> None:
    assert when("StringEquals", "token.actions.githubusercontent.com:sub", "repo:corp/app") == [(Kind.EVERYBODY, "*")]


def test_other_kinds_of_principals_are_named_for_what_they_are() -> None:
    gone = "AROA1234567890EXAMPLE"
    reader = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"
    assert told(statement({"AWS": [gone, reader], "CanonicalUser": "79a59d"})) == [
        (Kind.CANONICAL_USER, "79a59d"),
        (Kind.DELETED, gone),
        (Kind.SERVICE, reader),
    ]


def test_a_denial_takes_nothing_back_and_is_said() -> None:
    told = exposure_of(policy(statement(), statement(Effect="Deny")), OWN)
    assert (told.public, told.denies) == (True, True)


def test_a_resource_without_a_policy_lets_nobody_in() -> None:
    assert exposure_of(None, OWN) == exposure_of({}, OWN) == exposure_of(policy(), OWN)


@pytest.mark.parametrize(
    "garbage",
    [
        policy("Allow"),
        policy(statement(Effect="Perhaps")),
        policy(statement({})),
        policy(statement("arn")),
        policy(statement({"AWS": "nobody"})),
        policy(statement({"AWS": "arn:aws:iam::*:root"})),
        policy(statement({"AWS": 3})),
        policy(statement({"Unheard": "of"})),
        ["not", "an", "object"],
        "{}",
    ],
)
def test_what_cannot_be_read_is_said_and_never_taken_for_closed(garbage: Any) -> None:
    assert len(exposure_of(garbage, OWN).unreadable) == 1


def test_one_statement_that_cannot_be_read_hides_no_other() -> None:
    told = exposure_of(policy("garbage", statement()), OWN)
    assert told.public
    assert told.unreadable == ("Statement 1 is not a statement that allows or denies",)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]) | ANYTHING, "Principal": ANYTHING},
    optional={"Condition": ANYTHING, "Action": ANYTHING, "Sid": ANYTHING, "NotPrincipal": ANYTHING},
)


@given(ANYTHING | st.builds(policy, STATEMENTS, STATEMENTS))
def test_no_document_breaks_the_reading(document: Any) -> None:
    exposure_of(document, OWN)


@given(
    st.dictionaries(st.sampled_from(["StringNotEquals", "Bool", "Null", "StringLikeIfExists"]), ANYTHING, max_size=3)
)
def test_conditions_that_pin_nobody_never_hide_that_everybody_is_let_in(condition: Any) -> None:
    assert exposure_of(policy(statement(Condition=condition)), OWN).public
