"""The change type resource_policy: which wishes are taken, and how several of them live in one policy."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.changes.base import ALREADY_SO, Preview
from chalicelib.changes.resource_policy import CHANGE, ResourcePolicySpec
from chalicelib.core.canonical import canonical_json
from chalicelib.core.errors import InvalidInput, Upstream
from tests.support.principals import FakePrincipals

BUCKET = "arn:aws:s3:::exports"
ROLE = "arn:aws:iam::222222222222:role/team/app"


def statement(account: str, **more: Any) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{account}:root"}
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*", **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


OLD = policy(statement("333333333333", Sid="Theirs"))


def wished(number: int = 0, *, until: int | None = None, **wish: Any) -> ResourcePolicySpec:
    spec = CHANGE.from_wire(ROLE, {"arn": BUCKET, **wish}, "")
    return CHANGE.numbered(spec.model_copy(update={"until": until}), f"request{number}")


def whole(document: dict[str, Any], **more: Any) -> ResourcePolicySpec:
    return wished(policy={"policy_document": document}, **more)


def previewed(aws: FakePrincipals, spec: ResourcePolicySpec) -> Preview:
    CHANGE.check(spec)
    return CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))[0]


def applied(aws: FakePrincipals, spec: ResourcePolicySpec) -> Preview:
    images = previewed(aws, spec)
    CHANGE.write(spec, images.after.content, aws.gateways)
    return images


def ended(aws: FakePrincipals, spec: ResourcePolicySpec, images: Preview) -> None:
    live = CHANGE.image(spec, aws.gateways.reading)
    CHANGE.write(spec, CHANGE.undone(spec, images, live), aws.gateways)


@pytest.fixture
def aws() -> FakePrincipals:
    return account()


def account() -> FakePrincipals:
    found = FakePrincipals()
    found.resources.add(BUCKET, OLD)
    return found


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "send the whole policy, or as statements"),
        ({"policy": {"policy_document": OLD}, "statements": []}, "send the whole policy, or as statements"),
        ({"statements": []}, "Statement must be"),
        ({"statements": [{**statement("333333333333"), "Resource": "*"}]}, "a bucket's policy is about"),
        ({"arn": None, "statements": [statement("333333333333")]}, "no bucket, queue or topic.*assume_role_policy"),
        ({"arn": "arn:aws:kms:eu-west-1:222222222222:key/1", "statements": [{}]}, "no bucket, queue or topic"),
        ({"arn": "arn:aws:s3:::others", "action": "detach"}, "Resource not found"),
        ({"arn": "arn:aws:sns:eu-west-1:222222222222:news", "action": "detach"}, "always has a policy"),
        ({"statements": [statement("3" * 12, Condition={"StringLike": {"aws:arn": "a" * 20_480}})]}, "allows 20480"),
        ({"statements": [statement("333333333333")]}, "has these statements already"),
        ({"policy": {"policy_document": OLD}}, "already is exactly that"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_with_the_reason(
    aws: FakePrincipals, wish: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(aws, wished(**wish))


def test_the_same_policy_as_aws_writes_it_is_no_change(aws: FakePrincipals) -> None:
    same = policy(statement("333333333333", Sid="Theirs", Principal={"AWS": ["333333333333"]}))
    with pytest.raises(InvalidInput) as refused:
        previewed(aws, whole(same))
    assert refused.value.reason == ALREADY_SO


def test_what_two_changes_add_alike_stays_until_both_are_taken_back(aws: FakePrincipals) -> None:
    specs = [wished(number, statements=[statement("444444444444")]) for number in range(2)]
    first, second = [applied(aws, spec) for spec in specs]
    assert CHANGE.place(specs[0]) != CHANGE.place(specs[1])
    ended(aws, specs[0], first)
    assert [one["Principal"]["AWS"][13:25] for one in _live(aws)] == ["333333333333", "444444444444"]
    ended(aws, specs[1], second)
    assert aws.resources.policy(BUCKET) == OLD


def test_a_document_for_a_time_does_not_bring_back_what_another_change_gave_for_a_time(aws: FakePrincipals) -> None:
    applied(aws, wished(statements=[statement("444444444444")]))
    with pytest.raises(InvalidInput, match=r"leaves out cm[0-9a-f]{16}, which other requests have put there"):
        previewed(aws, whole(OLD, until=2_000))
    assert previewed(aws, whole(OLD)).after.content == OLD


def test_an_edit_makes_added_statements_a_whole_policy_and_a_deletion_has_nothing_to_edit(aws: FakePrincipals) -> None:
    spec = wished(statements=[statement("444444444444")])
    edited = CHANGE.numbered(CHANGE.edited(spec, policy(statement("555555555555")), OLD), "request0")
    assert (edited.statements, edited.sid, CHANGE.place(edited)) == (None, "", "policy")
    assert previewed(aws, edited).after.content == policy(statement("555555555555"))
    with pytest.raises(InvalidInput, match="no document to edit"):
        CHANGE.edited(wished(action="detach"), OLD, OLD)


def test_a_policy_that_cannot_be_read_is_an_error_and_never_an_empty_one(
    aws: FakePrincipals, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(arn: str) -> None:
        raise Upstream(f"AWS did not answer to read {arn}")

    monkeypatch.setattr(aws.resources, "policy", unreadable)
    with pytest.raises(Upstream):
        previewed(aws, wished(statements=[statement("444444444444")]))


@given(st.permutations(range(4)), st.permutations(range(4)), st.sampled_from([OLD, None]))
def test_in_whatever_order_changes_come_and_go_in_the_end_the_policy_is_what_it_was(
    coming: list[int], going: list[int], before: dict[str, Any] | None
) -> None:
    aws = FakePrincipals()
    aws.resources.add(BUCKET, before)
    specs = {number: wished(number, statements=[statement(f"{number % 3:012}")]) for number in coming}
    images = {number: applied(aws, specs[number]) for number in coming}
    for done, number in enumerate(going, 1):
        ended(aws, specs[number], images[number])
        given_now = {one["Principal"]["AWS"] for one in _live(aws) if one.get("Sid") != "Theirs"}
        assert given_now == {f"arn:aws:iam::{left % 3:012}:root" for left in going[done:]}
    assert canonical_json(aws.resources.policy(BUCKET)) == canonical_json(before)


def _live(aws: FakePrincipals) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (aws.resources.policy(BUCKET) or {"Statement": []})["Statement"]
    return found
