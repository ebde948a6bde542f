"""The authorisation map in its table: what is written together, what is read together, and what a crash leaves."""

import hashlib
from collections.abc import Iterable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.access import packing, read_store
from chalicelib.access import store as store_module
from chalicelib.access.packing import bucket_of
from chalicelib.access.read_store import IdentityRoles
from chalicelib.access.rights import AccountFreshness, HeldRole, Holding, RoleGrant
from chalicelib.access.row_store import AccessRow
from chalicelib.access.store import AccessStore
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Caller, SessionKind
from chalicelib.identity.models import Session
from chalicelib.identity.store import SessionStore
from tests.support.aws import round_trips
from tests.support.builders import caller, grant, role_arn
from tests.support.calls import Answer, Crash, Rule, watched
from tests.support.clock import START, FrozenClock
from tests.support.rights import held_role
from tests.support.waves import waves

pytestmark = pytest.mark.usefixtures("tables")


@pytest.fixture
def store(clock: FrozenClock) -> AccessStore:
    return AccessStore(clock)


def held(*grants: RoleGrant, at: int = START) -> dict[str, HeldRole]:
    return {found.role_arn: held_role(found, at) for found in grants}


def give(store: AccessStore, identity: str, *grants: RoleGrant) -> IdentityRoles:
    store.replace(store.identity(identity), held(*grants), [found.role_arn for found in grants])
    return store.identity(identity)


def arns(count: int) -> list[str]:
    return [role_arn(f"r{number:03d}") for number in range(count)]


def several(count: int, at: int = START) -> dict[str, HeldRole]:
    return held(*(grant(arn) for arn in arns(count)), at=at)


def rows_of(identity: str) -> set[str]:
    return {row.sk for row in AccessRow.query(f"ID#{identity}")}


