"""One resource, read again now: it takes the same road as a refresh of its account, and no slow look undoes it."""

import pytest

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.core.errors import AccessDeniedByAws, InvalidInput, NotFound
from chalicelib.inventory.refresh_one import Refreshed
from chalicelib.inventory.store import TOMBSTONE, InventoryRow
from tests.support.estate import FIRST, TAG, Estate

DETAILS = "GetAccountAuthorizationDetails"
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}'


@pytest.fixture(autouse=True)
def _directory(estate: Estate) -> None:
    estate.begin()


def look(estate: Estate, arn: str, who: str = "") -> Refreshed:
    estate.clock.advance(1)
    found = estate.container().inventory.refresh.one.run(arn, who=who)
    estate.deliver()
    return found


def test_a_new_role_is_known_with_its_rights_and_found_by_search(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"}, Path="/team/")
    found = look(estate, app)
    assert (found.changed, found.kind, found.account_id, found.messages) == (True, "iam_role", FIRST, 2)
    assert (estate.rows(FIRST), estate.rights("group:engineers"), estate.searched(FIRST)) == ({app}, {app}, {app})


def test_what_was_read_alone_is_what_a_listing_tells(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"}, Description="Deploys", MaxSessionDuration=7200)
    iam = estate.iam(FIRST)
    managed = iam.create_policy(PolicyName="Shared", PolicyDocument=POLICY)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="app", PolicyArn=managed)
    iam.put_role_policy(RoleName="app", PolicyName="own", PolicyDocument=POLICY)
    iam.create_instance_profile(InstanceProfileName="app")
    iam.add_role_to_instance_profile(InstanceProfileName="app", RoleName="app")
    look(estate, app)
    assert estate.sync(FIRST).written == 0


def test_a_look_at_what_did_not_change_writes_nothing_however_often(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    look(estate, app)
    estate.calls.clear()
    assert [look(estate, app).changed for _ in range(3)] == [False] * 3
    assert estate.calls.writes_to(estate.table) == []


def test_a_removed_role_is_gone_at_once_and_a_slow_listing_does_not_bring_it_back(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    other = estate.create_role(FIRST, "other")
    estate.sync(FIRST)

    def meanwhile(_: object, answer: object) -> dict[str, object]:
        del estate.calls.rules[DETAILS]
        assert callable(answer)
        stale: dict[str, object] = answer()
        estate.iam(FIRST).delete_role(RoleName="app")
        estate.tag_role(FIRST, "other", cost_center="1")
        assert look(estate, app).record is None
        return stale

    estate.calls.on(DETAILS, meanwhile)
    estate.sync(FIRST, "slow")
    assert (estate.rows(FIRST), estate.rights("group:engineers"), estate.searched(FIRST)) == ({other}, set(), {other})


def test_one_that_came_and_went_during_a_slow_listing_leaves_only_a_tombstone(estate: Estate) -> None:
    def meanwhile(_: object, answer: object) -> dict[str, object]:
        del estate.calls.rules[DETAILS]
        app = estate.create_role(FIRST, "app", {TAG: "engineers"})
        assert callable(answer)
        stale: dict[str, object] = answer()
        estate.iam(FIRST).delete_role(RoleName="app")
        look(estate, app)
        return stale

    estate.calls.on(DETAILS, meanwhile)
    estate.sync(FIRST, "slow")
    assert estate.rows(FIRST) == set()
    stone = InventoryRow.get(f"RES#arn:aws:iam::{FIRST}:role/app", "META", consistent_read=True)
    assert [name for name in ("scope", "content_hash") if getattr(stone, name)] == []
    assert int(stone.expires_at or 0) == int(stone.observed_at or 0) + TOMBSTONE


def test_what_a_reader_guesses_writes_nothing_and_what_they_find_gone_is_gone(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    look(estate, app)
    estate.calls.clear()
    one = estate.container().inventory.refresh.one
    assert one.run(f"arn:aws:iam::{FIRST}:role/guessed", told=False).record is None
    assert estate.calls.writes_to(estate.table) == []
    estate.iam(FIRST).delete_role(RoleName="app")
    estate.clock.advance(1)
    assert one.run(app, told=False).record is None
    assert estate.rows(FIRST) == set()


def test_a_role_that_is_made_again_is_known_again(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    look(estate, app)
    estate.iam(FIRST).delete_role(RoleName="app")
    look(estate, app)
    estate.create_role(FIRST, "app", {TAG: "ops"})
    assert look(estate, app).changed
    assert (estate.rows(FIRST), estate.rights("group:ops")) == ({app}, {app})
    assert estate.sync(FIRST).written == 0


def test_an_arn_without_its_path_finds_the_role_and_the_row_has_the_path(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", Path="/team/payments/")
    assert look(estate, f"arn:aws:iam::{FIRST}:role/app").arn == app
    assert estate.rows(FIRST) == {app}


def test_a_role_that_moved_to_another_path_is_not_known_twice(estate: Estate) -> None:
    old = estate.create_role(FIRST, "app", {TAG: "engineers"}, Path="/old/")
    look(estate, old)
    estate.iam(FIRST).delete_role(RoleName="app")
    new = estate.create_role(FIRST, "app", {TAG: "engineers"}, Path="/new/")
    look(estate, old)
    assert (estate.rows(FIRST), estate.rights("group:engineers")) == ({new}, {new})


def test_what_cannot_be_read_stays_as_it_was(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.sync(FIRST)
    estate.calls.refuse("GetRole", "AccessDenied")
    with pytest.raises(AccessDeniedByAws):
        look(estate, app)
    assert (estate.rows(FIRST), estate.rights("group:engineers")) == ({app}, {app})


def test_what_is_no_arn_is_refused(estate: Estate) -> None:
    with pytest.raises(InvalidInput):
        look(estate, "app")


def test_a_role_of_an_account_that_nobody_knows_or_that_is_suspended_is_not_read(estate: Estate) -> None:
    with pytest.raises(NotFound, match="No account is known"):
        look(estate, "arn:aws:iam::999999999999:role/app")
    app = estate.create_role(FIRST, "app")
    suspended = Account(account_id=FIRST, name="payments-prod", status=AccountStatus.SUSPENDED)
    estate.container().inventory.accounts.put(suspended, estate.clock.now())
    estate.calls.clear()
    with pytest.raises(NotFound, match="SUSPENDED"):
        look(estate, app)
    assert estate.calls.count("GetRole") == 0
