"""Creating and deleting a role takes several calls of IAM: each of them goes wrong in turn, and nothing stays half done."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.changes.whole_role import WholeRole
from chalicelib.core.iam import NewRole
from tests.support.change_estate import trust
from tests.support.faults import Fault
from tests.support.request_world import ADA, BO, EVE, SPOKE, World, body, document

NAME = "fresh"
ARN = f"arn:aws:iam::{SPOKE}:role/{NAME}"
ROLE = WholeRole(
    role=NewRole(trust=trust("111111111111"), tags={"owner": "ada"}),
    inline={"export": document(), "import": document("s3:PutObject")},
    instance_profiles=(NAME,),
)
WRITES = {
    "role_create": (
        "CreateRole",
        "PutRolePolicy",
        "PutRolePolicy",
        "CreateInstanceProfile",
        "AddRoleToInstanceProfile",
    ),
    "role_delete": (
        "RemoveRoleFromInstanceProfile",
        "DeleteInstanceProfile",
        "DeleteRolePolicy",
        "DeleteRolePolicy",
        "DeleteRole",
    ),
}
POINTS = [
    (kind, name, number, fault)
    for kind, names in WRITES.items()
    for number, name in enumerate(names)
    for fault in (
        Fault.ERROR,
        Fault.THROTTLE,
        Fault.NO_ANSWER,
        Fault.LOST_ANSWER,
        Fault.CRASH_BEFORE,
        Fault.CRASH_AFTER,
    )
]
_SAMPLED = 19
"""One of so many is tried by every `make test`; all of them by `make test-long`."""


@pytest.fixture
def office(shop: World) -> Iterator[World]:
    yield shop
    shop.boundary.arm()
    with shop.boundary.unguarded():
        if exists(shop):
            for profile in shop.iam.list_instance_profiles_for_role(RoleName=NAME)["InstanceProfiles"]:
                shop.iam.remove_role_from_instance_profile(
                    InstanceProfileName=profile["InstanceProfileName"], RoleName=NAME
                )
                shop.iam.delete_instance_profile(InstanceProfileName=profile["InstanceProfileName"])
            for policy in shop.policies(NAME):
                shop.drop_policy(policy, NAME)
            shop.iam.delete_role(RoleName=NAME)


def exists(shop: World) -> bool:
    with shop.boundary.unguarded():
        return any(role["RoleName"] == NAME for role in shop.iam.list_roles()["Roles"])


def approved(shop: World, kind: str) -> str:
    """A request that everybody has approved, and whose workflow has not been told yet."""
    change: dict[str, Any] = {
        "principal": {"principal_type": "AwsResource", "principal_arn": ARN},
        "change_type": kind,
        "policy": {"policy_document": ROLE.content} if kind == "role_create" else None,
    }
    request_id = shop.requested(EVE, body(change))
    for reviewer in (ADA, BO):
        if shop.state(request_id) == "pending":
            shop.order(reviewer, request_id, "approve_request", **shop.shown(request_id))
    return request_id


def carried_out(shop: World, kind: str) -> str:
    request_id = approved(shop, kind)
    shop.workflows.run()
    return request_id


def walked(shop: World, point: tuple[str, str, int, Fault]) -> None:
    kind, name, number, fault = point
    if kind == "role_delete":
        carried_out(shop, "role_create")
        shop.begin_anew()
    which = WRITES[kind][:number].count(name)
    request_id = approved(shop, kind)
    shop.boundary.arm(point_of(kind, name, which), fault)
    shop.workflows.run()
    for _ in range(12):
        if shop.state(request_id) == "applied":
            break
        shop.tick()
    assert shop.boundary.struck, f"{name} was not made"
    found = shop.find(request_id)
    assert shop.state(request_id) == "applied", (point, found.records, found.head.failure)
    (record,), (change,) = found.records, found.revision.changes
    assert (record.found, record.left) == (change.preview.before, change.preview.after)
    assert exists(shop) is (kind == "role_create")
    assert shop.boundary.effects.count("CreateRole") <= 1
    assert shop.boundary.effects.count("DeleteRole") <= 1


_PLACES: dict[str, list[str]] = {}


def point_of(kind: str, name: str, which: int) -> int:
    places = [place for place, crossed in enumerate(_PLACES[kind], 1) if crossed == name]
    return places[which]


@pytest.fixture
def counted(office: World) -> World:
    """Both journeys without a fault, to know at which place each call is made."""
    if not _PLACES:
        for kind, names in WRITES.items():
            request_id = approved(office, kind)
            office.boundary.arm()
            office.workflows.run()
            _PLACES[kind] = list(office.boundary.crossed)
            assert office.state(request_id) == "applied", office.find(request_id).records
            made = [name for name in _PLACES[kind] if name in names]
            assert sorted(made) == sorted(names)
            office.begin_anew()
    return office


@pytest.mark.parametrize(
    "point", list(itertools.islice(POINTS, 3, None, _SAMPLED)), ids=lambda point: f"{point[0]} {point[1]} {point[3]}"
)
def test_a_role_is_whole_or_gone_whichever_call_fails(counted: World, point: tuple[str, str, int, Fault]) -> None:
    walked(counted, point)


@pytest.mark.long
@pytest.mark.parametrize("point", POINTS, ids=lambda point: f"{point[0]} {point[1]} {point[2]} {point[3]}")
def test_a_role_is_whole_or_gone_whichever_call_fails_all_of_them(
    counted: World, point: tuple[str, str, int, Fault]
) -> None:
    walked(counted, point)
