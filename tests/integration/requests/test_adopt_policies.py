"""What ConsoleMe named to be deleted on a day is deleted on that day, and recorded like everything else that ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.core.clock import Clock
from chalicelib.inventory.models import NamedPolicy
from chalicelib.requests.adopt_policies import FoundRole, PolicyAdopter, named_end
from chalicelib.requests.states import ChangeStatus
from chalicelib.requests.step_results import AdoptReport
from tests.support.request_world import APP, World, document

PREFIX = "cm_delete-on"


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("cm_delete-on_20271231_eve_1700000000_abcd", (2028, 1, 1)),
        ("cm_delete-on_20280229", (2028, 3, 1)),
        ("cm_delete-on_20270229_eve", None),
        ("cm_delete-on_2027123_eve", None),
        ("cm_delete-on_202712311_eve", None),
        ("my_cm_delete-on_20271231_eve", None),
        ("cm_eve_1700000000_abcd", None),
    ],
)
def test_the_day_in_a_name_is_its_end(name: str, day: tuple[int, int, int] | None) -> None:
    assert named_end(name, PREFIX) == (int(datetime(*day, tzinfo=UTC).timestamp()) if day else None)


def run(shop: World, *policies: NamedPolicy, prefix: str = PREFIX) -> AdoptReport:
    with shop.boundary.unguarded():
        role_id = shop.iam.get_role(RoleName="app")["Role"]["RoleId"]

    def roles() -> Iterator[FoundRole]:
        yield FoundRole(APP, role_id, policies)

    clock: Clock = shop.clock
    return PolicyAdopter(roles=roles, store=shop.container().requests.store, prefix=prefix, clock=clock).run()


def test_a_policy_that_names_its_day_becomes_a_request_that_ends_then(shop: World) -> None:
    tomorrow = datetime.fromtimestamp(shop.clock.now(), UTC) + timedelta(days=1)
    old = NamedPolicy(name=f"{PREFIX}_{tomorrow:%Y%m%d}_eve_17_abcd", document=document())
    plain = NamedPolicy(name="export", document=document())
    for policy in (old, plain):
        shop.put_policy(policy.name, policy.document)
    assert run(shop, old, plain) == AdoptReport(looked_at=1, adopted=1, failed=0)
    assert run(shop, old, plain) == AdoptReport(looked_at=1, adopted=0, failed=0)
    assert run(shop, old, prefix="").looked_at == 0
    (request_id,) = {one.request_id for one in shop.container().requests.store.due(shop.clock.now() + 3 * 86_400)}
    shop.tick()
    assert set(shop.policies()) == {old.name, "export"}
    shop.tick(2 * 86_400)
    assert set(shop.policies()) == {"export"}
    found = shop.find(request_id)
    assert (found.head.state, found.records[0].status) == ("ended", ChangeStatus.ENDED)
    actions = {link.entry.action for link in shop.container().audit.of_target(APP)}
    assert actions == {"request.adopt", "request.change.ended", "request.end"}


def test_the_task_looks_through_the_inventory(shop: World) -> None:
    assert shop.container().requests.adopt.run() == AdoptReport(looked_at=0, adopted=0, failed=0)
