"""The writer of the authorisation map: idempotent, in order, and never stopped by one bad message."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.access.messages import FreshnessMessage, MapMessage, NameMessage, RecomputeMessage
from chalicelib.access.rights import AccountFreshness, GrantChange, RoleGrant, Word
from chalicelib.access.store import AccessStore
from chalicelib.access.update_map import UpdateMap
from chalicelib.access.words import MEMORY
from chalicelib.core.errors import Throttled
from chalicelib.identity.directory.models import Kinds
from tests.support.aws import aws_tables
from tests.support.builders import grant, role_arn
from tests.support.calls import AwsCalls, Crash, watched
from tests.support.clock import START, FrozenClock
from tests.support.rights import claim, held_role, message

ADA, BEN = "user:ada", "group:ben"


@dataclass(frozen=True)
class Record:
    message_id: str
    group: str
    body: str


@dataclass
class Directory:
    """Knows each of `both` as a user's and as a group's name."""

    both: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    silent: bool = False

    def knows(self, names: Iterable[str]) -> dict[str, Kinds]:
        if self.silent:
            raise Throttled("later")
        wanted = list(names)
        self.asked += wanted
        one, two = Kinds(users=frozenset({"hr"})), Kinds(users=frozenset({"hr"}), groups=frozenset({"hr"}))
        return {name: two if name in self.both else one for name in wanted}


@dataclass
class World:
    clock: FrozenClock
    calls: AwsCalls
    store: AccessStore
    directory: Directory = field(default_factory=Directory)
    recomputed: list[RecomputeMessage] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)

    @property
    def writer(self) -> UpdateMap:
        return self.writer_that(self.recomputed.append)

    def writer_that(self, recompute: Callable[[RecomputeMessage], None]) -> UpdateMap:
        return UpdateMap(
            store=self.store,
            names=self.directory,
            recompute=recompute,
            exists=lambda arn: arn not in self.removed,
            clock=self.clock,
        )

    def tell(self, identity: str, *changes: tuple[str, RoleGrant | None], at: int = START) -> bool:
        self.calls.clear()
        return self.writer.apply(message(identity, *changes, at=at))

    def take(self, *told: MapMessage | str, groups: Iterable[str] = ()) -> tuple[str, ...]:
        """By number. Each in its own group, or in `groups`."""
        named = list(groups) or [one.group if not isinstance(one, str) else "broken" for one in told]
        bodies = [one if isinstance(one, str) else one.model_dump_json() for one in told]
        records = [
            Record(f"m{number}", group, body) for number, (group, body) in enumerate(zip(named, bodies, strict=True))
        ]
        return self.writer.take(records)

    def arns(self, identity: str) -> set[str]:
        return {arn for arn, role in self.store.identity(identity).roles.items() if role.stands}

    @property
    def writes(self) -> int:
        return self.calls.count("TransactWriteItems", "PutItem", "BatchWriteItem")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    clock = FrozenClock()
    with aws_tables(monkeypatch), watched(monkeypatch) as calls:
        yield World(clock, calls, AccessStore(clock))


def test_a_right_is_given_and_taken(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    assert world.arns(ADA) == {role_arn()}
    assert world.store.of_role(role_arn()) == {ADA: held_role(grant())}
    world.tell(ADA, (role_arn(), None), at=START + 1)
    assert world.arns(ADA) == set()
    assert world.store.of_role(role_arn()) == {}


def test_the_same_message_twice_changes_nothing(world: World) -> None:
    assert world.tell(ADA, (role_arn(), grant()))
    before = world.store.identity(ADA)
    assert not world.tell(ADA, (role_arn(), grant()))
    assert world.writes == 0
    assert world.store.identity(ADA) == before


def test_an_older_word_never_replaces_a_newer_one(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()), at=START + 10)
    assert not world.tell(ADA, (role_arn(), None), at=START + 9)
    assert world.arns(ADA) == {role_arn()}


def test_a_late_word_does_not_bring_back_a_right_that_ended(world: World) -> None:
    world.tell(ADA, (role_arn(), None), at=START + 10)
    assert not world.tell(ADA, (role_arn(), grant()), at=START + 9)
    assert world.arns(ADA) == set()


def test_a_grant_that_arrives_after_its_role_was_removed_gives_nothing(world: World) -> None:
    world.removed.add(role_arn())
    world.tell(ADA, (role_arn(), grant(sources=("grant request 1",))))
    assert world.arns(ADA) == set()
    assert world.store.of_role(role_arn()) == {}
    world.removed.clear()
    world.tell(ADA, (role_arn(), grant(sources=("grant request 1",))))
    assert world.arns(ADA) == set()


def test_of_one_second_an_end_counts(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    assert world.tell(ADA, (role_arn(), None))
    assert not world.tell(ADA, (role_arn(), grant()))
    assert world.arns(ADA) == set()


def test_a_change_of_one_role_writes_one_identity_one_way_back_and_nothing_else(world: World) -> None:
    world.tell(ADA, (role_arn("a"), grant(role_arn("a"))), (role_arn("b"), grant(role_arn("b"))))
    world.tell(BEN, (role_arn("a"), grant(role_arn("a"))))
    world.tell(ADA, (role_arn("a"), None), at=START + 1)
    written: list[Any] = [body.get("Item") or body["Key"] for body in world.calls.writes_to("access")]
    assert sorted(item["pk"]["S"] for item in written) == [f"ID#{ADA}", f"ROLE#{role_arn('a')}"]
    assert (world.arns(ADA), world.arns(BEN)) == ({role_arn("b")}, {role_arn("a")})
    assert set(world.store.of_role(role_arn("b"))) == {ADA}


def test_a_right_that_ended_is_remembered_for_longer_than_a_queue_keeps_a_message(world: World) -> None:
    world.tell(ADA, (role_arn("old"), None))
    world.clock.advance(MEMORY - 1)
    world.tell(ADA, (role_arn("a"), grant(role_arn("a"))), at=world.clock.now())
    assert role_arn("old") in world.store.identity(ADA).roles
    world.clock.advance(1)
    world.tell(ADA, (role_arn("b"), grant(role_arn("b"))), at=world.clock.now())
    assert set(world.store.identity(ADA).roles) == {role_arn("a"), role_arn("b")}


def test_a_grant_that_is_long_over_loses_its_way_back_with_the_next_write(world: World) -> None:
    world.tell(ADA, (role_arn("old"), grant(role_arn("old"), sources=("grant r1",), not_after=START + 5)))
    assert ADA in world.store.of_role(role_arn("old"))
    world.clock.advance(MEMORY + 5)
    world.tell(ADA, (role_arn("a"), grant(role_arn("a"))), at=world.clock.now())
    assert world.store.of_role(role_arn("old")) == {}
    assert set(world.store.identity(ADA).roles) == {role_arn("a")}


def test_a_long_message_is_written_once_with_its_ways_back_before_it(world: World) -> None:
    arns = [role_arn(f"r{number}") for number in range(130)]
    world.tell(ADA, *((arn, grant(arn)) for arn in arns))
    assert world.arns(ADA) == set(arns)
    assert world.calls.counted()["PutItem"] == 1
    assert all(ADA in world.store.of_role(arn) for arn in arns[::40])


def test_messages_that_follow_each_other_for_one_identity_are_written_together(world: World) -> None:
    told = [message(ADA, (role_arn(f"r{n}"), grant(role_arn(f"r{n}")))) for n in range(5)]
    world.calls.clear()
    assert world.take(*told, message(ADA, (role_arn("r2"), None), at=START + 1)) == ()
    assert world.writes == 1
    assert world.arns(ADA) == {role_arn(f"r{n}") for n in (0, 1, 3, 4)}


def test_a_lost_race_is_repeated_from_what_is_there_now(world: World) -> None:
    world.tell(ADA, (role_arn("mine"), grant(role_arn("mine"))))

    def intrude(_: object, answer: object) -> dict[str, object]:
        del world.calls.rules["TransactWriteItems"]
        world.writer.apply(message(ADA, (role_arn("theirs"), grant(role_arn("theirs")))))
        assert callable(answer)
        said: dict[str, object] = answer()
        return said

    world.calls.on("TransactWriteItems", intrude)
    world.tell(ADA, (role_arn("late"), grant(role_arn("late"))))
    assert world.arns(ADA) == {role_arn("mine"), role_arn("theirs"), role_arn("late")}


def test_of_a_batch_only_what_failed_comes_again(world: World) -> None:
    given = [message(who, (role_arn(name), grant(role_arn(name)))) for who, name in ((ADA, "a"), (BEN, "b"))]
    assert world.take(given[0], "no message at all", given[1]) == ("m1",)
    assert (world.arns(ADA), world.arns(BEN)) == ({role_arn("a")}, {role_arn("b")})


def test_what_follows_a_failure_in_its_group_waits_behind_it(world: World) -> None:
    a, b, c = (
        message(who, (role_arn(name), grant(role_arn(name)))) for who, name in ((ADA, "a"), (BEN, "b"), (ADA, "c"))
    )
    assert world.take('{"identity": "user:ada"}', a, b, c, groups=[ADA, ADA, BEN, ADA]) == ("m0", "m1", "m3")
    assert (world.arns(ADA), world.arns(BEN)) == (set(), {role_arn("b")})


def test_what_came_before_a_failure_in_its_group_is_done(world: World) -> None:
    a, c = (message(ADA, (role_arn(name), grant(role_arn(name)))) for name in "ac")
    assert world.take(a, "no message at all", c, groups=[ADA, ADA, ADA]) == ("m1", "m2")
    assert world.arns(ADA) == {role_arn("a")}


def test_a_database_that_refuses_brings_the_message_again(world: World) -> None:
    world.calls.refuse("TransactWriteItems", "ThrottlingException")
    told = message(ADA, (role_arn(), grant()))
    assert world.take(told) == ("m0",)
    world.calls.rules.clear()
    assert world.take(told) == ()
    assert world.arns(ADA) == {role_arn()}


def test_freshness_comes_by_the_same_queue_and_never_goes_back(world: World) -> None:
    def told(at: int) -> FreshnessMessage:
        return FreshnessMessage(fresh={"222222222222": AccountFreshness(name="payments", synced_at=at)})

    assert world.take(told(START + 5), told(START)) == ()
    assert world.store.accounts() == {"222222222222": AccountFreshness(name="payments", synced_at=START + 5)}


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"identity": "user:ada", "changes": [], "more": 1}', "\x00"])
def test_a_message_of_nobody_is_not_swallowed(world: World, body: str) -> None:
    assert world.take(body) == ("m0",)


def test_roles_that_must_be_looked_at_again_are_handed_on_in_order(world: World) -> None:
    asked = [RecomputeMessage(account_id="222222222222", version=n) for n in (3, 4)]
    assert world.take(*asked) == ()
    assert world.recomputed == asked


def test_a_look_that_fails_comes_again(world: World) -> None:
    def busy(_: RecomputeMessage) -> None:
        raise Throttled("later")

    writer = world.writer_that(busy)
    asked = RecomputeMessage(account_id="222222222222", version=3)
    assert writer.take([Record("m0", asked.group, asked.model_dump_json())]) == ("m0",)


class TestACrashAfterALargeChange:
    """Ways back that end are deleted after the head was written: whoever comes again with the same words deletes them."""

    @pytest.mark.parametrize("skip", [0, 1, 2])
    def test_leaves_ways_back_that_the_same_message_clears_away(self, world: World, skip: int) -> None:
        arns = [role_arn(f"r{number}") for number in range(60)]
        world.tell(ADA, *((arn, grant(arn)) for arn in arns))
        over = message(ADA, *((arn, None) for arn in arns), at=START + 1)
        world.calls.crash("BatchWriteItem", after=False, skip=skip)
        with pytest.raises(Crash):
            world.writer.apply(over)
        assert world.arns(ADA) == set()
        assert any(world.store.of_role(arn) for arn in arns)
        assert not world.writer.apply(over)
        assert not any(world.store.of_role(arn) for arn in arns)


class TestNames:
    """A bare name that the directory knows as a user's and as a group's means nobody."""

    BARE = grant(bare=True)

    def test_a_bare_right_asks_the_directory_and_is_marked(self, world: World) -> None:
        world.directory.both.add("ada")
        world.tell(ADA, (role_arn(), self.BARE))
        assert world.store.identity(ADA).ambiguous

    def test_a_bare_right_of_one_name_is_not_marked(self, world: World) -> None:
        world.tell(ADA, (role_arn(), self.BARE))
        assert world.directory.asked == ["ada"]
        assert not world.store.identity(ADA).ambiguous

    def test_who_holds_nothing_bare_is_not_asked_about(self, world: World) -> None:
        world.tell(ADA, (role_arn(), grant()))
        assert world.directory.asked == []

    def test_a_mark_stays_when_something_explicit_is_written(self, world: World) -> None:
        world.directory.both.add("ada")
        world.tell(ADA, (role_arn(), self.BARE))
        world.tell(ADA, (role_arn("b"), grant(role_arn("b"))))
        assert world.store.identity(ADA).ambiguous

    def test_a_name_that_became_ambiguous_is_marked_and_loses_the_mark_again(self, world: World) -> None:
        world.tell(ADA, (role_arn(), self.BARE))
        world.directory.both.add("ada")
        assert world.take(NameMessage(identity=ADA, sent="1")) == ()
        assert world.store.identity(ADA).ambiguous
        world.directory.both.clear()
        assert world.take(NameMessage(identity=ADA, sent="2")) == ()
        assert not world.store.identity(ADA).ambiguous
        assert world.arns(ADA) == {role_arn()}

    def test_a_look_at_a_name_writes_the_identity_alone_and_only_when_something_changes(self, world: World) -> None:
        world.tell(ADA, (role_arn(), self.BARE))
        world.directory.both.add("ada")
        world.calls.clear()
        assert world.writer.look_at_name(ADA)
        assert [body["Item"]["pk"]["S"] for body in world.calls.writes_to("access")] == [f"ID#{ADA}"]
        world.calls.clear()
        assert not world.writer.look_at_name(ADA)
        assert world.writes == 0

    def test_a_name_that_holds_nothing_is_not_written(self, world: World) -> None:
        world.directory.both.add("ben")
        assert not world.writer.look_at_name(BEN)
        assert world.store.identity(BEN).version == 0

    def test_a_directory_that_does_not_answer_brings_the_message_again(self, world: World) -> None:
        world.directory.silent = True
        assert world.take(message(ADA, (role_arn(), self.BARE))) == ("m0",)
        assert world.arns(ADA) == set()


def test_a_grant_and_a_tag_are_told_apart(world: World) -> None:
    world.tell(ADA, (role_arn(), grant()))
    given = GrantChange(role_arn=role_arn(), words={"grant r1": Word((claim("grant r1"),), START)})
    world.writer.apply(message(ADA).model_copy(update={"changes": (given,)}))
    world.tell(ADA, (role_arn(), grant(sources=())), at=START + 1)
    (held,) = world.store.identity(ADA).roles.values()
    assert [one.source for one in held.claims] == ["grant r1"]
