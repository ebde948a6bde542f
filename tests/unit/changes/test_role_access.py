"""The change type role_access: which wishes are taken, and that what was given goes again whatever has become of the role."""

from typing import Any

import pytest

from chalicelib.changes.base import Image
from chalicelib.changes.role_access import CHANGE, RoleAccessSpec
from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.roles import GivenRole, Use
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP

ID = "8d0f0b9e-11f7-4b6f-a2b5-f8d6e0b1a4c20"


def wished(**more: Any) -> RoleAccessSpec:
    return CHANGE.numbered(CHANGE.from_wire(APP, {"identity": "user:Ada@Example.com", **more}, ""), ID)


@pytest.fixture
def aws() -> FakePrincipals:
    found = FakePrincipals()
    found.rights.add(APP)
    return found


def test_it_goes_from_nothing_to_a_row_of_its_own(aws: FakePrincipals) -> None:
    spec = wished(not_before=1_000)
    CHANGE.check(spec)
    images, _ = CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))
    assert images.before == Image(identity="AROA1", content=None)
    assert images.after.content == {
        "identity": "user:ada@example.com",
        "role_arn": APP,
        "use": "both",
        "not_before": 1_000,
    }
    assert spec.source == f"request {ID}"


def test_the_row_says_when_it_ends_and_moving_that_is_no_other_content(aws: FakePrincipals) -> None:
    spec = wished(use="cli_only").model_copy(update={"until": 2_000})
    images, _ = CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))
    earlier = spec.model_copy(update={"until": 1_500})
    CHANGE.write(earlier, images.after.content, aws.gateways)
    assert aws.rights.given(spec.identity, APP, spec.source) == GivenRole(use=Use.CLI_ONLY, not_after=1_500)
    assert CHANGE.image(spec, aws.gateways.reading) == images.after


def test_what_two_changes_give_are_two_rows_and_each_goes_by_itself(aws: FakePrincipals) -> None:
    first, second = wished(), wished().model_copy(update={"source": "request other"})
    images, _ = CHANGE.preview(first, CHANGE.survey(first, aws.gateways.reading))
    for spec in (first, second):
        CHANGE.write(spec, images.after.content, aws.gateways)
    assert CHANGE.place(first) != CHANGE.place(second)
    CHANGE.write(first, CHANGE.undone(first, images, images.after), aws.gateways)
    assert [source for _, _, source in aws.rights.held] == ["request other"]


def test_a_row_of_a_role_that_has_left_the_inventory_is_still_seen_and_taken(aws: FakePrincipals) -> None:
    spec = wished()
    images, _ = CHANGE.preview(spec, CHANGE.survey(spec, aws.gateways.reading))
    CHANGE.write(spec, images.after.content, aws.gateways)
    del aws.rights.roles[APP]
    live = CHANGE.image(spec, aws.gateways.reading)
    assert live.content == images.after.content
    assert live.hash != images.after.hash
    CHANGE.write(spec, CHANGE.undone(spec, images, live), aws.gateways)
    with pytest.raises(NotFound):
        CHANGE.image(spec, aws.gateways.reading)


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"identity": None}, "say who may use the role"),
        ({"identity": "ada"}, "must say what it is"),
        ({"identity": "user:" + "a" * 300}, "at most 256"),
        ({"identity": ["user:ada"]}, "say who may use the role"),
        ({"use": "root"}, "none of both, cli_only, console_only"),
    ],
)
def test_a_wish_that_does_not_say_who_or_how_is_refused(wish: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        wished(**wish)


def test_a_time_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput, match="end before it begins"):
        CHANGE.check(wished(not_before=2_000).model_copy(update={"until": 2_000}))


def test_a_role_that_is_unknown_or_never_handed_out_is_given_to_nobody(aws: FakePrincipals) -> None:
    aws.rights.add(APP, withheld="Roles of this product itself are never handed out.")
    with pytest.raises(InvalidInput, match="never handed out"):
        CHANGE.survey(wished(), aws.gateways.reading)
    del aws.rights.roles[APP]
    with pytest.raises(InvalidInput, match=r"there is no role .* or the inventory does not know it yet"):
        CHANGE.survey(wished(), aws.gateways.reading)
