"""What is removed, what is not, and whose word counts when two runs look at once."""

import pytest

from chalicelib.core.errors import NotFound, Upstream
from chalicelib.inventory.models import ResourceWrite
from tests.support.estate import FIRST, TAG, Estate

DETAILS, HEADERS = "GetAccountAuthorizationDetails", "ListRoles"


@pytest.fixture(autouse=True)
def _directory(estate: Estate) -> None:
    estate.begin()


def names(arns: set[str]) -> set[str]:
    return {arn.rpartition("/")[2] for arn in arns}


def test_a_role_that_is_gone_is_removed_and_nobody_keeps_it(estate: Estate) -> None:
    gone = estate.create_role(FIRST, "gone", {TAG: "engineers"})
    stays = estate.create_role(FIRST, "stays", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.iam(FIRST).delete_role(RoleName="gone")
    outcome = estate.sync(FIRST, "second")
    assert (outcome.removed, estate.rows(FIRST), estate.rights("group:engineers")) == (1, {stays}, {stays})
    with pytest.raises(NotFound):
        estate.role_page(FIRST, "gone")
    assert estate.container().access.store.of_role(gone) == {}


@pytest.mark.parametrize(("operation", "key"), [(DETAILS, "RoleDetailList"), (HEADERS, "Roles")])
def test_half_a_list_removes_nothing(estate: Estate, operation: str, key: str) -> None:
    arns = {estate.create_role(FIRST, f"r{number}", {TAG: "engineers"}) for number in range(4)}
    estate.sync(FIRST)
    estate.iam(FIRST).delete_role(RoleName="r0")
    estate.calls.on(operation, lambda _, answer: {key: answer()[key][:1], "IsTruncated": True, "Marker": "1"})
    with pytest.raises(Upstream, match="broke off"):
        estate.sync(FIRST, "second")
    assert (estate.rows(FIRST), estate.rights("group:engineers")) == (arns, arns)


def test_a_list_that_fails_after_its_first_page_keeps_what_it_read_and_removes_nothing(estate: Estate) -> None:
    for number in range(4):
        estate.create_role(FIRST, f"r{number}")
    estate.calls.page(DETAILS, "RoleDetailList", 2)
    paged = estate.calls.rules[DETAILS]
    estate.sync(FIRST)
    estate.create_role(FIRST, "a-new-one")
    before = estate.rows(FIRST)
    estate.calls.refuse(DETAILS, "ServiceFailure", after=1)
    refused = estate.calls.rules[DETAILS]
    estate.calls.on(DETAILS, lambda parameters, answer: refused(parameters, lambda: paged(parameters, answer)))
    with pytest.raises(Upstream):
        estate.sync(FIRST, "second")
    assert estate.rows(FIRST) >= before


def test_a_slow_snapshot_never_replaces_what_was_seen_later(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "old-team"})
    estate.sync(FIRST)
    estate.tag_role(FIRST, "app", consoleme_authorized="new-team")
    later = estate.clock.now() + 1000

    def meanwhile(_: object, answer: object) -> dict[str, object]:
        del estate.calls.rules[DETAILS]
        assert callable(answer)
        stale: dict[str, object] = answer()
        estate.tag_role(FIRST, "app", consoleme_authorized="newest-team")
        now = estate.clock.seconds
        estate.clock.seconds = later
        estate.container().inventory.refresh.sync_account.run("fast", FIRST)
        estate.clock.seconds = now
        return stale

    estate.calls.on(DETAILS, meanwhile)
    slow = estate.container().inventory.refresh.sync_account.run("slow", FIRST)
    estate.deliver()
    assert slow.written == 0
    page = estate.role_page(FIRST, "app")
    known, _ = estate.container().inventory.resources.find(app) or pytest.fail("it was written")
    assert (page.role.tags[TAG], known.observed_at) == ("newest-team", later)
    assert estate.rights("group:newest-team") == {app}


def test_a_lost_row_does_not_take_the_others_of_its_batch_with_it(estate: Estate) -> None:
    arns = [estate.create_role(FIRST, f"r{number}") for number in range(6)]
    estate.sync(FIRST)
    store = estate.container().inventory.resources
    for arn in (arns[0], arns[3]):
        _, detail = store.find(arn) or pytest.fail("it was written")
        newer = ResourceWrite(arn=arn, name="r", content_hash="newer", tags={}, owner=None, granted={}, detail=detail)
        assert store.write(FIRST, "iam_role", [newer], estate.clock.now() + 1000) == set()
    for number in range(5):
        estate.tag_role(FIRST, f"r{number}", cost_center="2")
    assert estate.sync(FIRST, "second").written == 3
    marks = {arn: known.content_hash for arn, known in store.of_scope(FIRST, "iam_role").items()}
    assert [arn for arn in arns if marks[arn] == "newer"] == [arns[0], arns[3]]


def test_a_role_seen_later_is_not_swept(estate: Estate) -> None:
    for name in ("a", "b", "c"):
        estate.create_role(FIRST, name)
    estate.clock.advance(100)
    estate.sync(FIRST)
    estate.iam(FIRST).delete_role(RoleName="a")
    estate.clock.advance(-50)
    assert estate.sync(FIRST, "slow").removed == 0
    assert names(estate.rows(FIRST)) == {"a", "b", "c"}


def test_most_roles_gone_at_once_is_held_until_a_second_look_agrees(estate: Estate) -> None:
    for number in range(15):
        estate.create_role(FIRST, f"r{number:02d}", {TAG: "engineers"})
    estate.sync(FIRST)
    for number in range(12):
        estate.iam(FIRST).delete_role(RoleName=f"r{number:02d}")
    held = estate.sync(FIRST, "second")
    assert (held.status, held.removed, len(estate.rows(FIRST))) == ("succeeded", 0, 15)
    assert held.warning.startswith("12 of 15 were missing")
    assert len(estate.rights("group:engineers")) == 15
    agreed = estate.sync(FIRST, "third")
    assert (agreed.removed, agreed.warning, len(estate.rows(FIRST))) == (12, None, 3)
    assert len(estate.rights("group:engineers")) == 3


def test_a_list_that_recovers_forgets_what_was_held(estate: Estate) -> None:
    for number in range(12):
        estate.create_role(FIRST, f"r{number:02d}")
    estate.sync(FIRST)
    nothing = {"RoleDetailList": [], "IsTruncated": False}
    estate.calls.on(DETAILS, lambda _, __: nothing)
    assert estate.sync(FIRST, "second").warning
    estate.calls.rules.clear()
    assert estate.sync(FIRST, "third").warning is None
    estate.calls.on(DETAILS, lambda _, __: nothing)
    assert estate.sync(FIRST, "fourth").warning
    assert len(estate.rows(FIRST)) == 12
