"""The change type resource_tag: which wishes are taken, and what is left when somebody else has been at the tag."""

from typing import Any

import pytest

from chalicelib.changes.base import ALREADY_SO, Image, Preview
from chalicelib.changes.resource_tag import CHANGE, ResourceTagSpec
from chalicelib.core.errors import InvalidInput
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP

BUCKET = "arn:aws:s3:::exports"


def wished(action: str | None = "create", arn: str = BUCKET, **wish: Any) -> ResourceTagSpec:
    return CHANGE.from_wire(arn, {"tag_action": action, **wish}, "")


def previewed(aws: FakePrincipals, spec: ResourceTagSpec) -> Preview:
    CHANGE.check(spec)
    return CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))[0]


@pytest.fixture
def aws() -> FakePrincipals:
    found = FakePrincipals()
    found.add(APP)
    found.tag(APP, {"Stage": "test"})
    found.resources.add(BUCKET, tags={"stage": "test", "aws:cloudformation:stack-name": "data"})
    return found


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"action": None, "key": "a"}, "say one of create, update, delete"),
        ({"key": ""}, "1 to 128 letters"),
        ({"key": "a" * 129}, "1 to 128 letters"),
        ({"key": "AWS:team"}, "only AWS itself"),
        ({"key": "team", "value": "a" * 257}, "at most 256"),
        ({"key": "team", "value": "a;b"}, r"not U\+003B"),
        ({"key": "te<am"}, r"not U\+003C"),
        ({"key": "stage", "value": "live"}, "There is a tag stage already"),
        ({"key": "stage", "value": "test"}, "is that already"),
        ({"action": "delete", "key": "team"}, "There is no tag team"),
        ({"action": "update", "key": "team", "original_key": "group"}, "no tag group to rename"),
        ({"arn": APP, "key": "stage", "value": "x"}, "IAM takes for the same key"),
        ({"arn": "arn:aws:ec2:eu-west-1:222222222222:instance/i-1", "key": "a"}, "none of what can be tagged"),
        ({"arn": BUCKET + "-none", "key": "a"}, "Resource not found"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_with_the_reason(
    aws: FakePrincipals, spec: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(aws, wished(**spec))


def test_a_key_that_would_write_over_another_tag_is_no_rename(aws: FakePrincipals) -> None:
    aws.resources.retag(BUCKET, {"env": "live"}, ())
    with pytest.raises(InvalidInput, match="would be written over"):
        previewed(aws, wished("update", key="env", value="test", original_key="stage"))


def test_fifty_tags_are_taken_and_those_of_aws_do_not_count(aws: FakePrincipals) -> None:
    aws.resources.retag(BUCKET, {f"key{number}": "" for number in range(48)}, ())
    previewed(aws, wished(key="fiftieth"))
    aws.resources.retag(BUCKET, {"key48": ""}, ())
    with pytest.raises(InvalidInput, match="There would be 51 tags; AWS allows 50"):
        previewed(aws, wished(key="one-more"))
    assert previewed(aws, wished("update", key="key1", value="x")).after.content == {"key1": "x"}


def test_wishes_of_one_request_are_judged_on_what_those_before_them_do(aws: FakePrincipals) -> None:
    first, second = wished("delete", key="stage"), wished(key="stage", value="live")
    _, afterwards = CHANGE.preview(first, CHANGE.survey(first, aws.gateways.reading))
    assert CHANGE.preview(second, afterwards)[0].before.content is None


def test_what_is_taken_back_is_what_was_there_also_when_somebody_has_added_to_the_tag(aws: FakePrincipals) -> None:
    spec = wished("update", key="stage", value="ada")
    images = previewed(aws, spec)
    live = Image(identity="one", content={"stage": "ada:eve"})
    assert CHANGE.undone(spec, images, live) == {"stage": "test"}


def test_a_rename_that_died_between_its_two_calls_is_known_again(aws: FakePrincipals) -> None:
    spec = wished("update", arn=APP, key="env", value="test", original_key="Stage")
    images = previewed(aws, spec)
    aws.tag(APP, {"env": "test"})
    assert CHANGE.halfway(spec, images, CHANGE.image(spec, aws.gateways.reading))
    aws.tag(APP, {"env": "other"})
    assert not CHANGE.halfway(spec, images, CHANGE.image(spec, aws.gateways.reading))


def test_what_is_wished_already_is_told_apart_from_what_is_wrong(aws: FakePrincipals) -> None:
    with pytest.raises(InvalidInput) as refused:
        previewed(aws, wished("update", key="stage", value="test"))
    assert refused.value.reason == ALREADY_SO
