import gzip
import json
import random
import string

import pytest

from chalicelib.access import store as store_module
from chalicelib.access.models import RoleGrant
from chalicelib.access.store import AccessRow, AccessStore, AccountFreshness, HeldRole, IdentityRoles
from chalicelib.core.errors import Conflict
from chalicelib.core.ids import ulid
from chalicelib.core.principals import SessionKind
from chalicelib.identity.models import Session
from chalicelib.identity.store import SessionStore
from tests.support.aws import round_trips
from tests.support.builders import caller, grant, role_arn
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def store(clock: FrozenClock) -> AccessStore:
    return AccessStore(clock)


def held(*grants: RoleGrant, at: int = START) -> dict[str, HeldRole]:
    return {found.role_arn: HeldRole(grant=found, observed_at=at) for found in grants}


def give(store: AccessStore, identity: str, *grants: RoleGrant) -> IdentityRoles:
    store.replace(store.identity(identity), held(*grants), [found.role_arn for found in grants])
    return store.identity(identity)


class TestWriting:
    def test_what_was_written_is_read_back_with_its_version(self, store: AccessStore) -> None:
        one, other = grant(role_arn("one"), not_after=START + 9), grant(role_arn("other"), cli_only=True)
        written = give(store, "user:written", one, other)
        assert (written.version, written.shards) == (1, 1)
        assert written.held == held(one, other)

    def test_an_identity_that_nobody_wrote_has_version_nought(self, store: AccessStore) -> None:
        assert store.identity("user:unknown") == IdentityRoles(identity="user:unknown", held={}, version=0, shards=0)

    def test_of_two_writers_who_read_the_same_the_second_is_refused(self, store: AccessStore) -> None:
        before = give(store, "user:raced", grant(role_arn("first")))
        store.replace(before, held(grant(role_arn("second"))), [role_arn("second")])
        with pytest.raises(Conflict):
            store.replace(before, held(grant(role_arn("third"))), [role_arn("third")])
        assert list(store.identity("user:raced").held) == [role_arn("second")]
        assert "user:raced" not in store.of_role(role_arn("third"))

    def test_of_two_first_writers_the_second_is_refused(self, store: AccessStore) -> None:
        nothing = store.identity("user:new")
        store.replace(nothing, held(grant(role_arn("a"))), [role_arn("a")])
        with pytest.raises(Conflict):
            store.replace(nothing, held(grant(role_arn("b"))), [role_arn("b")])

    def test_a_role_that_was_taken_away_is_remembered_with_its_time_and_grants_nothing(
        self, store: AccessStore
    ) -> None:
        arn = role_arn("taken")
        before = give(store, "user:loser", grant(arn))
        store.replace(before, {arn: HeldRole(grant=None, observed_at=START + 1)}, [arn])
        after = store.identity("user:loser")
        assert after.held == {arn: HeldRole(grant=None, observed_at=START + 1)}
        assert store.of_role(arn) == {}
        assert store.rights(caller("loser")).grants == {"user:loser": ()}

    def test_it_is_one_round_trip(self, store: AccessStore) -> None:
        before = store.identity("user:counted")
        with round_trips() as calls:
            store.replace(
                before, held(*(grant(role_arn(f"r{n}")) for n in range(50))), [role_arn(f"r{n}") for n in range(50)]
            )
        assert calls == ["dynamodb.TransactWriteItems"]

    def test_what_does_not_fit_into_one_item_is_spread_and_drawn_together_again(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(store_module, "SHARD_ROLES", 3)
        many = [grant(role_arn(f"r{n}")) for n in range(8)]
        spread = give(store, "user:large", *many)
        assert spread.shards == 3
        assert spread.held == held(*many)
        assert {found.role_arn for found in store.rights(caller("large")).grants["user:large"]} == {
            found.role_arn for found in many
        }
        store.replace(spread, held(*many[:2]), [])
        shrunk = store.identity("user:large")
        assert (shrunk.shards, shrunk.version, shrunk.held) == (1, 2, held(*many[:2]))
        assert len(list(AccessRow.query("ID#user:large"))) == 1

    def test_a_shard_is_compressed_json_of_the_same_bytes_for_the_same_roles(self, store: AccessStore) -> None:
        one, other = grant(role_arn("a")), grant(role_arn("b"))
        give(store, "user:first", one, other)
        give(store, "user:second", other, one)
        first, second = (AccessRow.get(f"ID#user:{name}", "ROLES#0").roles for name in ("first", "second"))
        assert first == second
        assert first is not None
        assert set(json.loads(gzip.decompress(first))) == {one.role_arn, other.role_arn}

    def test_as_many_roles_as_one_shard_holds_fit_into_one_item(self) -> None:
        ends = random.Random(1)  # noqa: S311 names, not secrets
        letters = string.ascii_uppercase + string.digits
        arns = [
            role_arn(f"team-{n % 40}-Role-{''.join(ends.choices(letters, k=12))}", f"{n % 500 * 7919:012d}")
            for n in range(store_module.SHARD_ROLES)
        ]
        packed = store_module._packed(
            {arn: HeldRole(grant=grant(arn), observed_at=START + n) for n, arn in enumerate(arns)}
        )
        assert [len(pack) < 350_000 for pack in packed] == [True]


class TestTheWayBack:
    def test_a_role_knows_every_identity_that_may_use_it(self, store: AccessStore) -> None:
        arn = role_arn("shared")
        give(store, "user:one", grant(arn))
        give(store, "group:two", grant(arn, cli_only=True), grant(role_arn("other")))
        assert store.of_role(arn) == {"user:one": grant(arn), "group:two": grant(arn, cli_only=True)}

    def test_it_follows_a_change_of_the_grant(self, store: AccessStore) -> None:
        arn = role_arn("changed")
        before = give(store, "user:changed", grant(arn))
        store.replace(before, held(grant(arn, cli_only=True)), [arn])
        assert store.of_role(arn)["user:changed"].cli_only is True

    def test_a_role_that_nobody_may_use_has_none(self, store: AccessStore) -> None:
        assert store.of_role(role_arn("nobodys")) == {}

    def test_a_role_whose_arn_another_begins_with_is_another(self, store: AccessStore) -> None:
        give(store, "user:near", grant(role_arn("near-by")))
        assert store.of_role(role_arn("near")) == {}


class TestRights:
    def test_a_caller_gets_their_session_their_rows_and_the_accounts_in_one_look(
        self, store: AccessStore, clock: FrozenClock
    ) -> None:
        session = Session(
            session_id=ulid(),
            user="looker",
            groups=frozenset({"g"}),
            kind=SessionKind.CLI,
            method="test",
            address="",
            created_at=START,
            expires_at=START + 60,
        )
        SessionStore(clock).add(session)
        give(store, "user:looker", grant(role_arn("mine")))
        give(store, "group:g", grant(role_arn("ours")))
        give(store, "user:stranger", grant(role_arn("theirs")))
        store.set_fresh({"222222222222": AccountFreshness(name="prod", synced_at=START)})
        with round_trips() as calls:
            rights = store.rights(caller("looker", "g", "unknown", session_id=session.session_id))
        assert calls == ["dynamodb.TransactGetItems"]
        assert rights.session == session
        assert rights.grants == {"user:looker": (grant(role_arn("mine")),), "group:g": (grant(role_arn("ours")),)}
        assert rights.accounts["222222222222"].name == "prod"

    @pytest.mark.parametrize(("identities", "calls"), [(1, 1), (2, 1), (98, 1), (99, 2), (200, 3)])
    def test_98_identities_cost_one_round_trip_and_each_98_more_another(
        self, store: AccessStore, identities: int, calls: int
    ) -> None:
        names = [f"n{identities}-{number:03d}" for number in range(identities - 1)]
        granted = {*names[:1], *names[90::100], *names[-1:]}
        for name in granted:
            give(store, f"group:{name}", grant(role_arn(name)))
        with round_trips() as seen:
            rights = store.rights(caller(f"many-{identities}", *names))
        assert seen == ["dynamodb.TransactGetItems"] * calls
        assert set(rights.grants) == {f"group:{name}" for name in granted}

    def test_a_session_that_has_ended_is_none(self, store: AccessStore, clock: FrozenClock) -> None:
        assert store.rights(caller("nobody", session_id=ulid())).session is None


class TestFreshness:
    @pytest.fixture(autouse=True)
    def nothing_is_known(self) -> None:
        AccessRow("FRESHNESS", "ACCOUNTS").delete()

    def test_nothing_is_known_before_the_first_sync(self, store: AccessStore) -> None:
        assert store.accounts() == {}

    def test_it_never_goes_back(self, store: AccessStore) -> None:
        store.set_fresh({"1": AccountFreshness(name="new", synced_at=START)})
        store.set_fresh({"1": AccountFreshness(name="old", synced_at=START - 1)})
        assert store.accounts() == {"1": AccountFreshness(name="new", synced_at=START)}

    def test_accounts_that_are_not_named_stay_as_they_were(self, store: AccessStore) -> None:
        one, two = AccountFreshness(name="one", synced_at=START), AccountFreshness(name="two", synced_at=START + 5)
        store.set_fresh({"1": one})
        store.set_fresh({"2": two})
        assert store.accounts() == {"1": one, "2": two}

    def test_of_two_syncs_in_one_second_the_second_may_rename(self, store: AccessStore) -> None:
        store.set_fresh({"1": AccountFreshness(name="one", synced_at=START)})
        store.set_fresh({"1": AccountFreshness(name="renamed", synced_at=START)})
        assert store.accounts()["1"].name == "renamed"

    def test_of_two_writers_at_once_the_second_is_refused_and_nothing_is_lost(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store.set_fresh({"1": AccountFreshness(name="one", synced_at=START)})
        read = AccessRow.get("FRESHNESS", "ACCOUNTS")
        store.set_fresh({"2": AccountFreshness(name="two", synced_at=START)})
        monkeypatch.setattr(AccessRow, "get", lambda *_, **__: read)
        with pytest.raises(Conflict):
            store.set_fresh({"3": AccountFreshness(name="three", synced_at=START)})
        monkeypatch.undo()
        assert set(store.accounts()) == {"1", "2"}
