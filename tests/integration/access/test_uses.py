"""Rights that count for the command line only, or for the console only."""

from collections.abc import Iterator

import pytest

from chalicelib.access.console_sign_in import Visit
from chalicelib.access.wishes import NO_MATCH, Wish
from chalicelib.core.errors import Forbidden
from tests.support.brokering import World, Worlds, worlds
from tests.support.builders import role_arn

APP = role_arn("team/app")


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    with worlds(tmp_path_factory.mktemp("worlds")) as made:
        yield made


def issues(world: World, **wish: object) -> bool:
    try:
        world.broker.issue(world.caller(), Wish.model_validate({"search": APP, **wish}))
    except Forbidden as refusal:
        if refusal.code != NO_MATCH:
            raise
        return False
    return True


def signs_in(world: World) -> bool:
    try:
        world.console.link(world.caller(), Visit(search=APP, region="", destination=""), client="test")
    except Forbidden as refusal:
        if refusal.code != NO_MATCH:
            raise
        return False
    return True


@pytest.mark.parametrize(
    ("use", "credentials", "for_the_console", "console"),
    [({}, True, True, True), ({"cli_only": True}, True, False, False), ({"console_only": True}, False, False, True)],
    ids=["both", "command line only", "console only"],
)
def test_a_right_counts_for_its_use_alone(
    make: Worlds, use: dict[str, bool], *, credentials: bool, for_the_console: bool, console: bool
) -> None:
    world = make()
    world.entitle(APP, **use)
    assert issues(world) is credentials
    assert issues(world, console_only=True) is for_the_console
    assert signs_in(world) is console


def test_rights_for_either_use_add_up(make: Worlds) -> None:
    world = make()
    world.entitle(APP, sources=("tag consoleme-authorized-cli-only", "tag consoleme-authorized-console-only"))
    assert issues(world)
    assert signs_in(world)


def test_whoever_has_a_role_for_another_use_is_told_so(make: Worlds) -> None:
    world = make()
    world.entitle(APP, console_only=True)
    with pytest.raises(Forbidden, match="is yours, but not for this use") as refusal:
        world.broker.issue(world.caller(), Wish(search=APP))
    assert refusal.value.code == NO_MATCH


def test_a_role_for_another_use_does_not_make_a_search_ambiguous(make: Worlds) -> None:
    world = make()
    world.entitle(APP)
    world.entitle(role_arn("team/app-console"), console_only=True)
    assert world.broker.issue(world.caller(), Wish(search="team")).role_arn == APP
