"""How many challenges may wait, and how many may be asked for."""

import pytest

from chalicelib.core.errors import AppError, InvalidInput, LimitExceeded
from chalicelib.identity import challenges
from chalicelib.identity.challenges import LIFE
from chalicelib.identity.store import SessionRow
from tests.support.challenge_world import World, world_with
from tests.support.clock import FrozenClock

pytestmark = pytest.mark.usefixtures("tables")

ELSEWHERE = "203.0.113.9"


PENDING_PER_PLACE, PENDING_PER_USER, PER_ADDRESS = 3, 8, 9


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the proportions of the real ones, and quicker to reach."""
    for name in ("PENDING_PER_PLACE", "PENDING_PER_USER", "PER_ADDRESS"):
        assert globals()[name] < getattr(challenges, name)
        monkeypatch.setattr(challenges, name, globals()[name])


@pytest.fixture
def world(clock: FrozenClock) -> World:
    clock.advance(240 - clock.now() % 120)
    return world_with(clock)


class TestThatWait:
    def test_for_one_user_at_one_address_leave_other_addresses_alone(self, world: World) -> None:
        last, *_ = [world.ask() for _ in range(PENDING_PER_PLACE)]
        with pytest.raises(LimitExceeded, match="wait for an answer"):
            world.ask()
        world.ask(ELSEWHERE)
        world.answer(last, world.browser(), approve=False)
        world.ask()

    def test_for_one_user_leave_other_users_alone(self, world: World, clock: FrozenClock) -> None:
        for number in range(PENDING_PER_USER):
            world.ask(f"192.0.2.{number}")
        with pytest.raises(LimitExceeded, match="wait for an answer"):
            world.ask("192.0.2.99")
        world_with(clock).ask("192.0.2.99")
        clock.advance(LIFE)
        world.ask("192.0.2.99")

    def test_leave_nothing_behind_once_they_are_answered(self, world: World) -> None:
        world.answer(world.ask(), world.browser())
        below = SessionRow.query(f"USER#{world.name}", SessionRow.sk.startswith("CHALLENGE#"))
        assert list(below) == []


def test_from_one_address_no_more_may_be_asked_for_whoever_they_are_for(world: World, clock: FrozenClock) -> None:
    for number in range(PER_ADDRESS):
        world.challenges.ask(f"{number}-{world.name}", world.here, "")
    with pytest.raises(LimitExceeded, match="Too many attempts"):
        world.ask()
    clock.advance(120)
    world.ask()


@pytest.mark.parametrize("user", ["", "   ", "x" * 201])
def test_a_name_that_nobody_has_is_refused(world: World, user: str) -> None:
    with pytest.raises(AppError) as refusal:
        world.challenges.ask(user, world.here, "")
    assert type(refusal.value) is InvalidInput
