"""The verifier names what was done to the log, and nothing else."""

from dataclasses import replace

import pytest

from chalicelib.audit.chain import BEGINNING, CHAIN_LIFE, CHAIN_OPEN, chained
from chalicelib.audit.findings import Fault, Position
from chalicelib.audit.verify import Verification
from tests.support.audit_log import AuditWorld, stored
from tests.support.builders import audit_entry


@pytest.fixture
def world() -> AuditWorld:
    """Two chains of six entries, sealed twice."""
    found = AuditWorld()
    found.write("a", 4)
    found.seal()
    found.write("a", 2)
    found.write("b", 6)
    found.seal()
    return found


A, B = "a-1", "b-1"


def faults(verification: Verification) -> list[tuple[Fault, str, int | None]]:
    return [(finding.fault, finding.chain, finding.number) for finding in verification.findings]


def test_a_log_that_nobody_touched_is_whole(world: AuditWorld) -> None:
    found = world.verify()
    assert found.findings == ()
    assert (found.seals, found.chains, found.entries, found.whole) == (2, 2, 12, True)
    assert found.position == Position(number=2, digest=world.archive.seal(2).digest)


def test_entries_that_no_seal_has_seen_yet_are_no_fault(world: AuditWorld) -> None:
    world.write("a", 3)
    world.write("new", 3)
    assert world.verify().findings == ()


def test_a_lost_answer_and_the_new_chain_after_it_are_no_fault(world: AuditWorld) -> None:
    world.doubt("a", written=True)
    world.doubt("b", written=False)
    world.write("a", 2)
    world.write("b", 2)
    world.seal()
    assert world.verify().findings == ()


def test_chains_are_closed_in_time_and_their_writers_go_on_in_new_ones(world: AuditWorld) -> None:
    for _ in range(30):
        world.write("a", 2, seconds=400)
        world.seal(seconds=800)
    assert world.writers["a"].chains > 2
    closed = [seal for seal in map(world.archive.seal, world.archive.seals) if seal.chains.get(A) is not None]
    assert closed[-1].chains[A].closed
    assert A not in world.archive.seal(max(world.archive.seals)).chains
    assert world.verify().findings == ()


def test_a_chain_that_its_index_shows_hours_late_is_sealed_then(world: AuditWorld) -> None:
    world.table.unseen = {"late-1"}
    world.write("late", 2)
    world.seal()
    assert "late-1" not in world.archive.seal(3).chains
    world.table.unseen = set()
    world.seal(seconds=CHAIN_LIFE)
    assert world.archive.seal(4).chains["late-1"].count == 2


def test_the_sealer_catches_up_after_a_long_outage_without_losing_a_chain(world: AuditWorld) -> None:
    for number in range(40):
        world.write(f"n{number}", 2, seconds=4000)
    for _ in range(8):
        world.seal()
    sealed = {writer for seal in map(world.archive.seal, world.archive.seals) for writer in seal.chains}
    assert {f"n{number}-1" for number in range(40)} <= sealed
    assert world.verify().findings == ()


def test_an_altered_entry_is_named(world: AuditWorld) -> None:
    link = world.links(A)[2]
    world.table.chains[A][f"{2:012d}"] = stored(link.model_copy(update={"entry": audit_entry("harmless")}))
    assert faults(world.verify()) == [(Fault.ALTERED, A, 2)]


def test_an_entry_that_is_found_by_another_name_than_it_says_is_named(world: AuditWorld) -> None:
    link = world.links(A)[2]
    world.table.chains[A][f"{2:012d}"] = stored(link, person="user:somebody@example.com")
    found = world.verify()
    assert faults(found) == [(Fault.ALTERED, A, 2)]
    assert "found by another person" in found.findings[0].text


def test_an_entry_that_can_not_be_read_is_named(world: AuditWorld) -> None:
    world.table.chains[A][f"{2:012d}"] = replace(stored(world.links(A)[2]), link="{}")
    assert faults(world.verify()) == [(Fault.ALTERED, A, 2)]


def test_a_missing_entry_is_named(world: AuditWorld) -> None:
    del world.table.chains[A][f"{2:012d}"]
    assert faults(world.verify()) == [(Fault.MISSING, A, 2)]


def test_missing_entries_at_the_beginning_are_named(world: AuditWorld) -> None:
    del world.table.chains[A][f"{0:012d}"], world.table.chains[A][f"{1:012d}"]
    found = world.verify()
    assert faults(found) == [(Fault.MISSING, A, 0)]
    assert "entries 0 to 1 are missing" in found.findings[0].text


