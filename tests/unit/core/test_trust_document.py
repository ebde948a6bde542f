"""Trust policies: what IAM takes, and the form in which it gives them back."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput
from chalicelib.core.trust_document import as_kept, check_trust_policy

ROOT = "arn:aws:iam::111111111111:root"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def trusting(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole", **more}


@pytest.mark.parametrize(
    "document",
    [
        policy(trusting()),
        policy(trusting(), version="2008-10-17"),
        policy(trusting(Principal="*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})),
        policy(trusting(Principal={"Service": ["ec2.amazonaws.com"], "AWS": [ROOT, "222222222222"]})),
        policy(
            trusting(Principal={"Federated": "cognito-identity.amazonaws.com"}, Action="sts:AssumeRoleWithWebIdentity")
        ),
        policy(trusting(Action=["sts:AssumeRole", "STS:TagSession"])),
        {"Version": "2012-10-17", "Statement": trusting()},
    ],
)
def test_what_iam_takes_is_taken(document: dict[str, Any]) -> None:
    check_trust_policy(document)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "must be a JSON object"),
        (policy(), "must be a statement"),
        (policy(trusting(), version="2010-01-01"), "Version must be"),
        (policy(trusting(Resource="*")), "names a resource"),
        (policy({"Effect": "Allow", "Action": "sts:AssumeRole"}), "either Principal or NotPrincipal"),
        (policy(trusting(NotPrincipal="*")), "either Principal or NotPrincipal"),
        (policy(trusting(Principal=ROOT)), "or map AWS, Service, Federated or CanonicalUser"),
        (policy(trusting(Principal={})), "or map AWS"),
        (policy(trusting(Principal={"Aws": ROOT})), "or map AWS"),
        (policy(trusting(Principal={"AWS": []})), "Principal.AWS must be a string or a list"),
        (policy(trusting(Principal={"AWS": [1]})), "Principal.AWS must be a string or a list"),
        (policy(trusting(Action="s3:GetObject")), "takes actions of sts"),
        (policy(trusting(Effect="Maybe")), "must be Allow or Deny"),
        (policy(trusting(Prinzipal="*")), "unknown key 'Prinzipal'"),
        (policy(trusting(Sid="a"), trusting(Sid="a")), "stands twice"),
        (policy(trusting(Sid="a b")), "letters and digits"),
        (policy("text"), "must be an object"),  # type: ignore[arg-type]  # what a client may send
        (policy(trusting(Principal={"AWS": "arn:aws:iam::<account>:root"})), "placeholder"),
        (policy(trusting(Principal={"AWS": "ünïcödé☃"})), "U\\+2603"),
    ],
)
def test_what_iam_refuses_is_refused_with_the_place(document: Any, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_trust_policy(document)


def test_an_account_is_its_root_a_list_of_one_is_no_list_and_names_are_in_order() -> None:
    kept = as_kept(
        policy(trusting(Principal={"AWS": ["222222222222", ROOT, ROOT], "Service": ["ec2.amazonaws.com"]})), "aws"
    )
    assert kept["Statement"][0]["Principal"] == {
        "AWS": [ROOT, "arn:aws:iam::222222222222:root"],
        "Service": "ec2.amazonaws.com",
    }


def test_everybody_is_written_in_one_way_and_another_partition_keeps_its_name() -> None:
    assert as_kept(policy(trusting(Principal="*")), "aws")["Statement"][0]["Principal"] == {"AWS": "*"}
    kept = as_kept({"Statement": trusting(Principal={"AWS": "222222222222"})}, "aws-cn")
    assert kept["Statement"]["Principal"] == {"AWS": "arn:aws-cn:iam::222222222222:root"}


names = st.sampled_from([ROOT, "111111111111", "222222222222", "*", "arn:aws:iam::222222222222:role/app"])
principals = st.one_of(
    st.just("*"), st.dictionaries(st.sampled_from(["AWS", "Service"]), names | st.lists(names, min_size=1), min_size=1)
)


@given(st.lists(principals, min_size=1, max_size=3))
def test_what_is_kept_is_kept_again_as_it_is(found: list[Any]) -> None:
    once = as_kept(policy(*(trusting(Principal=one) for one in found)), "aws")
    assert canonical_json(as_kept(once, "aws")) == canonical_json(once)
