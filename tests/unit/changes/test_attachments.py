"""The change types managed_policy and permissions_boundary: which wishes are taken, and what is kept of what others did."""

from typing import Any

import pytest

from chalicelib.changes import managed_policy, permissions_boundary
from chalicelib.changes.base import ALREADY_SO, Action, Image, Preview
from chalicelib.core.errors import InvalidInput, NotFound
from tests.support.principals import FakePrincipals
from tests.support.request_world import APP

POLICY, OTHER, OF_AWS = (
    "arn:aws:iam::222222222222:policy/team/reads",
    "arn:aws:iam::222222222222:policy/other",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
)
MANAGED, BOUNDARY = managed_policy.CHANGE, permissions_boundary.CHANGE
TYPES: Any = [MANAGED, BOUNDARY]


@pytest.fixture
def aws() -> FakePrincipals:
    found = FakePrincipals(policies={POLICY, OTHER, OF_AWS})
    found.add(APP)
    return found


def wished(kind: Any, arn: str = POLICY, action: Action = Action.ATTACH, **more: Any) -> Any:
    return kind.spec.model_validate({"principal_arn": APP, "arn": arn, "action": action, **more})


def previewed(kind: Any, aws: FakePrincipals, spec: Any) -> Preview:
    kind.check(spec)
    preview: Preview = kind.preview(spec, kind.survey(spec, aws.gateways.reading))[0]
    return preview


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
@pytest.mark.parametrize("arn", [POLICY, OF_AWS])
def test_a_policy_goes_from_not_there_to_there(kind: Any, aws: FakePrincipals, arn: str) -> None:
    preview = previewed(kind, aws, wished(kind, arn))
    assert (preview.before.content, preview.after.content) == (None, {"arn": arn})


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"arn": "arn:aws:iam::333333333333:policy/reads"}, "of another account"),
        ({"arn": "arn:aws-cn:iam::222222222222:policy/reads"}, "of another account"),
        ({"arn": "arn:aws:iam::222222222222:role/reads"}, "not the ARN of a managed policy"),
        ({"arn": "reads"}, "not an ARN"),
        ({"arn": "arn:aws:iam::222222222222:policy/missing"}, "There is no managed policy"),
        ({"principal_arn": "arn:aws:iam::222222222222:role/other"}, "Principal not found: there is no role"),
        ({"principal_arn": "arn:aws:iam::222222222222:user/other"}, "Principal not found: there is no user"),
        ({"principal_arn": "arn:aws:s3:::bucket"}, "not the ARN of an IAM role or user"),
    ],
)
def test_a_wish_that_does_not_fit_is_refused_with_the_reason(
    kind: Any, aws: FakePrincipals, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        previewed(kind, aws, wished(kind).model_copy(update=more))


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_what_is_so_already_is_said_to_be_so_before_anything_else(kind: Any, aws: FakePrincipals) -> None:
    aws.attach(APP, POLICY)
    aws.set_boundary(APP, POLICY)
    aws.policies.clear()
    with pytest.raises(InvalidInput) as there:
        previewed(kind, aws, wished(kind))
    aws.detach(APP, POLICY)
    aws.set_boundary(APP, None)
    with pytest.raises(InvalidInput) as gone:
        previewed(kind, aws, wished(kind, action=Action.DETACH))
    assert there.value.reason == gone.value.reason == ALREADY_SO


def test_the_last_policy_that_the_account_allows_fits_and_the_next_does_not(aws: FakePrincipals) -> None:
    aws.limits = {"AttachedPoliciesPerRoleQuota": 2}
    aws.attach(APP, OTHER)
    preview, after = MANAGED.preview(wished(MANAGED), MANAGED.survey(wished(MANAGED), aws.gateways.reading))
    assert preview.after.content == {"arn": POLICY}
    with pytest.raises(InvalidInput, match="would have 3 managed policies; its account allows 2"):
        MANAGED.preview(wished(MANAGED, OF_AWS), after)


def test_a_quota_that_nobody_may_read_stops_nobody(aws: FakePrincipals) -> None:
    assert previewed(MANAGED, aws, wished(MANAGED)).after.content


@pytest.mark.parametrize(
    ("held", "more", "words"),
    [
        (OTHER, {}, "has the permissions boundary .*policy/other already. To replace it, send new as false"),
        (None, {"new": False}, "has no permissions boundary to replace"),
        (OTHER, {"action": Action.DETACH}, "is .*policy/other, not .*policy/team/reads"),
    ],
)
def test_a_wish_that_is_wrong_about_the_boundary_there_is_refused(
    aws: FakePrincipals, held: str | None, more: dict[str, Any], words: str
) -> None:
    aws.set_boundary(APP, held)
    with pytest.raises(InvalidInput, match=words):
        previewed(BOUNDARY, aws, wished(BOUNDARY, **more))


def test_a_boundary_that_somebody_else_has_set_since_is_not_ours_to_take() -> None:
    none, ours, theirs = (
        Image(identity="AROA1", content=content) for content in (None, {"arn": POLICY}, {"arn": OTHER})
    )
    preview = Preview(before=none, after=ours)
    assert BOUNDARY.undone(wished(BOUNDARY), preview, ours) is None
    assert BOUNDARY.undone(wished(BOUNDARY), preview, theirs) == {"arn": OTHER}


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_there_is_no_document_to_edit(kind: Any) -> None:
    assert kind.edited(wished(kind), None, None) == wished(kind)
    with pytest.raises(InvalidInput, match="no document"):
        kind.edited(wished(kind), {}, None)


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_wish_without_an_arn_is_refused(kind: Any) -> None:
    with pytest.raises(InvalidInput, match="say which managed policy"):
        kind.from_wire(APP, {"action": "attach"}, "")


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.name)
def test_a_role_that_is_gone_has_no_image(kind: Any, aws: FakePrincipals) -> None:
    aws.held.clear()
    with pytest.raises(NotFound):
        kind.image(wished(kind), aws.gateways.reading)
