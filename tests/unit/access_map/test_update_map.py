"""The writer of the authorisation map: idempotent, in order, and never stopped by one bad message."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib.access.models import GrantChange, GrantMessage, RoleGrant
from chalicelib.access.store import AccessStore, AccountFreshness
from chalicelib.access.update_map import FreshnessMessage, UpdateMap
from tests.support.aws import aws_tables
from tests.support.builders import grant, role_arn
from tests.support.calls import AwsCalls, watched
from tests.support.clock import START, FrozenClock

ADA, BEN = "user:ada", "group:ben"
DAY = 86_400


@dataclass(frozen=True)
class Record:
    message_id: str
    group: str
    body: str


@dataclass
class World:
    clock: FrozenClock
    calls: AwsCalls
    store: AccessStore
    writer: UpdateMap

    def tell(self, identity: str, *changes: tuple[str, RoleGrant | None], at: int = START) -> bool:
        self.calls.clear()
        return self.writer.apply(message(identity, *changes, at=at))

    def arns(self, identity: str) -> set[str]:
        held = self.store.identity(identity).held
        return {arn for arn, role in held.items() if role.grant is not None}

    @property
    def writes(self) -> int:
        return self.calls.count("TransactWriteItems")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    clock = FrozenClock()
    with aws_tables(monkeypatch), watched(monkeypatch) as calls:
        store = AccessStore(clock)
        yield World(clock, calls, store, UpdateMap(store=store, clock=clock))


def message(identity: str, *changes: tuple[str, RoleGrant | None], at: int = START) -> GrantMessage:
    found = tuple(GrantChange(role_arn=arn, grant=held, observed_at=at) for arn, held in changes)
    return GrantMessage(identity=identity, changes=found)


def record(number: int, told: GrantMessage | FreshnessMessage | str, group: str = ADA) -> Record:
    return Record(f"m{number}", group, told if isinstance(told, str) else told.model_dump_json())


def test_a_right_is_given_and_taken(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    assert world.arns(ADA) == {role_arn()}
    assert world.store.of_role(role_arn()) == {ADA: grant()}
    world.tell(ADA, (role_arn(), None), at=START + 1)
    assert world.arns(ADA) == set()
    assert world.store.of_role(role_arn()) == {}


def test_the_same_message_twice_changes_nothing(world: World) -> None:
    assert world.tell(ADA, (role_arn(), grant()))
    before = world.store.identity(ADA)
    assert not world.tell(ADA, (role_arn(), grant()))
    assert world.writes == 0
    assert world.store.identity(ADA) == before


def test_what_is_held_already_is_not_written_again(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    assert not world.tell(ADA, (role_arn(), grant()), at=START + 100)
    assert world.writes == 0


def test_an_older_word_never_replaces_a_newer_one(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()), at=START + 10)
    assert not world.tell(ADA, (role_arn(), None), at=START + 9)
    assert world.arns(ADA) == {role_arn()}


def test_a_late_word_does_not_bring_back_a_right_that_ended(world: World) -> None:
    world.tell(ADA, (role_arn(), None), at=START + 10)
    assert not world.tell(ADA, (role_arn(), grant()), at=START + 9)
    assert world.arns(ADA) == set()


def test_of_one_second_the_last_word_counts(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    assert world.tell(ADA, (role_arn(), None))
    assert world.arns(ADA) == set()


def test_a_change_of_one_role_leaves_the_others_alone(world: World) -> None:
    world.tell(ADA, (role_arn("a"), grant(role_arn("a"))), (role_arn("b"), grant(role_arn("b"))))
    world.tell(ADA, (role_arn("a"), None), at=START + 1)
    assert world.arns(ADA) == {role_arn("b")}
    assert set(world.store.of_role(role_arn("b"))) == {ADA}


def test_a_right_that_ended_is_remembered_for_two_days(world: World) -> None:
    world.tell(ADA, (role_arn("old"), None))
    world.clock.advance(2 * DAY - 1)
    world.tell(ADA, (role_arn("a"), grant(role_arn("a"))), at=world.clock.now())
    assert role_arn("old") in world.store.identity(ADA).held
    world.clock.advance(1)
    world.tell(ADA, (role_arn("b"), grant(role_arn("b"))), at=world.clock.now())
    assert set(world.store.identity(ADA).held) == {role_arn("a"), role_arn("b")}


def test_a_long_message_is_written_in_parts_that_a_transaction_takes(world: World) -> None:
    arns = [role_arn(f"r{number}") for number in range(130)]
    world.tell(ADA, *((arn, grant(arn)) for arn in arns))
    assert world.arns(ADA) == set(arns)
    assert world.writes == 4


def test_a_lost_race_is_repeated_from_what_is_there_now(world: World) -> None:
    world.tell(ADA, (role_arn("mine"), grant(role_arn("mine"))))
    other = UpdateMap(store=AccessStore(world.clock), clock=world.clock)

    def intrude(_: object, answer: object) -> dict[str, object]:
        del world.calls.rules["TransactWriteItems"]
        other.apply(message(ADA, (role_arn("theirs"), grant(role_arn("theirs")))))
        assert callable(answer)
        said: dict[str, object] = answer()
        return said

    world.calls.on("TransactWriteItems", intrude)
    world.tell(ADA, (role_arn("late"), grant(role_arn("late"))))
    assert world.arns(ADA) == {role_arn("mine"), role_arn("theirs"), role_arn("late")}


def test_of_a_batch_only_what_failed_comes_again(world: World) -> None:
    batch = [
        record(0, message(ADA, (role_arn("a"), grant(role_arn("a"))))),
        record(1, "no message at all", group="broken"),
        record(2, message(BEN, (role_arn("b"), grant(role_arn("b")))), group=BEN),
    ]
    assert world.writer.take(batch) == ("m1",)
    assert (world.arns(ADA), world.arns(BEN)) == ({role_arn("a")}, {role_arn("b")})


def test_what_follows_a_failure_in_its_group_waits_behind_it(world: World) -> None:
    batch = [
        record(0, '{"identity": "user:ada"}'),
        record(1, message(ADA, (role_arn("a"), grant(role_arn("a"))))),
        record(2, message(BEN, (role_arn("b"), grant(role_arn("b")))), group=BEN),
        record(3, message(ADA, (role_arn("c"), grant(role_arn("c"))))),
    ]
    assert world.writer.take(batch) == ("m0", "m1", "m3")
    assert (world.arns(ADA), world.arns(BEN)) == (set(), {role_arn("b")})


def test_a_database_that_refuses_brings_the_message_again(world: World) -> None:
    world.calls.refuse("TransactWriteItems", "ThrottlingException")
    told = record(0, message(ADA, (role_arn(), grant())))
    assert world.writer.take([told]) == ("m0",)
    world.calls.rules.clear()
    assert world.writer.take([told]) == ()
    assert world.arns(ADA) == {role_arn()}


def test_freshness_comes_by_the_same_queue_and_never_goes_back(world: World) -> None:
    def told(at: int) -> FreshnessMessage:
        return FreshnessMessage(fresh={"222222222222": AccountFreshness(name="payments", synced_at=at)})

    assert world.writer.take([record(0, told(START + 5)), record(1, told(START))]) == ()
    assert world.store.accounts() == {"222222222222": AccountFreshness(name="payments", synced_at=START + 5)}


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"identity": "user:ada", "changes": [], "more": 1}', "\x00"])
def test_a_message_of_nobody_is_not_swallowed(world: World, body: str) -> None:
    assert world.writer.take([record(0, body)]) == ("m0",)
