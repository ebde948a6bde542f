"""Roles that administrators create, clone and delete: done at once, and recorded as requests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.core.decisions import Permission
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound, Upstream
from chalicelib.core.trust_document import as_kept
from chalicelib.requests.role_life.allowed import allowed_to
from chalicelib.requests.role_life.models import CloneWish, NewRoleWish, RoleGone, RoleMade
from chalicelib.requests.states import State
from tests.support.aws import refusing
from tests.support.request_world import ADA, APP, BO, CONFIGURATION, EVE, SPOKE, World, document
from tests.support.states import StepError

MAKERS = {"can_create_roles": [f"user:{EVE}"], "can_delete_iam_principals": [f"user:{EVE}"]}
ARN = f"arn:aws:iam::{SPOKE}:role/fresh"


@pytest.fixture
def office(shop: World) -> Iterator[World]:
    """Eve creates and deletes roles, and decides about no request."""
    shop.configure(groups={**CONFIGURATION["groups"], **MAKERS})
    yield shop
    with shop.boundary.unguarded():
        for role in shop.iam.list_roles()["Roles"]:
            if role["RoleName"] not in {"app", "somebody"}:
                dropped(shop, role["RoleName"])


def dropped(shop: World, name: str) -> None:
    for profile in shop.iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        shop.iam.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)
        shop.iam.delete_instance_profile(InstanceProfileName=profile["InstanceProfileName"])
    for policy in shop.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        shop.iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in shop.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        shop.iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    shop.iam.delete_role(RoleName=name)


def life(shop: World, user: str) -> tuple[Any, Any, Any]:
    container = shop.container()
    allowed = allowed_to(container.identity.permissions, shop.caller(user))
    return container.requests.role_life, shop.person(user), allowed


def created(shop: World, user: str = EVE, key: str | None = None, **more: Any) -> RoleMade:
    wish = NewRoleWish.model_validate({"account_id": SPOKE, "role_name": "fresh", "description": "for tests", **more})
    service, person, allowed = life(shop, user)
    made: RoleMade = service.create(wish, person, allowed, key)
    return made


def cloned(shop: World, user: str = EVE, *, options: dict[str, bool] | None = None) -> RoleMade:
    wish = CloneWish.model_validate(
        {
            "account_id": SPOKE,
            "role_name": "app",
            "dest_account_id": SPOKE,
            "dest_role_name": "fresh",
            "options": options or {},
        }
    )
    service, person, allowed = life(shop, user)
    made: RoleMade = service.clone(wish, person, allowed, None)
    return made


def deleted(shop: World, name: str, user: str = EVE) -> RoleGone:
    service, person, allowed = life(shop, user)
    gone: RoleGone = service.delete(SPOKE, name, person, allowed, None)
    return gone


def test_a_role_is_created_with_its_instance_profile_and_recorded_as_a_request(office: World) -> None:
    made = created(office)
    assert (made.errors, made.role_created) == (0, "true")
    assert made.action_results[0].message == f"Role {ARN} successfully created"
    assert len(made.action_results) == 4
    role = office.iam.get_role(RoleName="fresh")["Role"]
    assert (role["Arn"], role["Description"], role["MaxSessionDuration"]) == (ARN, "for tests", 3600)
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert office.iam.get_instance_profile(InstanceProfileName="fresh")["InstanceProfile"]["Roles"][0]["Arn"] == ARN
    request = office.find(made.request_id or "")
    assert (request.head.state, request.head.requester, request.head.reviewer) == (State.APPLIED, EVE, EVE)
    assert [ruling.rule for ruling in request.rulings] == [Permission.CREATE_ROLES]


def test_a_name_that_is_taken_is_said_in_the_answer_and_nothing_is_recorded(office: World) -> None:
    made = created(office, role_name="app")
    assert (made.errors, made.role_created, made.request_id) == (1, "false", None)
    assert "team/app" in made.action_results[0].message


def test_the_same_key_twice_is_one_role(office: World) -> None:
    first, second = created(office, key="one"), created(office, key="one")
    assert first.request_id == second.request_id
    assert second.role_created == "true"


def test_whoever_may_not_create_or_delete_roles_changes_nothing(office: World) -> None:
    for attempt in (lambda: created(office, BO), lambda: cloned(office, BO), lambda: deleted(office, "app", BO)):
        with pytest.raises(Forbidden):
            attempt()
    assert office.iam.get_role(RoleName="app")["Role"]["Arn"] == APP


def test_nobody_creates_the_products_own_roles(office: World) -> None:
    with pytest.raises(Forbidden, match="protected"):
        created(office, ADA, role_name="ConsoleMeSpokeApply")


def test_a_bad_name_is_bad_input(office: World) -> None:
    with pytest.raises(InvalidInput, match="1 to 64"):
        created(office, role_name="a" * 65)


def test_a_copy_has_what_was_asked_for_and_always_the_boundary(office: World) -> None:
    iam = office.iam
    with office.boundary.unguarded():
        policy = iam.create_policy(PolicyName="limits", PolicyDocument=json.dumps(document()))["Policy"]["Arn"]
        iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=policy)
        iam.tag_role(RoleName="app", Tags=[{"Key": "owner", "Value": "ada"}])
    office.put_policy("export", document())
    try:
        bare = cloned(office)
        assert bare.role_created == "true"
        role = iam.get_role(RoleName="fresh")["Role"]
        assert (role["PermissionsBoundary"]["PermissionsBoundaryArn"], role.get("Tags")) == (policy, None)
        assert office.policies("fresh") == {}
        with office.boundary.unguarded():
            dropped(office, "fresh")
        everything = ("tags", "copy_description", "inline_policies", "max_session_duration")
        full = cloned(office, options=dict.fromkeys(everything, True))
        assert full.action_results[-1].message == "Successfully added inline policy export"
        assert iam.get_role(RoleName="fresh")["Role"]["Tags"] == [{"Key": "owner", "Value": "ada"}]
        assert office.policies("fresh") == {"export": document()}
    finally:
        with office.boundary.unguarded():
            dropped(office, "app")
            dropped(office, "fresh")
            iam.delete_policy(PolicyArn=policy)


def test_what_a_guardrail_wants_somebody_else_to_see_waits_for_them(office: World) -> None:
    """The original trusts an account that is not of the organisation."""
    made = cloned(office, options={"assume_role_policy": True})
    assert made.role_created == "false"
    assert made.action_results[0].message.startswith("Somebody else must approve this first (")
    with pytest.raises(office.iam.exceptions.NoSuchEntityException):
        office.iam.get_role(RoleName="fresh")
    assert office.state(made.request_id or "") == State.PENDING
    office.workflows.run()
    for reviewer in (BO, ADA):
        office.order(reviewer, made.request_id or "", "approve_request", **office.shown(made.request_id or ""))
        office.workflows.run()
    copy, original = (office.iam.get_role(RoleName=name)["Role"] for name in ("fresh", "app"))
    assert copy["AssumeRolePolicyDocument"] == as_kept(original["AssumeRolePolicyDocument"], "aws")


def test_what_is_not_there_is_not_found(office: World) -> None:
    with pytest.raises(NotFound):
        deleted(office, "nobody")
    service, person, allowed = life(office, EVE)
    wish = {"account_id": SPOKE, "role_name": "no", "dest_account_id": SPOKE, "dest_role_name": "fresh", "options": {}}
    with pytest.raises(NotFound):
        service.clone(CloneWish.model_validate(wish), person, allowed, None)


def test_a_role_is_deleted_by_its_name_whatever_its_path_with_everything_on_it(office: World) -> None:
    office.put_policy("export", document())
    gone = deleted(office, "app")
    assert (gone.status, gone.role, gone.account) == ("success", "app", SPOKE)
    with pytest.raises(office.iam.exceptions.NoSuchEntityException):
        office.iam.get_role(RoleName="app")
    request = office.find(gone.request_id)
    shown, left = request.revision.changes[0].preview.before.content, request.records[0].left
    assert shown is not None
    assert shown["inline"] == {"export": document()}
    assert left is not None
    assert left.content is None


def test_a_role_that_aws_keeps_is_said_to_be_kept(office: World) -> None:
    with refusing("iam.DeleteRole", "AccessDenied"), pytest.raises(Upstream, match="AccessDenied"):
        deleted(office, "app")


def test_a_deletion_that_dies_halfway_is_gone_on_with(office: World) -> None:
    """The first try took the policy away and then lost its answer; the next one finds a role with less on it than was shown."""
    office.put_policy("export", document())
    with refusing("iam.DeleteRole", "ServiceFailure", 500):
        gone = deleted(office, "app")
    assert gone.status in {"approved", "applying"}
    for _ in range(12):
        office.tick()
    assert office.find(gone.request_id).head.state is State.APPLIED
    with pytest.raises(office.iam.exceptions.NoSuchEntityException):
        office.iam.get_role(RoleName="app")


def test_what_aws_refuses_leaves_no_half_role_behind(office: World) -> None:
    office.put_policy("export", document())
    with refusing("iam.PutRolePolicy", "AccessDenied"):
        made = cloned(office, options={"inline_policies": True})
    assert (made.errors, made.role_created) == (1, "false")
    assert "AccessDenied" in made.action_results[0].message
    with pytest.raises(office.iam.exceptions.NoSuchEntityException):
        office.iam.get_role(RoleName="fresh")


def test_a_permission_that_is_taken_away_before_the_write_stops_it(office: World) -> None:
    office.boundary.unguarded()
    container = office.container()
    real = container.requests.states

    class Later:
        """Nothing starts before the permission is gone."""

        def start(self, arn: str, name: str, payload: Any) -> str:
            office.configure()
            started: str = real.start(arn, name, payload)
            return started

        def succeed(self, token: str, output: Any) -> None:
            real.succeed(token, output)

        def status(self, arn: str, name: str) -> str | None:
            found: str | None = real.status(arn, name)
            return found

    container.requests.states = Later()
    try:
        made = created(office)
    except StepError as error:
        pytest.fail(str(error))
    assert made.role_created == "false"
    assert "does not count any more" in made.action_results[0].message
    with pytest.raises(office.iam.exceptions.NoSuchEntityException):
        office.iam.get_role(RoleName="fresh")
