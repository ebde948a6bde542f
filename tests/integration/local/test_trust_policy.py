"""The evaluation on which AssumeRole rests here. The product has another one, by another hand; the two must not share a mistake."""

from typing import Any

import pytest

from infra.local.trust_policy import Caller, allows

ROLE = "arn:aws:iam::111111111111:role/Api"
SESSION = Caller(
    arn="arn:aws:sts::111111111111:assumed-role/Api/x",
    account_id="111111111111",
    kind="AssumedRole",
    names=frozenset({ROLE, "arn:aws:sts::111111111111:assumed-role/Api/x", "arn:aws:iam::111111111111:root"}),
)
CONTEXT = {
    "sts:ExternalId": ["x-1"],
    "aws:PrincipalArn": [ROLE],
    "sts:RoleSessionName": ["ada@example.com"],
    "aws:TagKeys": ["team", "cost"],
    "aws:MultiFactorAuthPresent": ["false"],
    "aws:SourceIp": ["10.1.2.3"],
    "aws:EpochTime": ["1700000000"],
}


def statement(effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": {"AWS": ROLE}, "Action": "sts:AssumeRole", **more}


def verdict(*statements: dict[str, Any], action: str = "sts:AssumeRole") -> bool:
    return allows({"Version": "2012-10-17", "Statement": list(statements)}, action, SESSION, CONTEXT)


def test_nothing_allows_by_itself() -> None:
    assert not verdict()
    assert not verdict({"Effect": "Allow"})
    assert not allows({}, "sts:AssumeRole", SESSION, CONTEXT)


def test_a_single_statement_need_not_be_a_list() -> None:
    assert allows({"Statement": statement()}, "sts:AssumeRole", SESSION, CONTEXT)


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": "*"},
        {"AWS": "111111111111"},
        {"AWS": ["arn:aws:iam::999999999999:root", ROLE]},
        {"AWS": SESSION.arn},
    ],
)
def test_principals_that_mean_the_caller(principal: Any) -> None:
    assert verdict(statement(Principal=principal))


@pytest.mark.parametrize(
    "principal",
    [
        {},
        {"AWS": "arn:aws:iam::111111111111:role/api"},
        {"AWS": "arn:aws:iam::111111111111:role/team/Api"},
        {"AWS": "arn:aws:iam::111111111111:role/*"},
        {"AWS": "arn:aws-cn:iam::111111111111:role/Api"},
        {"AWS": "arn:aws:sts::111111111111:assumed-role/Api/y"},
        {"Service": "*"},
        {"Federated": ROLE},
        ROLE,
    ],
)
def test_principals_that_mean_somebody_else(principal: Any) -> None:
    assert not verdict(statement(Principal=principal))


@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({"Action": "sts:*"}, True),
        ({"Action": ["sts:TagSession", "STS:assumerole"]}, True),
        ({"Action": "sts:Assume????"}, True),
        ({"Action": "sts:TagSession"}, False),
        ({"NotAction": "sts:TagSession", "Action": None}, True),
        ({"NotAction": "sts:Assume*", "Action": None}, False),
    ],
)
def test_actions_with_wildcards_and_without_case(more: dict[str, Any], allowed: bool) -> None:
    assert verdict({key: value for key, value in statement(**more).items() if value is not None}) is allowed


def test_a_deny_wins_and_may_name_everyone_but_somebody() -> None:
    assert not verdict(statement(), statement("Deny"))
    others = {"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::111111111111:role/Break"}, "Action": "*"}
    assert not verdict(statement(), others)
    assert verdict(statement(), {**others, "NotPrincipal": {"AWS": ROLE}})


@pytest.mark.parametrize(
    ("condition", "met"),
    [
        ({"StringEquals": {"sts:ExternalId": "x-1"}}, True),
        ({"StringEquals": {"STS:externalid": ["x-0", "x-1"]}}, True),
        ({"StringEquals": {"sts:ExternalId": "X-1"}}, False),
        ({"StringEqualsIgnoreCase": {"sts:ExternalId": "X-1"}}, True),
        ({"StringNotEquals": {"sts:ExternalId": "x-1"}}, False),
        ({"StringNotEquals": {"sts:SourceIdentity": "ada"}}, True),
        ({"StringLike": {"sts:RoleSessionName": "*@example.com"}}, True),
        ({"StringLike": {"sts:RoleSessionName": "*@example.org"}}, False),
        ({"StringLike": {"sts:SourceIdentity": "*"}}, False),
        ({"StringLikeIfExists": {"sts:SourceIdentity": "ada"}}, True),
        ({"StringEquals": {"sts:ExternalId": "x-1", "sts:RoleSessionName": "eve"}}, False),
        ({"StringEquals": {"sts:ExternalId": "x-1"}, "Bool": {"aws:MultiFactorAuthPresent": True}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "false"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/A*"}}, True),
        ({"ArnLike": {"aws:PrincipalArn": "arn:*"}}, False),
        ({"ArnNotEquals": {"aws:PrincipalArn": ROLE}}, False),
        ({"Null": {"sts:SourceIdentity": "true"}}, True),
        ({"Null": {"sts:ExternalId": "true"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["192.168.0.0/16", "10.0.0.0/8"]}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"NumericLessThan": {"aws:EpochTime": "1700000001"}}, True),
        ({"DateGreaterThan": {"aws:EpochTime": "2030-01-01T00:00:00Z"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team", "cost", "other"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, False),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["cost"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:Absent": ["cost"]}}, False),
        ({"StringEquals": {"sts:ExternalId": "${sts:ExternalId}"}}, True),
        ({"StringEquals": {"sts:ExternalId": "${aws:username}"}}, False),
        ({"StringEquals": {"sts:ExternalId": "${aws:username, 'x-1'}"}}, True),
        ({"NumericEquals": {"sts:ExternalId": "1"}}, False),
    ],
)
def test_conditions(condition: dict[str, Any], met: bool) -> None:
    assert verdict(statement(Condition=condition)) is met


@pytest.mark.parametrize("operator", ["StringResembles", "ForSomeValues:StringEquals", "BinaryEquals"])
def test_an_operator_that_is_not_known_never_allows_and_always_denies(operator: str) -> None:
    condition = {operator: {"sts:ExternalId": "x-1"}}
    assert not verdict(statement(Condition=condition))
    assert not verdict(statement(), statement("Deny", Condition=condition))
