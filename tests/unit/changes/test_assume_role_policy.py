"""The change type assume_role_policy."""

from typing import Any

import pytest

from chalicelib.changes.assume_role_policy import CHANGE, AssumeRolePolicySpec
from chalicelib.changes.base import ALREADY_SO, Image, Preview
from chalicelib.core.errors import InvalidInput
from chalicelib.core.policy_document import counted_size
from tests.support.change_estate import trust
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP

HELD, WANTED = trust("111111111111"), trust("222222222222")


@pytest.fixture
def aws() -> FakePrincipals:
    found = FakePrincipals()
    found.add(APP)
    found.set_trust(APP, HELD)
    return found


def wished(document: dict[str, Any] | None = None, **more: Any) -> AssumeRolePolicySpec:
    return AssumeRolePolicySpec(document=document or WANTED, **({"principal_arn": APP} | more))


def previewed(aws: FakePrincipals, spec: AssumeRolePolicySpec) -> Preview:
    CHANGE.check(spec)
    return CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))[0]


def test_a_trust_policy_is_replaced_as_a_whole_in_the_form_that_aws_keeps(aws: FakePrincipals) -> None:
    spelled = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ["222222222222"]}, "Action": "sts:AssumeRole"}],
    }
    preview = previewed(aws, wished(spelled))
    assert (preview.before.content, preview.after.content) == (HELD, WANTED)


def test_the_same_trust_in_other_words_is_no_change(aws: FakePrincipals) -> None:
    spelled = {
        "Statement": [{"Action": "sts:AssumeRole", "Principal": {"AWS": ["111111111111"]}, "Effect": "Allow"}],
        "Version": "2012-10-17",
    }
    with pytest.raises(InvalidInput) as refused:
        previewed(aws, wished(spelled))
    assert refused.value.reason == ALREADY_SO


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (wished(principal_arn="arn:aws:iam::222222222222:user/ada"), "not the ARN of an IAM role"),
        (wished(principal_arn="arn:aws:iam::222222222222:role/other"), "Principal not found"),
        (wished({"Version": "2012-10-17", "Statement": []}), "Statement must be"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused(aws: FakePrincipals, spec: AssumeRolePolicySpec, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(aws, spec)


def test_the_last_character_counts_and_an_account_may_have_more(aws: FakePrincipals) -> None:
    def sized(size: int) -> dict[str, Any]:
        found = trust("222222222222")
        found["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": ""}}
        found["Statement"][0]["Condition"]["StringEquals"]["sts:ExternalId"] = "x" * (size - counted_size(found))
        return found

    assert previewed(aws, wished(sized(2_048))).after.content
    with pytest.raises(InvalidInput, match="would have 2049 characters; the account allows 2048"):
        previewed(aws, wished(sized(2_049)))
    aws.limits = {"AssumeRolePolicySizeQuota": 4_096}
    assert previewed(aws, wished(sized(4_096))).after.content


def test_a_role_that_would_trust_nobody_any_more_is_left_with_a_policy_that_says_so() -> None:
    before, after = Image(identity="A", content=HELD), Image(identity="A", content=WANTED)
    live = Image(identity="A", content=WANTED | {"Id": "touched"})
    kept = CHANGE.undone(wished(), Preview(before=before, after=after), live)
    assert kept is not None
    assert kept["Statement"] == HELD["Statement"]
    added = Image(identity="A", content=trust("111111111111", "222222222222"))
    nothing = CHANGE.undone(wished(), Preview(before=before, after=added), Image(identity="A", content=WANTED))
    assert nothing is not None
    assert [statement["Effect"] for statement in nothing["Statement"]] == ["Deny"]


def test_a_wish_without_a_document_is_refused_and_an_edit_brings_another() -> None:
    with pytest.raises(InvalidInput, match="no trust policy document"):
        CHANGE.from_wire(APP, {}, "")
    assert CHANGE.edited(wished(), HELD, None) == wished(HELD)
