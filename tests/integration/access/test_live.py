"""A role of an account whose sync is too old to decide, asked for by its full ARN: IAM decides, with what no sync tells."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from chalicelib.access.rules import EligibleRole
from chalicelib.core.principals import Caller, PrincipalKind
from chalicelib.core.roles import AuthorizedRole, RoleClaim
from chalicelib.identity.directory.models import SIGN_IN
from chalicelib.plugins.hookspecs import hookimpl
from tests.support import aws
from tests.support.builders import ACCOUNT, allow, role_arn, trust_policy
from tests.support.rights_world import RightsWorld, rights_world

APP = role_arn("app")
DAY, HOUR = 86_400, 3600


@pytest.fixture
def world(own_tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RightsWorld]:
    with rights_world(monkeypatch, tmp_path) as running:
        # Known, and never synced in time.
        running.put_role("app", consoleme_authorized="user:ada:group:ops")
        running.sync()
        running.deliver()
        yield running


def in_iam(tags: dict[str, str], trust: dict[str, Any] | None = None) -> None:
    """The role as it really is by now."""
    keys = boto3.client("sts", aws.REGION).assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/somebody", RoleSessionName="somebody"
    )["Credentials"]
    iam = boto3.client(
        "iam",
        aws.REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    iam.create_role(
        RoleName="app",
        AssumeRolePolicyDocument=json.dumps(trust or trust_policy(allow("sts:*"))),
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        MaxSessionDuration=7200,
    )


def read(world: RightsWorld, who: Caller) -> EligibleRole | None:
    found = world.of(who)
    assert found.roles == ()
    return world.api().access.eligible_roles.read_live(found.caller, APP)


def sources(role: EligibleRole | None) -> list[str]:
    return [reason.source for reason in role.reasons] if role else []


def test_what_iam_says_now_counts_and_what_the_map_says_of_tags_does_not(world: RightsWorld) -> None:
    in_iam({"consoleme-authorized": "group:ops"})
    assert read(world, world.person("ada")) is None
    found = read(world, world.person("ben", "ops"))
    assert found is not None
    assert (found.grant.max_session_duration, found.grant.source_identity) == (7200, True)


def test_the_mapping_counts(world: RightsWorld) -> None:
    world.map_to(user_ada=[APP])
    in_iam({})
    assert sources(read(world, world.person("ada"))) == ["configuration group_mapping"]
    assert read(world, world.person("ben", "ops")) is None


def test_grants_of_the_map_count_since_no_sync_tells_of_them(world: RightsWorld) -> None:
    ends = world.clock.now() + HOUR
    world.put_grant("user:ben", APP, not_after=ends)
    world.deliver()
    in_iam({})
    found = read(world, world.person("ben"))
    assert found is not None
    assert (sources(found), found.ends_at) == (["grant request 1"], ends)
    assert read(world, world.person("ada")) is None


def test_a_bare_name_that_means_two_means_nobody(world: RightsWorld) -> None:
    world.put_role("app", consoleme_authorized="ops")
    world.sync()
    world.deliver()
    in_iam({"consoleme-authorized": "ops"})
    who = world.person("ben", "ops")
    assert sources(read(world, who)) == ["tag consoleme-authorized"]
    world.worker().identity.people.names.add("ops", PrincipalKind.USER, SIGN_IN)
    world.deliver()
    assert read(world, who) is None


def test_a_role_that_must_be_trusted_is_asked_for_trust(world: RightsWorld) -> None:
    in_iam({"consoleme-authorized": "user:ada"}, trust_policy(allow(principal={"AWS": "999999999999"})))
    ada = world.person("ada")
    assert read(world, ada) is not None
    world.save(authorization={"required_trust_entity": world.api().deployment.hub.api_role_arn})
    assert read(world, ada) is None


def test_plugins_are_asked_and_one_that_fails_lets_nobody_in(world: RightsWorld) -> None:
    in_iam({"consoleme-authorized": "user:ada"})
    claims: list[Any] = [RoleClaim(identity="user:cho", name="on call")]

    def eligible_identities(role: AuthorizedRole) -> list[Any]:
        assert role.arn == APP
        return claims

    world.api().plugins.register(SimpleNamespace(eligible_identities=hookimpl(eligible_identities)), "rota")
    assert sources(read(world, world.person("cho"))) == ["plugin rota: on call"]
    claims.append("nonsense")
    assert read(world, world.person("ada")) is None


def test_a_role_that_cannot_be_read_is_no(world: RightsWorld) -> None:
    assert read(world, world.person("ada")) is None
