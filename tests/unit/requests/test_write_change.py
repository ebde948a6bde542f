"""Seeing that what was written is there, while AWS shows it late and in parts."""

import pytest

from chalicelib.changes import role_create
from chalicelib.changes.base import Image, Preview, Writing
from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.errors import AccessDeniedByAws, NotFound, Upstream
from chalicelib.core.iam import Described, NewRole
from chalicelib.requests.models import PlannedChange
from chalicelib.requests.write_change import image_of, read_back
from tests.support.change_estate import trust
from tests.support.principals import FakePrincipals
from tests.support.request_world import document

ARN = "arn:aws:iam::222222222222:role/fresh"
WHOLE = WholeRole(role=NewRole(trust=trust("111111111111")), inline={"export": document()})
SPEC = role_create.RoleCreateSpec(principal_arn=ARN, document=WHOLE.content)
NOTHING, EVERYTHING = Image(identity="", content=None), Image(identity="", content=WHOLE.content)
CHANGE = PlannedChange(
    id="1",
    wish=SPEC.model_dump(mode="json"),
    target=ARN,
    title="Create role fresh",
    preview=Preview(before=NOTHING, after=EVERYTHING),
)


@pytest.fixture
def aws() -> FakePrincipals:
    return FakePrincipals()


def shown_after(aws: FakePrincipals, pauses: int) -> Image:
    """A role whose policy AWS shows only after so many pauses."""
    aws.create_role(ARN, WHOLE.role)
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == pauses:
            aws.put_inline(ARN, "export", document())

    return read_back(CHANGE, NOTHING, aws.gateways, pause)


@pytest.mark.parametrize("pauses", [1, 2, 5])
def test_a_part_of_what_was_written_is_waited_for(aws: FakePrincipals, pauses: int) -> None:
    assert shown_after(aws, pauses) == EVERYTHING


def test_what_never_shows_is_left_to_the_next_try(aws: FakePrincipals) -> None:
    with pytest.raises(Upstream) as late:
        shown_after(aws, 6)
    assert late.value.reason == "not_visible_yet"


def test_what_somebody_else_put_there_is_seen_at_once(aws: FakePrincipals) -> None:
    aws.create_role(ARN, WHOLE.role)
    aws.put_inline(ARN, "export", document("s3:*"))
    left = read_back(CHANGE, NOTHING, aws.gateways, lambda _: None)
    assert left not in (NOTHING, EVERYTHING)


def test_going_back_to_what_was_there_is_no_half_way(aws: FakePrincipals) -> None:
    assert read_back(CHANGE, EVERYTHING, aws.gateways, lambda _: None) == NOTHING


class Unreadable(FakePrincipals):
    def find(self, arn: str) -> Described:
        raise AccessDeniedByAws(f"not {arn}")


def test_what_may_not_be_read_is_not_verified() -> None:
    aws: Writing = Unreadable().gateways
    with pytest.raises(Upstream, match="Written, but not read back") as refused:
        read_back(CHANGE, NOTHING, aws, lambda _: None)
    assert refused.value.reason == "not_verified"


def test_a_target_that_is_gone_has_no_image() -> None:
    class Gone(FakePrincipals):
        def find(self, arn: str) -> Described:
            raise NotFound(f"no {arn}")

    policy = {"change_type": "inline_policy", "principal_arn": ARN, "policy_name": "export", "document": document()}
    assert image_of(CHANGE.model_copy(update={"wish": policy}), Gone().gateways) is None
