"""Every change of a role on the whole road: asked for, approved, written, and taken back when its time is over."""

import contextlib
import json
from typing import Any

import pytest

from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.canonical import canonical_json
from chalicelib.core.iam import NewRole
from chalicelib.core.trust_document import as_kept
from chalicelib.requests.models import Request
from tests.support.change_estate import trust
from tests.support.request_world import ADA, APP, BO, EVE, SPOKE, World, body, document, wish

HOUR = 3600
POLICY = f"arn:aws:iam::{SPOKE}:policy/road"
FRESH = f"arn:aws:iam::{SPOKE}:role/fresh"


@pytest.fixture
def yard(shop: World) -> World:
    """A managed policy beside the role, which begins as it was made."""
    with shop.boundary.unguarded():
        there = shop.iam.exceptions.EntityAlreadyExistsException
        with contextlib.suppress(there):
            shop.iam.create_policy(PolicyName="road", PolicyDocument=json.dumps(document()))
        shop.iam.update_assume_role_policy(RoleName="app", PolicyDocument=json.dumps(trust("111111111111")))
    return shop


def asked(change_type: str, *, arn: str = APP, **more: Any) -> dict[str, Any]:
    principal = {"principal_type": "AwsResource", "principal_arn": arn}
    return {"principal": principal, "change_type": change_type, **more}


def look(yard: World, arn: str = APP) -> dict[str, Any]:
    """Everything about a role that these changes may change, as AWS holds it."""
    iam, name = yard.iam, arn.rsplit("/", 1)[-1]
    with yard.boundary.unguarded():
        if not any(role["RoleName"] == name for role in iam.list_roles()["Roles"]):
            return {}
        role = iam.get_role(RoleName=name)["Role"]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        return {
            "trust": as_kept(role["AssumeRolePolicyDocument"], "aws"),
            "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
            "attached": sorted(policy["PolicyArn"] for policy in attached),
            "inline": yard.policies(name),
        }


def approved(yard: World, request_id: str) -> None:
    """By as many as the guardrails want."""
    for reviewer in (ADA, BO):
        if yard.state(request_id) == "pending":
            yard.order(reviewer, request_id, "approve_request", **yard.shown(request_id))
            yard.workflows.run()


TRUST = asked("assume_role_policy", policy={"policy_document": trust("111111111111", "333333333333")})
OF_A_ROLE = (
    asked("managed_policy", action="attach") | {"arn": POLICY},
    asked("permissions_boundary", action="attach") | {"arn": POLICY},
    TRUST,
    wish(),
)
ROLE = WholeRole(role=NewRole(trust=trust("111111111111")), inline={"export": document()}, attached=(POLICY,))


def for_a_time(yard: World, *changes: dict[str, Any]) -> Request:
    until = yard.clock.now() + HOUR
    request_id = yard.requested(EVE, body(*(change | {"until": until} for change in changes)))
    approved(yard, request_id)
    found = yard.find(request_id)
    assert yard.state(request_id) == "applied", found.records
    assert all(
        record.left == change.preview.after
        for record, change in zip(found.records, found.revision.changes, strict=True)
    )
    return found


def ended(yard: World, given: Request) -> None:
    yard.tick(HOUR)
    yard.tick()
    assert yard.state(given.head.id) == "ended", yard.find(given.head.id).records


def test_every_kind_of_change_of_a_role_is_there_for_its_time_and_never_after(yard: World) -> None:
    before = look(yard)
    given = for_a_time(yard, *OF_A_ROLE)
    there = look(yard)
    assert (there["attached"], there["boundary"], len(there["trust"]["Statement"])) == ([POLICY], POLICY, 2)
    assert there["inline"] == {"export": document()}
    ended(yard, given)
    assert canonical_json(look(yard)) == canonical_json(before)


def test_a_role_that_was_made_for_a_time_goes_with_what_somebody_put_on_it(yard: World) -> None:
    given = for_a_time(yard, asked("role_create", arn=FRESH, policy={"policy_document": ROLE.content}))
    assert look(yard, FRESH)["inline"] == {"export": document()}
    yard.put_policy("theirs", document("s3:PutObject"), "fresh")
    ended(yard, given)
    assert look(yard, FRESH) == {}


def test_a_role_that_changed_after_the_approval_is_not_written(yard: World) -> None:
    request_id = yard.submit(EVE, body(TRUST)).request_id
    assert request_id is not None
    with yard.boundary.unguarded():
        yard.iam.update_assume_role_policy(RoleName="app", PolicyDocument=json.dumps(trust("444444444444")))
    yard.workflows.run()
    approved(yard, request_id)
    assert yard.state(request_id) == "needs_rebase"
    assert look(yard)["trust"] == trust("444444444444")
