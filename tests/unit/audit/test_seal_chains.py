"""The sealer: what it reads, what it keeps, and when it stops."""

from dataclasses import dataclass, field

import pytest

from chalicelib.audit.chain import BEGINNING, CHAIN_OPEN
from chalicelib.audit.reports import LAST_SEAL, LastSeal
from chalicelib.audit.seal_chains import SealChains
from chalicelib.audit.seals import ChainHead, Seal, Sighting, advanced, carried, has_lost, in_turn, search_from
from chalicelib.core.errors import Throttled
from chalicelib.db.leases import Lease
from tests.support.audit_log import AuditWorld, MemoryArchive, MemoryLeases, MemoryNotes, MemoryTable
from tests.support.clock import START, FrozenClock

HEAD = ChainHead(begun_at=START, count=3, digest="d3", read_at=START)


def seal(**chains: ChainHead) -> Seal:
    return Seal(number=1, sealed_at=START, found_until=START, previous=BEGINNING, chains=chains)


class TestHeads:
    def test_a_head_only_ever_grows(self) -> None:
        assert advanced(HEAD, Sighting(5, "d5"), START + 1).count == 5
        for seen in (None, Sighting(2, "d2"), Sighting(3, "other")):
            kept = advanced(HEAD, seen, START + 1)
            assert (kept.count, kept.digest, kept.read_at) == (3, "d3", START + 1)

    @pytest.mark.parametrize(
        ("seen", "lost"),
        [
            (Sighting(3, "d3"), False),
            (Sighting(4, "d4"), False),
            (None, True),
            (Sighting(2, "d2"), True),
            (Sighting(3, "other"), True),
        ],
    )
    def test_a_chain_that_is_shorter_or_other_has_lost(self, seen: Sighting | None, *, lost: bool) -> None:
        assert has_lost(HEAD, seen) is lost

    def test_a_chain_that_was_found_and_holds_nothing_has_lost_nothing(self) -> None:
        assert has_lost(ChainHead(begun_at=START), None) is False

    def test_a_chain_is_closed_when_nothing_can_be_on_its_way_any_more(self) -> None:
        assert advanced(HEAD, None, START + CHAIN_OPEN - 1).closed is False
        assert advanced(HEAD, None, START + CHAIN_OPEN).closed is True

    def test_who_waited_longest_is_looked_at_first_and_closed_chains_never(self) -> None:
        chains = {
            "b": HEAD,
            "a": HEAD,
            "new": ChainHead(begun_at=START),
            "closed": HEAD.model_copy(update={"closed": True, "read_at": 0}),
        }
        assert in_turn(chains) == ("new", "a", "b")

    def test_a_closed_chain_is_carried_while_it_could_be_found_again(self) -> None:
        closed = HEAD.model_copy(update={"closed": True})
        old = closed.model_copy(update={"begun_at": START - CHAIN_OPEN})
        found = carried(seal(young=closed, old=old, open=HEAD), {"young": START, "new": START + 5})
        assert found == {"young": closed, "open": HEAD, "new": ChainHead(begun_at=START + 5)}

    def test_the_search_looks_back_as_far_as_a_chain_stays_open(self) -> None:
        assert search_from(seal(), START + 300) == START - CHAIN_OPEN
        assert search_from(None, START) == START - CHAIN_OPEN


@dataclass
class SlowTable(MemoryTable):
    """Each batch of looks takes a while."""

    clock: FrozenClock = field(default_factory=FrozenClock)
    looks: list[str] = field(default_factory=list)

    def end(self, writer: str) -> Sighting | None:
        self.looks.append(writer)
        self.clock.advance(10)
        return super().end(writer)


def test_time_that_runs_out_leaves_chains_for_the_next_seal_which_looks_at_them_first() -> None:
    clock = FrozenClock()
    world = AuditWorld(clock=clock, table=SlowTable(clock=clock))
    for number in range(100):
        world.write(f"n{number}", seconds=0)
    first = world.seal()
    assert (first.chains, first.unread) == (100, 36)
    unread = {writer for writer, head in world.archive.seal(1).chains.items() if not head.read_at}
    assert len(unread) == 36
    assert isinstance(world.table, SlowTable)
    world.table.looks.clear()
    assert world.seal().unread == 36
    assert unread <= set(world.table.looks)
    world.seal()
    assert world.verify().findings == ()


def test_a_chain_that_lost_entries_is_told_and_its_head_is_kept() -> None:
    world = AuditWorld()
    chain = world.write("a", 3)
    world.seal()
    del world.table.chains[chain][f"{2:012d}"]
    report = world.seal()
    assert report.lost == (chain,)
    assert world.archive.seal(2).chains[chain].count == 3


def test_a_seal_is_made_even_when_nothing_happened() -> None:
    world = AuditWorld()
    assert [world.seal().number for _ in range(3)] == [1, 2, 3]
    assert world.archive.seal(3).previous == world.archive.seal(2).digest


def test_what_was_sealed_last_is_noted_for_people() -> None:
    notes, clock = MemoryNotes(), FrozenClock()
    sealer = SealChains(
        chains=MemoryTable(), archive=MemoryArchive(clock), leases=MemoryLeases(), notes=notes, clock=clock
    )
    sealer.run()
    assert notes.find(LAST_SEAL, LastSeal) == LastSeal(number=1, sealed_at=START, chains=0)


def test_nothing_is_read_while_somebody_else_seals_and_the_lease_is_given_back_after_an_error() -> None:
    given_back: list[Lease] = []

    class Held(MemoryLeases):
        def take(self, target: str, owner: str, seconds: int) -> Lease:
            raise Throttled("held")

    class Noted(MemoryLeases):
        def release(self, lease: Lease) -> None:
            given_back.append(lease)

    class Broken(MemoryTable):
        def begun(self, after: int, until: int) -> dict[str, int]:
            raise Throttled("busy")

    clock = FrozenClock()
    for table, leases in ((Broken(), Noted()), (MemoryTable(), Held())):
        archive = MemoryArchive(clock)
        with pytest.raises(Throttled):
            SealChains(chains=table, archive=archive, leases=leases, notes=MemoryNotes(), clock=clock).run()
        assert archive.seals == {}
    assert len(given_back) == 1
