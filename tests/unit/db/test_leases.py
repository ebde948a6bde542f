import pytest

from chalicelib.core.errors import Throttled
from chalicelib.db.leases import Leases
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


def test_one_holder_at_a_time(clock: FrozenClock) -> None:
    leases = Leases(clock)
    first = leases.take("one", "a", 60)
    assert (first.fence, first.until) == (1, START + 60)
    with pytest.raises(Throttled) as refusal:
        leases.take("one", "b", 60)
    assert refusal.value.reason == "lease_busy"
    assert leases.still_held(first)


def test_another_target_is_free(clock: FrozenClock) -> None:
    leases = Leases(clock)
    leases.take("here", "a", 60)
    assert leases.take("there", "b", 60).fence == 1


def test_a_lease_that_has_run_out_may_be_taken_over_and_the_fence_tells_the_two_apart(clock: FrozenClock) -> None:
    leases = Leases(clock)
    old = leases.take("over", "a", 60)
    clock.advance(59)
    with pytest.raises(Throttled):
        leases.take("over", "b", 60)
    clock.advance(1)
    new = leases.take("over", "b", 60)
    assert new.fence > old.fence
    assert not leases.still_held(old)
    leases.release(old)
    assert leases.still_held(new)


def test_a_lease_that_was_released_is_free_at_once_and_its_fence_grows_on(clock: FrozenClock) -> None:
    leases = Leases(clock)
    first = leases.take("released", "a", 60)
    leases.release(first)
    assert not leases.still_held(first)
    assert leases.take("released", "b", 60).fence == first.fence + 1


def test_the_holders_own_second_try_is_let_in_with_a_new_fence(clock: FrozenClock) -> None:
    leases = Leases(clock)
    first = leases.take("again", "a", 60)
    second = leases.take("again", "a", 60)
    assert second.fence == first.fence + 1
    assert not leases.still_held(first)


def test_a_lease_that_nobody_ever_took_is_not_held(clock: FrozenClock) -> None:
    leases = Leases(clock)
    held = leases.take("known", "a", 60)
    unknown = type(held)("never", held.owner, held.fence, held.until)
    assert not leases.still_held(unknown)


def test_an_hour_later_nothing_is_held(clock: FrozenClock) -> None:
    leases = Leases(clock)
    held = leases.take("hour", "a", 60)
    clock.advance(3600)
    assert not leases.still_held(held)