def test_a_cut_off_end_is_named_by_the_seal_that_saw_it(world: AuditWorld) -> None:
    for number in (4, 5):
        del world.table.chains[A][f"{number:012d}"]
    found = world.verify()
    assert faults(found) == [(Fault.CUT_OFF, A, 4)]
    assert found.findings[0].seal == 2


def test_a_missing_chain_is_named_once(world: AuditWorld) -> None:
    del world.table.chains[A]
    assert faults(world.verify()) == [(Fault.MISSING, A, 0)]


def test_two_entries_that_changed_places_are_named(world: AuditWorld) -> None:
    chain = world.table.chains[A]
    one, other = f"{1:012d}", f"{2:012d}"
    chain[one], chain[other] = stored(world.links(A)[2], place=one), stored(world.links(A)[1], place=other)
    found = faults(world.verify())
    assert found[:2] == [(Fault.MOVED, A, 1), (Fault.MOVED, A, 2)]


def test_an_entry_of_another_chain_is_named(world: AuditWorld) -> None:
    world.table.chains[A][f"{5:012d}"] = stored(world.links(B)[5])
    assert (Fault.MOVED, A, 5) in faults(world.verify())


def test_a_chain_that_was_written_anew_without_a_seam_differs_from_its_seal(world: AuditWorld) -> None:
    world.rewrite(A, 4)
    found = world.verify()
    assert faults(found) == [(Fault.FORKED, A, 5)]
    assert found.findings[0].seal == 2


def test_a_row_that_no_writer_wrote_is_named(world: AuditWorld) -> None:
    world.table.chains[A]["zzz"] = stored(world.links(A)[5], place="zzz")
    assert (Fault.ALTERED, A, None) in faults(world.verify())


def test_an_entry_that_says_it_is_older_than_a_seal_that_did_not_see_it_is_named(world: AuditWorld) -> None:
    links = world.links(A)
    forged = chained(
        audit_entry("x"), writer=A, number=6, occurred_at=links[0].occurred_at - 1000, previous=links[5].digest
    )
    world.table.put(A, stored(forged))
    assert faults(world.verify()) == [(Fault.LATE, A, 6)]
    world.seal()
    assert faults(world.verify()) == [(Fault.LATE, A, 6)]


def test_an_entry_after_the_end_of_a_closed_chain_is_named(world: AuditWorld) -> None:
    last = world.links(A)[5]
    world.seal(seconds=CHAIN_OPEN)
    now = world.clock.now()
    world.table.put(A, stored(chained(audit_entry("x"), writer=A, number=6, occurred_at=now, previous=last.digest)))
    assert faults(world.verify()) == [(Fault.LATE, A, 6)]


def test_a_chain_that_appears_long_after_it_says_that_it_began_is_named(world: AuditWorld) -> None:
    began = world.clock.now() + 100
    for _ in range(8):
        world.seal(seconds=1000)
    world.table.put(
        "forged", stored(chained(audit_entry("x"), writer="forged", number=0, occurred_at=began, previous=BEGINNING))
    )
    world.seal()
    assert faults(world.verify()) == [(Fault.LATE, "forged", None)]


def test_a_chain_that_no_seal_names_is_named(world: AuditWorld) -> None:
    now = world.clock.now()
    link = chained(audit_entry("x"), writer="hidden", number=0, occurred_at=now, previous=BEGINNING)
    world.table.put("hidden", stored(link, begun=None))
    for _ in range(5):
        world.seal(seconds=1000)
    assert faults(world.verify()) == [(Fault.UNKNOWN, "hidden", None)]