class TestWriting:
    def test_what_was_written_is_read_back_with_its_version(self, store: AccessStore) -> None:
        one, other = grant(role_arn("one"), not_after=START + 9), grant(role_arn("other"), cli_only=True)
        written = give(store, "user:written", one, other)
        assert (written.version, written.parts, written.ambiguous) == (1, (), False)
        assert written.roles == held(one, other)

    def test_an_identity_that_nobody_wrote_has_version_nought(self, store: AccessStore) -> None:
        assert store.identity("user:unknown") == IdentityRoles("user:unknown")

    @pytest.mark.parametrize("changed", [1, 51], ids=["in one transaction", "in several calls"])
    def test_of_two_writers_who_read_the_same_the_second_is_refused(self, store: AccessStore, changed: int) -> None:
        identity = f"user:raced-{changed}"
        before = give(store, identity, grant(role_arn("first")))
        store.replace(before, held(grant(role_arn("second"))), [role_arn("second")])
        with pytest.raises(Conflict):
            store.replace(before, several(changed), arns(changed))
        assert list(store.identity(identity).roles) == [role_arn("second")]

    @pytest.mark.parametrize("changed", [1, 51], ids=["in one transaction", "in several calls"])
    def test_of_two_first_writers_the_second_is_refused(self, store: AccessStore, changed: int) -> None:
        nothing = store.identity(f"user:new-{changed}")
        store.replace(nothing, several(changed), arns(changed))
        with pytest.raises(Conflict):
            store.replace(nothing, several(changed), arns(changed))

    def test_a_role_that_was_taken_away_is_remembered_and_has_no_way_back(self, store: AccessStore) -> None:
        arn = role_arn("taken")
        before = give(store, "user:loser", grant(arn))
        over = HeldRole(None, START + 1, {})
        store.replace(before, {arn: over}, [arn])
        assert store.identity("user:loser").roles == {arn: over}
        assert store.of_role(arn) == {}

    def test_fifty_changes_are_one_round_trip(self, store: AccessStore) -> None:
        before = store.identity("user:counted")
        with round_trips() as calls:
            store.replace(before, several(50), arns(50))
        assert calls == ["dynamodb.TransactWriteItems"]

    def test_more_are_written_way_back_first_and_ended_way_back_last(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = give(store, "user:many", grant(role_arn("old")))
        with watched(monkeypatch) as calls:
            store.replace(before, several(60), [*arns(60), role_arn("old")])
        assert [name for name, _ in calls.seen] == ["BatchWriteItem"] * 3 + ["PutItem"] + ["BatchWriteItem"]
        assert store.identity("user:many").roles == several(60)
        assert "user:many" in store.of_role(role_arn("r059"))
        assert "user:many" not in store.of_role(role_arn("old"))

    def test_the_mark_of_an_ambiguous_name_stays_until_it_is_taken_away(self, store: AccessStore) -> None:
        before = give(store, "user:two", grant(role_arn("a")))
        store.replace(before, before.roles, (), ambiguous=True)
        marked = store.identity("user:two")
        assert (marked.ambiguous, marked.version, marked.roles) == (True, 2, before.roles)
        store.replace(marked, several(1), arns(1))
        assert store.identity("user:two").ambiguous
        assert store.holdings(["user:two"])["user:two"].ambiguous
        store.replace(store.identity("user:two"), several(1), (), ambiguous=False)
        assert not store.identity("user:two").ambiguous


class TestManyRoles:
    """What does not fit into the head is in parts."""

    @pytest.fixture(autouse=True)
    def small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(store_module, "HEAD_LIMIT", 2000)
        monkeypatch.setattr(packing, "PART_LIMIT", 1200)
        monkeypatch.setattr(packing, "_AIM", 900)

    def spread(self, store: AccessStore, identity: str, count: int = 250) -> IdentityRoles:
        store.replace(store.identity(identity), unlike(count), ())
        return store.identity(identity)

    def test_they_are_drawn_together_again(self, store: AccessStore) -> None:
        spread = self.spread(store, "user:large")
        assert len(spread.parts) >= 4
        assert spread.roles == unlike(250)
        assert store.holdings(["user:large"]) == {"user:large": Holding(unlike(250))}
        assert store.rights(caller("large")).holdings == {"user:large": Holding(unlike(250))}

    def test_one_changed_role_reads_and_writes_one_part(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = self.spread(store, "user:touched")
        arn = next(iter(before.roles))
        with watched(monkeypatch) as calls:
            part = store.identity("user:touched", {arn})
            changed = held_role(grant(arn, cli_only=True))
            store.replace(part, {**part.roles, arn: changed}, [arn])
        assert part.loaded == {bucket_of(arn, len(before.parts))}
        assert set(part.roles) == {one for one in before.roles if bucket_of(one, len(before.parts)) in part.loaded}
        written = [body["Item"]["sk"]["S"].split("#")[0] for body in calls.writes_to("access")]
        assert sorted(written) == ["HEAD", "ID", "PART"]
        after = store.identity("user:touched")
        assert after.roles == {**before.roles, arn: changed}
        assert len(set(after.parts) & set(before.parts)) == len(before.parts) - 1

    def test_a_part_that_grows_too_large_makes_more_parts(self, store: AccessStore) -> None:
        before = self.spread(store, "user:grows")
        news = unlike(400)
        part = store.identity("user:grows", [next(iter(news))])
        mine = {arn: one for arn, one in news.items() if bucket_of(arn, len(before.parts)) in part.loaded}
        crowd = {role_arn(f"{arn.rpartition('/')[2]}-{n}"): held_role(grant(arn)) for arn in mine for n in range(12)}
        crowd = {arn: one for arn, one in crowd.items() if bucket_of(arn, len(before.parts)) in part.loaded}
        store.replace(part, {**part.roles, **crowd}, ())
        after = store.identity("user:grows")
        assert len(after.parts) > len(before.parts)
        assert after.roles == {**before.roles, **crowd}

    def test_what_shrinks_goes_back_into_the_head(self, store: AccessStore) -> None:
        spread = self.spread(store, "user:shrinks")
        store.replace(spread, several(2), ())
        assert (store.identity("user:shrinks").parts, store.identity("user:shrinks").roles) == ((), several(2))

    def test_what_shrinks_part_by_part_goes_back_into_the_head_too(self, store: AccessStore) -> None:
        spread = self.spread(store, "user:dwindles")
        for number in range(len(spread.parts)):
            mine = [arn for arn in spread.roles if bucket_of(arn, len(spread.parts)) == number]
            now = store.identity("user:dwindles", mine[:1])
            if not now.parts:
                break
            store.replace(now, {arn: now.roles[arn] for arn in mine[:2]}, ())
        left = store.identity("user:dwindles")
        assert left.parts == ()
        assert set(left.roles) <= set(spread.roles)

    def test_of_two_writers_of_parts_the_second_is_refused(self, store: AccessStore) -> None:
        before = self.spread(store, "user:raced-parts")
        arn = next(iter(before.roles))
        one, other = store.identity("user:raced-parts", [arn]), store.identity("user:raced-parts", [arn])
        store.replace(one, {**one.roles, arn: held_role(grant(arn, cli_only=True))}, [arn])
        with pytest.raises(Conflict):
            store.replace(other, other.roles, [arn])
        whole = store.identity("user:raced-parts")
        store.replace(whole, before.roles, ())
        with pytest.raises(Conflict):
            store.replace(one, {}, [])

    def test_replaced_parts_stay_while_somebody_may_be_reading_and_go_at_a_later_write(
        self, store: AccessStore, clock: FrozenClock
    ) -> None:
        first = self.spread(store, "user:sweeps")
        store.replace(first, unlike(250, at=START + 1), ())
        second = store.identity("user:sweeps")
        assert {*first.parts, *second.parts} <= rows_of("user:sweeps")
        clock.advance(store_module.GRACE)
        store.replace(second, unlike(250, at=START + 2), ())
        assert set(first.parts) <= rows_of("user:sweeps")
        clock.advance(1)
        store.replace(store.identity("user:sweeps"), unlike(250, at=START + 3), ())
        third = store.identity("user:sweeps")
        assert not {*first.parts, *second.parts} & rows_of("user:sweeps")
        assert third.roles == unlike(250, at=START + 3)

    def test_parts_of_a_writer_that_crashed_are_swept_too(
        self, store: AccessStore, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = self.spread(store, "user:crashed")
        with watched(monkeypatch) as calls:
            calls.crash("TransactWriteItems", after=False)
            with pytest.raises(Crash):
                store.replace(first, unlike(250, at=START + 1), ())
        assert store.identity("user:crashed").roles == first.roles
        left = rows_of("user:crashed") - {*first.parts, "HEAD"}
        assert left
        clock.advance(store_module.GRACE + 1)
        store.replace(first, unlike(250, at=START + 2), ())
        assert not left & rows_of("user:crashed")

    def test_a_sweep_that_fails_fails_nobody(self, store: AccessStore, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.spread(store, "user:unswept")
        with watched(monkeypatch) as calls:
            calls.refuse("Query", "InternalServerError")
            store.replace(first, unlike(250, at=START + 1), ())
        assert store.identity("user:unswept").version == 2

    def test_a_reader_whose_parts_are_gone_is_told_to_try_again(self, store: AccessStore) -> None:
        spread = self.spread(store, "user:asleep")
        AccessRow("ID#user:asleep", spread.parts[0]).delete()
        with pytest.raises(Throttled, match="Try again"):
            store.rights(caller("asleep"))
        with pytest.raises(Throttled, match="Try again"):
            store.identity("user:asleep")


def unlike(count: int, at: int = START) -> dict[str, HeldRole]:
    """Roles that gzip finds little in common of."""
    names = (hashlib.sha256(str(number).encode()).hexdigest()[:12] for number in range(count))
    return held(*(grant(role_arn(name)) for name in names), at=at)


class TestACrash:
    """At each call of a large change, before and after it took effect; then the same change comes again."""

    @pytest.mark.parametrize("after", [False, True], ids=["before it took effect", "after it took effect"])
    @pytest.mark.parametrize(
        ("operation", "skip"),
        [
            ("BatchWriteItem", 0),
            ("BatchWriteItem", 1),
            ("PutItem", 0),
            ("BatchWriteItem", 2),
            ("BatchWriteItem", 3),
        ],
    )
    def test_leaves_nothing_that_a_later_run_does_not_heal(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch, *, operation: str, skip: int, after: bool
    ) -> None:
        identity = f"user:{ulid().lower()}"
        before = give(store, identity, *(grant(role_arn(f"old{n}")) for n in range(40)))
        wanted, changed = several(40), [*arns(40), *before.roles]
        with watched(monkeypatch) as calls:
            calls.crash(operation, after=after, skip=skip)
            with pytest.raises(Crash):
                store.replace(before, wanted, changed)
        now = store.identity(identity)
        assert now.roles in (before.roles, wanted)
        # Whoever has the role is never missing among its holders.
        assert all(identity in store.of_role(arn) for arn in now.roles)
        if now.version == before.version:
            store.replace(now, wanted, changed)
        else:
            store.end_ways_back(identity, before.roles)
        assert store.identity(identity).roles == wanted
        assert {arn for arn in changed if identity in store.of_role(arn)} == set(wanted)


class TestTheWayBack:
    def test_a_role_knows_every_identity_that_holds_it(self, store: AccessStore) -> None:
        arn = role_arn("shared")
        give(store, "user:one", grant(arn))
        give(store, "group:two", grant(arn, cli_only=True), grant(role_arn("other")))
        assert store.of_role(arn) == {
            "user:one": held_role(grant(arn)),
            "group:two": held_role(grant(arn, cli_only=True)),
        }

    def test_it_follows_a_change_of_the_right(self, store: AccessStore) -> None:
        arn = role_arn("changed")
        before = give(store, "user:changed", grant(arn))
        store.replace(before, held(grant(arn, cli_only=True)), [arn])
        assert store.of_role(arn)["user:changed"] == held_role(grant(arn, cli_only=True))

    def test_a_role_that_nobody_holds_has_none(self, store: AccessStore) -> None:
        assert store.of_role(role_arn("nobodys")) == {}

    def test_a_role_whose_arn_another_begins_with_is_another(self, store: AccessStore) -> None:
        give(store, "user:near", grant(role_arn("near-by")))
        assert store.of_role(role_arn("near")) == {}


def session(clock: FrozenClock, user: str, groups: Iterable[str]) -> Session:
    found = Session(
        session_id=ulid(),
        user=user,
        groups=frozenset(groups),
        kind=SessionKind.CLI,
        method="test",
        address="",
        created_at=START,
        renewed_at=START,
        expires_at=START + 60,
        ends_at=START + 60,
    )
    SessionStore(clock).add(found)
    return found


class TestRights:
    def test_a_caller_gets_their_session_their_rows_and_the_accounts_in_one_look(
        self, store: AccessStore, clock: FrozenClock
    ) -> None:
        mine = session(clock, "looker", ["g"])
        give(store, "user:looker", grant(role_arn("mine")))
        give(store, "group:g", grant(role_arn("ours")))
        give(store, "user:stranger", grant(role_arn("theirs")))
        store.set_fresh({"222222222222": AccountFreshness(name="prod", synced_at=START)})
        with round_trips() as calls:
            rights = store.rights(caller("looker", "g", "unknown", session_id=mine.session_id))
        assert calls == ["dynamodb.TransactGetItems"]
        assert rights.session == mine
        assert rights.holdings == {
            "user:looker": Holding(held(grant(role_arn("mine")))),
            "group:g": Holding(held(grant(role_arn("ours")))),
        }
        assert rights.accounts["222222222222"].name == "prod"

    def test_a_session_that_has_ended_is_none(self, store: AccessStore) -> None:
        assert store.rights(caller("nobody", session_id=ulid())).session is None

    def test_groups_that_only_the_session_row_knows_are_looked_up_in_a_second_wave(
        self, store: AccessStore, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mine = session(clock, "crowded", [f"c{n}" for n in range(100)])
        give(store, "group:c77", grant(role_arn("ours")))
        who = caller("crowded", session_id=mine.session_id, groups_known=False)
        with waves(monkeypatch, 1, 2):
            rights = store.rights(who)
        assert rights.holdings == {"group:c77": Holding(held(grant(role_arn("ours"))))}

    def test_groups_of_a_session_that_has_ended_are_nobodys(self, store: AccessStore) -> None:
        with round_trips() as calls:
            store.rights(caller("gone", session_id=ulid(), groups_known=False))
        assert len(calls) == 1

    def test_a_row_that_is_being_written_is_asked_for_again(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        give(store, "user:busy", grant(role_arn("mine")))
        with watched(monkeypatch) as calls:
            calls.on("TransactGetItems", _conflicts(2))
            assert "user:busy" in store.rights(caller("busy")).holdings
            assert calls.count("TransactGetItems") == 3
            calls.on("TransactGetItems", _conflicts(3))
            with pytest.raises(Throttled, match="being written"):
                store.rights(caller("busy"))


def _conflicts(times: int) -> Rule:
    """AWS refuses a transaction that meets a writer."""
    left = times

    def rule(_: dict[str, Any], answer: Answer) -> dict[str, Any]:
        nonlocal left
        if not left:
            return answer()
        left -= 1
        said: Any = {
            "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
            "CancellationReasons": [{"Code": "TransactionConflict", "Message": "busy"}],
        }
        raise ClientError(said, "TransactGetItems")

    return rule


class TestWaves:
    """However many groups somebody is in, the calls go out together."""

    def person(self, store: AccessStore, clock: FrozenClock, groups: int) -> tuple[Caller, set[str]]:
        names = [f"w{groups}-{number:03d}" for number in range(groups)]
        granted = {*names[:1], *names[55:62], *names[90::50], *names[-1:]}
        for name in granted:
            give(store, f"group:{name}", grant(role_arn(name)))
        mine = session(clock, f"many-{groups}", names)
        return caller(mine.user, *names, session_id=mine.session_id), granted

    @pytest.mark.parametrize(
        ("groups", "calls"), [(0, 1), (1, 1), (57, 1), (58, 2), (98, 2), (117, 2), (118, 3), (200, 4)]
    )
    def test_it_is_one_wave_session_and_freshness_included(
        self, store: AccessStore, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch, groups: int, calls: int
    ) -> None:
        who, granted = self.person(store, clock, groups)
        with waves(monkeypatch, calls) as seen:
            rights = store.rights(who)
        assert set(seen) == {"TransactGetItems"}
        assert rights.session is not None
        assert set(rights.holdings) == {f"group:{name}" for name in granted if groups}

    def test_two_thousand_roles_out_of_a_hundred_thousand_are_one_wave(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(50):
            roles = {role_arn(f"team-{number}/application-{n}"): held_role(grant()) for n in range(2000)}
            store.replace(IdentityRoles(f"group:team-{number}"), roles, ())
        with waves(monkeypatch, 1):
            rights = store.rights(caller("member", "team-7"))
        assert len(rights.holdings["group:team-7"].roles) == 2000

    def test_parts_of_all_their_groups_are_one_wave_more(
        self, store: AccessStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(store_module, "HEAD_LIMIT", 100)
            for name in ("big1", "big2"):
                give(store, f"group:{name}", *(grant(arn) for arn in arns(20)))
        with waves(monkeypatch, 1, 1) as seen:
            rights = store.rights(caller("owner", "big1", "big2"))
        assert seen == ["TransactGetItems", "BatchGetItem"]
        assert {name: len(holding.roles) for name, holding in rights.holdings.items()} == {
            "group:big1": 20,
            "group:big2": 20,
        }

    def test_a_transaction_never_has_more_items_than_their_sizes_allow(
        self, store: AccessStore, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        who, _ = self.person(store, clock, 130)
        with watched(monkeypatch) as calls:
            store.rights(who)
        sizes = [len(parameters["TransactItems"]) for _, parameters in calls.seen]
        assert sum(sizes) == 133
        assert max(sizes) == read_store.GETS


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
