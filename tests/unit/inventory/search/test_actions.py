"""IAM's actions are completed as ConsoleMe completes them."""

import pytest

from chalicelib.inventory.search.actions import CompleteActions, known_actions

FEW = ("s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "sqs:SendMessage", "sns:Publish", "s3-outposts:GetObject")


@pytest.fixture
def complete() -> CompleteActions:
    return CompleteActions(lambda: FEW)


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("s3:get", ["s3:getobject", "s3:getobjecttagging"]),
        ("S3:Get*", ["s3:getobject", "s3:getobjecttagging"]),
        ("s3:*tagging", ["s3:getobjecttagging"]),
        ("s", ["s3-outposts:getobject", "s3:getobject", "s3:getobjecttagging", "s3:putobject", "sns:publish"]),
        ("s*:getobject", ["s3-outposts:getobject", "s3:getobject", "s3:getobjecttagging"]),
        ("none:x", ["none:x*"]),
        ("s3:none", ["s3:none*"]),
    ],
)
def test_an_action_is_completed_from_how_it_begins(complete: CompleteActions, prefix: str, found: list[str]) -> None:
    assert [one.permission for one in complete.actions(prefix)][: len(found)] == found


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("s", ["s3", "s3-outposts", "sns", "sqs"]),
        ("sq", ["sqs"]),
        ("none", ["none"]),
        ("s3:Ge", ["s3"]),
        ("s3*:Ge", ["s3", "s3-outposts"]),
    ],
)
def test_services_are_completed_sorted(complete: CompleteActions, prefix: str, found: list[str]) -> None:
    assert [one.title for one in complete.services(prefix)] == found


def test_the_data_knows_what_everybody_uses() -> None:
    complete = CompleteActions(known_actions)
    assert "s3:getobject" in {one.permission for one in complete.actions("s3:get")}
    assert [one.title for one in complete.services("sqs")] == ["sqs"]