class TestSeals:
    def test_a_missing_seal_is_named(self, world: AuditWorld) -> None:
        world.seal()
        del world.archive.seals[2]
        found = world.verify()
        assert [(one.fault, one.seal) for one in found.findings] == [(Fault.SEAL_MISSING, 2)]

    def test_a_missing_first_seal_is_named(self, world: AuditWorld) -> None:
        del world.archive.seals[1]
        assert [(one.fault, one.seal) for one in world.verify().findings] == [(Fault.SEAL_MISSING, 1)]

    def test_seals_that_were_cut_off_are_missed_because_the_last_one_is_old(self, world: AuditWorld) -> None:
        for _ in range(5):
            world.seal()
        for number in (3, 4, 5, 6, 7):
            del world.archive.seals[number]
        found = world.verify()
        assert [(one.fault, one.seal) for one in found.findings] == [(Fault.SEAL_MISSING, 3)]
        assert "the sealer does not run" in found.findings[0].text

    def test_where_there_is_no_seal_nothing_is_proved(self) -> None:
        assert [one.fault for one in AuditWorld().verify().findings] == [Fault.SEAL_MISSING]

    def test_a_seal_that_another_key_signed_is_named(self, world: AuditWorld) -> None:
        world.archive.lay(world.archive.seal(2).model_copy(update={"chains": {}}), "another key's")
        found = world.verify()
        assert [(one.fault, one.seal) for one in found.findings] == [(Fault.SEAL_ALTERED, 2)]

    def test_a_seal_that_can_not_be_read_is_named(self, world: AuditWorld) -> None:
        world.archive.damage(2, body=b"")
        assert [(one.fault, one.seal) for one in world.verify().findings] == [(Fault.SEAL_ALTERED, 2)]

    def test_a_seal_that_does_not_follow_the_one_before_is_named(self, world: AuditWorld) -> None:
        other = world.archive.seal(2).model_copy(update={"previous": "f" * 64})
        del world.archive.seals[2]
        world.archive.add(other)
        assert (Fault.SEAL_ALTERED, 2) in [(one.fault, one.seal) for one in world.verify().findings]

    def test_a_seal_that_no_longer_names_an_open_chain_is_named(self, world: AuditWorld) -> None:
        seal = world.archive.seal(2)
        other = seal.model_copy(update={"chains": {B: seal.chains[B]}})
        del world.archive.seals[2]
        world.archive.add(other)
        assert (Fault.SEAL_ALTERED, A, None) in faults(world.verify())

    def test_a_seal_that_was_stored_long_after_it_says_is_named(self, world: AuditWorld) -> None:
        world.archive.damage(2, stored_at=world.clock.now() + 1000)
        assert [(one.fault, one.seal) for one in world.verify().findings] == [(Fault.SEAL_ALTERED, 2)]

    def test_something_laid_over_a_seal_and_a_seal_without_a_lock_are_named(self, world: AuditWorld) -> None:
        world.archive.damage(1, others=1)
        world.archive.damage(2, locked_until=None)
        found = [(one.fault, one.seal) for one in world.verify().findings]
        assert found == [(Fault.SEAL_REWRITTEN, 1), (Fault.SEAL_UNLOCKED, 2)]


class TestFromAPosition:
    def test_what_was_verified_is_not_read_again_and_new_seals_are(self, world: AuditWorld) -> None:
        first = world.verify()
        world.write("a", 2)
        world.seal()
        found = world.verify(first.position)
        assert (found.seals, found.findings) == (1, ())
        assert found.position is not None
        assert found.position.number == 3

    def test_an_entry_of_a_chain_that_is_still_open_is_named(self, world: AuditWorld) -> None:
        position = world.verify().position
        world.rewrite(A, 0)
        world.seal()
        assert (Fault.FORKED, A, 5) in faults(world.verify(position))

    def test_a_seal_that_was_verified_and_changed_since_is_named(self, world: AuditWorld) -> None:
        position = world.verify().position
        world.archive.lay(world.archive.seal(2).model_copy(update={"chains": {}}), "x")
        assert Fault.SEAL_ALTERED in [one.fault for one in world.verify(position).findings]

    def test_a_seal_that_was_verified_and_is_gone_is_named(self, world: AuditWorld) -> None:
        position = world.verify().position
        del world.archive.seals[2]
        assert Fault.SEAL_MISSING in [one.fault for one in world.verify(position).findings]

    def test_a_bad_seal_is_told_again_until_a_good_one_follows(self, world: AuditWorld) -> None:
        position = world.verify().position
        world.seal()
        world.archive.damage(3, body=b"{}")
        found = world.verify(position)
        assert (found.position, [one.fault for one in found.findings]) == (position, [Fault.SEAL_ALTERED])

    def test_time_that_runs_out_leaves_a_position_to_carry_on_from(self, world: AuditWorld) -> None:
        found = world.verify(end_at=world.clock.now())
        assert (found.whole, found.position, found.findings) == (False, None, ())
        assert world.verify(until=1).position == Position(number=1, digest=world.archive.seal(1).digest)
