"""Whoever holds something for a time is told before it ends, and once."""

from tests.integration.requests.test_notices import listening, told
from tests.support.request_world import ADA, EVE, World, body, wish

HOUR = 3600


def applied_until(shop: World, lasts: int) -> str:
    asked = body(wish(until=shop.clock.now() + lasts))
    request_id = shop.requested(EVE, asked)
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"
    return request_id


def test_the_end_is_told_before_it_comes_and_once(shop: World) -> None:
    request_id = applied_until(shop, 8 * HOUR)
    heard = listening(shop)
    shop.tick(6 * HOUR)
    heard.clear()
    shop.tick(HOUR)
    shop.tick()
    assert told(heard) == [("ending", "system:due")]
    assert heard[0].reason.startswith("It ends in 1 hour")
    assert heard[0].url.endswith(request_id)
    shop.tick()
    shop.tick()
    assert told(heard) == [("ending", "system:due")]


def test_an_end_that_has_come_earlier_is_not_told_of(shop: World) -> None:
    request_id = applied_until(shop, 8 * HOUR)
    heard = listening(shop)
    shop.order(ADA, request_id, "end_request")
    for _ in range(3):
        shop.tick()
    assert shop.state(request_id) == "ended"
    shop.tick(7 * HOUR)
    shop.tick()
    assert "ending" not in [kind for kind, _ in told(heard)]
