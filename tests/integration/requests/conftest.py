from collections.abc import Iterator

import pytest

from tests.support.request_world import ADA, BO, EVE, ZOE, World, world


@pytest.fixture(scope="module")
def _one_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Making the tables takes longer than most tests."""
    with pytest.MonkeyPatch.context() as patches, world(patches, tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture
def shop(_one_world: World) -> World:
    """A world without requests, with the role `app` and no policies on it, whose people have just signed in."""
    _one_world.boundary.arm()
    _one_world.boundary.open = False
    _one_world.plugins = ()
    _one_world.configure()
    with _one_world.boundary.unguarded():
        _one_world.ensure_role()
        _one_world.begin_anew()
        for user in (ADA, BO, EVE, ZOE):
            _one_world.sign_in(user)
    return _one_world
