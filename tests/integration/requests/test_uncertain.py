"""A write whose answer was lost may have been made: what it gave for a time is taken back at its end, whatever was recorded of it."""

from typing import Any

from botocore.exceptions import ReadTimeoutError

from chalicelib.requests.states import DueKind
from tests.support.request_world import ADA, EVE, World, body, document, wish

HOUR = 3600


def test_a_failed_try_that_may_have_written_keeps_its_end_through_another_try(shop: World) -> None:
    request_id = shop.requested(EVE, body(wish(until=shop.clock.now() + HOUR)))
    real, lost = shop.boundary.cross, list[str]()

    def cross(name: str, call: Any) -> Any:
        answer = real(name, call)
        if name == "PutRolePolicy" and not shop.boundary.open and not lost:
            lost.append(name)
            shop.put_policy("export", document("s3:ListBucket"))
            raise ReadTimeoutError(endpoint_url="https://aws.example", error="as the test wants it")
        return answer

    shop.boundary.cross = cross  # type: ignore[method-assign]
    try:
        shop.order(ADA, request_id, "approve_request")
        shop.workflows.run()
    finally:
        shop.boundary.__dict__.pop("cross", None)
    assert shop.state(request_id) == "needs_rebase"
    assert [due.kind for due in shop.find(request_id).dues].count(DueKind.END) == 1
    shop.tick(HOUR)
    shop.tick()
    assert shop.policies() == {}
    assert [due.kind for due in shop.find(request_id).dues].count(DueKind.END) == 0
