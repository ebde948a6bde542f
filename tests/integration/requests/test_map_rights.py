"""The authorisation map as change types see it, on the real tables and the real queue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.core.errors import InvalidInput, NotFound
from chalicelib.core.roles import GivenRole, Use
from chalicelib.requests.gateways.rights import MapRights
from tests.support.aws import aws_tables
from tests.support.rights_world import RightsWorld, rights_world

ADA, SOURCE = "user:ada@example.com", "request 1"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RightsWorld]:
    folder: Path = tmp_path_factory.mktemp("rights")
    with pytest.MonkeyPatch.context() as patches, aws_tables(patches), rights_world(patches, folder) as made:
        yield made


def rights(world: RightsWorld) -> MapRights:
    access = world.api().access
    return MapRights(
        readers=access.store,
        resources=world.api().inventory.resources,
        book=access.rulebook,
        grants=lambda: access.grants,
    )


def test_what_is_given_is_seen_once_the_queue_was_read_and_is_gone_when_it_was_taken(world: RightsWorld) -> None:
    arn = world.put_role("given")
    world.settle()
    map_rights = rights(world)
    assert map_rights.role(arn).id == "AROAgiven"
    given = GivenRole(use=Use.CLI_ONLY, not_before=world.clock.now(), not_after=world.clock.now() + 300)
    map_rights.give(ADA, arn, SOURCE, given)
    assert map_rights.given(ADA, arn, SOURCE) is None
    world.deliver()
    assert map_rights.given(ADA, arn, SOURCE) == given
    assert map_rights.given(ADA, arn, "request 2") is None
    assert world.sources(world.person("ada@example.com")) == {"given": ["grant request 1"]}
    world.clock.advance(1)
    map_rights.take(ADA, arn, SOURCE)
    world.deliver()
    assert map_rights.given(ADA, arn, SOURCE) is None
    assert world.roles(world.person("ada@example.com")) == set()


def test_what_has_ended_by_itself_gives_nothing_and_is_still_there_to_be_taken(world: RightsWorld) -> None:
    arn = world.put_role("over")
    world.settle()
    map_rights = rights(world)
    map_rights.give(ADA, arn, SOURCE, GivenRole(not_after=world.clock.now() + 60))
    world.deliver()
    assert arn in world.roles(world.person("ada@example.com"))
    world.clock.advance(60)
    assert arn not in world.roles(world.person("ada@example.com"))
    assert map_rights.given(ADA, arn, SOURCE) is not None


def test_a_role_that_nobody_has_seen_or_that_is_never_handed_out_is_not_given(world: RightsWorld) -> None:
    own = world.put_role("ConsoleMeSpokeApply")
    world.settle()
    assert "never handed out" in rights(world).role(own).withheld
    with pytest.raises(InvalidInput, match="never handed out"):
        rights(world).give(ADA, own, SOURCE, GivenRole())
    with pytest.raises(NotFound, match="does not know"):
        rights(world).role(own + "2")
    with pytest.raises(NotFound, match="does not know"):
        rights(world).give(ADA, own + "2", SOURCE, GivenRole())
