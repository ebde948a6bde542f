"""Why people have roles, from what is stored."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.errors import InvalidInput
from chalicelib.core.principals import PrincipalKind
from chalicelib.identity.directory.models import SIGN_IN
from tests.support.aws import round_trips
from tests.support.builders import role_arn
from tests.support.rights_world import RightsWorld, rights_world

DAY = 86_400


@pytest.fixture
def world(tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RightsWorld]:
    with rights_world(monkeypatch, tmp_path) as running:
        yield running


def test_a_person_who_is_not_on_the_line_is_explained_by_the_groups_that_the_directory_knows(
    world: RightsWorld,
) -> None:
    app = world.put_role("app", consoleme_authorized="group:ops")
    world.settle()
    world.person("Ben", "Ops")
    found = world.api().access.explain.why("BEN", app)
    assert found.allowed
    assert (found.user, found.identities, found.held_by) == ("ben", ("user:ben", "group:ops"), ("group:ops",))
    world.clock.advance(DAY + 1)
    world.settle()
    late = world.api().access.explain.why("ben", app)
    assert [one.rule for one in late.obstacles] == ["stale_groups"]
    assert late.whys[0].counts


def test_a_person_on_the_line_is_explained_by_the_groups_of_their_session(world: RightsWorld) -> None:
    app = world.put_role("app", consoleme_authorized="group:ops")
    world.settle()
    explain = world.api().access.explain
    assert explain.why("cho", app, groups=["OPS", "ops"]).allowed
    assert explain.why("cho", app, groups=[]).obstacles[0].fix.startswith("It is held by group:ops")
    assert [one.rule for one in explain.why("cho", app).obstacles] == ["stale_groups", "no_claim"]


def test_what_is_no_role_is_refused(world: RightsWorld) -> None:
    for text in ("app", "arn:aws:s3:::bucket"):
        with pytest.raises(InvalidInput):
            world.api().access.explain.why("ada", text)
        with pytest.raises(InvalidInput):
            world.api().access.explain.holders(text)


def test_who_holds_a_role_is_told_claim_by_claim(world: RightsWorld) -> None:
    app = world.put_role("app", consoleme_authorized="ops:user:ada")
    world.settle()
    world.map_to(user_ada=[app])
    ends = world.clock.now() + 60
    world.put_grant("user:cho", app, not_after=ends)
    world.deliver()
    names = world.worker().identity.people.names
    for kind in PrincipalKind:
        names.add("ops", kind, SIGN_IN)
    found = world.api().access.explain.holders(app)
    assert [(why.identity, why.source, why.until, why.rule) for why in found] == [
        ("group:ops", "tag consoleme-authorized", None, "ambiguous_name"),
        ("user:ada", "configuration group_mapping", None, "counts"),
        ("user:ada", "tag consoleme-authorized", None, "counts"),
        ("user:cho", "grant request 1", ends, "counts"),
        ("user:ops", "tag consoleme-authorized", None, "ambiguous_name"),
    ]


def test_a_role_without_bare_names_asks_the_directory_nothing(world: RightsWorld) -> None:
    app = world.put_role("app", consoleme_authorized="user:ada")
    world.settle()
    with round_trips() as calls:
        assert len(world.worker().access.explain.holders(app)) == 1
    assert calls == ["dynamodb.Query"]


def test_the_roles_of_a_person_are_those_that_claims_give_now(world: RightsWorld) -> None:
    world.put_role("a", consoleme_authorized="user:ada")
    world.put_role("b", consoleme_authorized="group:ops")
    world.put_role("c", consoleme_authorized="group:dev")
    world.settle()
    world.person("ada", "ops")
    explain = world.api().access.explain
    assert [role.arn for role in explain.roles_of("ada")] == [role_arn("a"), role_arn("b")]
    assert [role.arn for role in explain.roles_of("Ada", ["dev"])] == [role_arn("a"), role_arn("c")]
    assert explain.roles_of("nobody") == ()


def test_a_role_that_was_removed_is_explained_as_gone(world: RightsWorld) -> None:
    app = world.put_role("app", consoleme_authorized="user:ada")
    world.put_role("other")
    world.settle()
    world.person("ada")
    del world.iam.roles[app]
    world.settle()
    found = world.api().access.explain.why("ada", app)
    assert "gone" in [one.rule for one in found.obstacles]
    assert found.held_by == ()
