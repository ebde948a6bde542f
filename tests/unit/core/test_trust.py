from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.trust import (
    ASSUME_ROLE,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
    TrustContext,
    mending_statement,
    trust_allows,
)
from tests.support.builders import HUB, allow, deny, trust_policy

ME = HUB.api_role_arn
SOURCE = "sts:SourceIdentity"
EXTERNAL = "sts:ExternalId"


def allowed(*statements: dict[str, Any], action: str = ASSUME_ROLE, keys: dict[str, str] | None = None) -> bool:
    return trust_allows(trust_policy(*statements), action, TrustContext(ME, keys or {})).allowed


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param({"AWS": ME}, id="the role by its ARN"),
        pytest.param({"AWS": [ME, "arn:aws:iam::333333333333:root"]}, id="one of several"),
        pytest.param(
            {"AWS": "arn:aws:iam::111111111111:root"}, id="the root of the account, which stands for all in it"
        ),
        pytest.param({"AWS": "111111111111"}, id="the bare account id"),
        pytest.param("*", id="everybody"),
        pytest.param({"AWS": "*"}, id="every AWS principal"),
    ],
)
def test_an_allow_statement_covers(principal: Any) -> None:
    assert allowed(allow(principal=principal))


@pytest.mark.parametrize(
    "principal",
    [
        pytest.param({"AWS": "arn:aws:iam::111111111111:role/Other"}, id="another role of the account"),
        pytest.param({"AWS": "arn:aws:iam::222222222222:root"}, id="another account"),
        pytest.param({"AWS": "arn:aws-cn:iam::111111111111:root"}, id="the same number in another partition"),
        pytest.param({"AWS": "AROAEXAMPLEID"}, id="a principal id, which is left when a role was deleted"),
        pytest.param({"AWS": "arn:aws:iam::111111111111:role/*"}, id="a wildcard, which AWS does not expand here"),
        pytest.param({"AWS": ME.lower()}, id="the ARN in small letters"),
        pytest.param({"AWS": []}, id="nobody"),
        pytest.param({"Service": "lambda.amazonaws.com"}, id="a service"),
        pytest.param({"Federated": ME}, id="an identity provider"),
        pytest.param([ME], id="a list, which is no principal"),
        pytest.param(ME, id="bare text, which is no principal"),
    ],
)
def test_an_allow_statement_does_not_cover(principal: Any) -> None:
    assert not allowed(allow(principal=principal))


def test_a_statement_without_principal_covers_nobody() -> None:
    statement = allow()
    del statement["Principal"]
    assert not allowed(statement)


@pytest.mark.parametrize(
    ("actions", "action", "answer"),
    [
        pytest.param(["sts:AssumeRole"], SET_SOURCE_IDENTITY, False, id="each action needs its own word"),
        pytest.param(["sts:*"], TAG_SESSION, True, id="all of sts"),
        pytest.param(["*"], TAG_SESSION, True, id="everything"),
        pytest.param(["STS:setsourceidentity"], SET_SOURCE_IDENTITY, True, id="actions have no case"),
        pytest.param(["sts:AssumeRole*"], ASSUME_ROLE, True, id="a star at the end stands for nothing too"),
        pytest.param(["sts:Assume?ole"], ASSUME_ROLE, True, id="one unknown letter"),
        pytest.param(["sts:Assume??ole"], ASSUME_ROLE, False, id="a question mark is exactly one letter"),
        pytest.param(["sts:[A]ssumeRole"], ASSUME_ROLE, False, id="brackets mean themselves"),
        pytest.param(["sts:AssumeRoleWithSAML"], ASSUME_ROLE, False, id="a longer action"),
        pytest.param([], ASSUME_ROLE, False, id="no action"),
    ],
)
def test_actions_match(actions: list[str], action: str, *, answer: bool) -> None:
    statement = {**allow(), "Action": actions}
    assert allowed(statement, action=action) is answer


def test_one_statement_and_one_action_may_stand_without_a_list() -> None:
    document = {"Statement": {**allow(), "Action": "sts:AssumeRole"}}
    assert trust_allows(document, ASSUME_ROLE, TrustContext(ME, {})).allowed


@pytest.mark.parametrize(
    ("named", "answer"),
    [("sts:TagSession", True), (["sts:Assume*"], False), ("*", False), ("s3:*", True)],
)
def test_not_action_covers_all_but_what_it_names(named: object, *, answer: bool) -> None:
    statement = allow()
    del statement["Action"]
    assert allowed({**statement, "NotAction": named}) is answer


@pytest.mark.parametrize(
    "denial",
    [
        pytest.param(deny(), id="of the same words"),
        pytest.param(deny("sts:*", principal="*"), id="of everybody"),
        pytest.param(deny(principal={"AWS": "arn:aws:iam::111111111111:root"}), id="of the account"),
        pytest.param({**deny(), "Effect": "deny"}, id="whose effect is misspelt"),
        pytest.param({**deny(), "Effect": None}, id="whose effect is missing"),
        pytest.param(
            deny(Condition={"Foo": {"aws:x": "y"}}), id="under a condition with an operator that nobody knows"
        ),
        pytest.param(
            deny(Condition={"StringEquals": {"aws:x": "y"}}), id="under a condition with a key that nobody knows"
        ),
        pytest.param(deny(Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o/*"}}), id="over sets"),
        pytest.param(deny(Condition=["odd"]), id="under a condition that can't be read"),
        pytest.param(
            deny(Condition={"StringNotEquals": {EXTERNAL: "secret"}}), id="of whoever does not bring the external id"
        ),
    ],
)
def test_a_denial_goes_before_an_allowance(denial: dict[str, Any]) -> None:
    for order in ([allow(), denial], [denial, allow()]):
        decision = trust_allows(trust_policy(*order), ASSUME_ROLE, TrustContext(ME, {}))
        assert (decision.allowed, decision.rule) == (False, "explicit_deny")
        assert ME in decision.reason


@pytest.mark.parametrize(
    "denial",
    [
        pytest.param(deny("sts:TagSession"), id="another action"),
        pytest.param(deny(principal={"AWS": "arn:aws:iam::222222222222:root"}), id="another account"),
        pytest.param(deny(Condition={"StringNotEquals": {"aws:PrincipalArn": ME}}), id="everybody but us"),
        pytest.param(
            deny(Condition={"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ConsoleMe*"}}), id="all but ours"
        ),
    ],
)
def test_a_denial_leaves_alone(denial: dict[str, Any]) -> None:
    assert allowed(allow(), denial)


def without_principal(statement: dict[str, Any], named: Any) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != "Principal"} | {"NotPrincipal": named}


def test_not_principal_beside_allow_never_allows() -> None:
    assert not allowed(without_principal(allow(), {"AWS": "arn:aws:iam::999999999999:root"}))


def test_not_principal_beside_deny_denies_all_whom_it_does_not_name() -> None:
    assert not allowed(allow(), without_principal(deny(), {"AWS": "arn:aws:iam::999999999999:root"}))
    assert allowed(allow(), without_principal(deny(), {"AWS": ME}))


@pytest.mark.parametrize(
    ("condition", "keys", "answer"),
    [
        pytest.param(
            {"StringEquals": {EXTERNAL: "x"}}, {"sts:externalid": "x"}, True, id="the external id that is asked for"
        ),
        pytest.param(
            {"StringEquals": {EXTERNAL: ["w", "x"]}}, {"sts:externalid": "x"}, True, id="one of several values"
        ),
        pytest.param({"StringEquals": {EXTERNAL: "x"}}, {"sts:externalid": "X"}, False, id="equality has case"),
        pytest.param(
            {"StringEqualsIgnoreCase": {EXTERNAL: "x"}}, {"sts:externalid": "X"}, True, id="case is ignored when asked"
        ),
        pytest.param({"StringEquals": {EXTERNAL: "x"}}, {}, False, id="an external id that is not brought"),
        pytest.param({"StringEqualsIfExists": {EXTERNAL: "x"}}, {}, True, id="if it exists, and it does not"),
        pytest.param(
            {"StringEqualsIfExists": {EXTERNAL: "x"}}, {"sts:externalid": "y"}, False, id="if it exists, and it differs"
        ),
        pytest.param({"StringNotEquals": {EXTERNAL: "x"}}, {}, True, id="not equal to what is not brought"),
        pytest.param(
            {"StringNotEquals": {EXTERNAL: ["x", "y"]}},
            {"sts:externalid": "y"},
            False,
            id="equal to one that is not wanted",
        ),
        pytest.param(
            {"StringLike": {SOURCE: "*@example.com"}}, {"sts:sourceidentity": "ada@example.com"}, True, id="a pattern"
        ),
        pytest.param(
            {"StringLike": {SOURCE: "[a]*"}},
            {"sts:sourceidentity": "ada"},
            False,
            id="brackets in a pattern mean themselves",
        ),
        pytest.param(
            {"StringLike": {SOURCE: "[a]?"}},
            {"sts:sourceidentity": "[a]d"},
            True,
            id="brackets in a value mean themselves",
        ),
        pytest.param({"StringNotLike": {SOURCE: "root*"}}, {"sts:sourceidentity": "ada"}, True, id="not of a pattern"),
        pytest.param(
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}}, {}, True, id="our own ARN is known"
        ),
        pytest.param({"ArnEquals": {"AWS:principalarn": ME}}, {}, True, id="keys have no case"),
        pytest.param({"ArnNotEquals": {"aws:PrincipalArn": ME}}, {}, False, id="not our ARN"),
        pytest.param(
            {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}, {}, True, id="our own account is known"
        ),
        pytest.param({"StringEquals": {"aws:PrincipalAccount": 111111111111}}, {}, True, id="a number for a value"),
        pytest.param({"Bool": {"aws:x": True}}, {"aws:x": "true"}, True, id="a truth value"),
        pytest.param({"Bool": {"aws:x": "TRUE"}}, {"aws:x": "true"}, True, id="a truth value as a word"),
        pytest.param({"Bool": {"aws:x": "false"}}, {"aws:x": "true"}, False, id="the other truth value"),
        pytest.param({}, {}, True, id="no condition"),
        pytest.param(None, {}, True, id="an empty condition"),
    ],
)
def test_a_condition_is_judged(condition: Any, keys: dict[str, str], *, answer: bool) -> None:
    assert allowed(allow(Condition=condition), keys=keys) is answer


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param({"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}, id="an operator that is not judged here"),
        pytest.param({"Null": {EXTERNAL: "true"}}, id="the operator Null"),
        pytest.param({"StringEqual": {EXTERNAL: "x"}}, id="a misspelt operator"),
        pytest.param({"StringEqualIfExists": {EXTERNAL: "x"}}, id="a misspelt operator about a key that is not there"),
        pytest.param({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, id="an operator over sets"),
        pytest.param({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, id="a key that is not known here"),
        pytest.param({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, id="a key that is not known here must differ"),
        pytest.param({"StringEqualsIfExists": {"aws:PrincipalTag/team": "a"}}, id="a key that may exist in AWS"),
        pytest.param({"ArnNotLike": {"aws:SourceArn": "arn:aws:*"}}, id="an ARN that is not known here"),
        pytest.param({"StringEquals": EXTERNAL}, id="an operator without keys"),
        pytest.param(["StringEquals"], id="a list for a condition"),
        pytest.param(
            {"ArnEquals": {"aws:PrincipalArn": ME}, "StringLike": {"aws:x": "*"}}, id="one that holds and one unknown"
        ),
    ],
)
def test_a_condition_that_cannot_be_judged_never_allows(condition: Any) -> None:
    assert not allowed(allow(Condition=condition))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"Statement": None},
        {"Statement": []},
        {"Statement": "x"},
        {"Statement": [None, 1, ["x"]]},
        {"Statement": [{}]},
    ],
)
def test_a_document_that_says_nothing_allows_nothing(document: dict[str, Any]) -> None:
    assert not trust_allows(document, ASSUME_ROLE, TrustContext(ME, {})).allowed


JUNK = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["*", "Allow", "Deny", "sts:*", ME, "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Effect", "Action", "NotAction", "Principal", "NotPrincipal", "AWS", "Condition", "StringLike", "a"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(JUNK)
def test_no_document_breaks_the_evaluation_and_a_denial_of_everybody_always_wins(junk: Any) -> None:
    statements = junk if isinstance(junk, list) else [junk]
    document = {"Statement": [*statements, deny("*", principal="*")]}
    assert trust_allows(document, ASSUME_ROLE, TrustContext(ME, {})).rule == "explicit_deny"
    trust_allows({"Statement": junk}, ASSUME_ROLE, TrustContext(ME, {}))


@pytest.mark.parametrize("actions", [[SET_SOURCE_IDENTITY], [TAG_SESSION, SET_SOURCE_IDENTITY]])
def test_the_mending_statement_mends(actions: list[str]) -> None:
    mended = trust_policy(allow(), mending_statement(ME, actions))
    for action in actions:
        assert not allowed(allow(), action=action)
        assert trust_allows(mended, action, TrustContext(ME, {})).allowed
