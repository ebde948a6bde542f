"""Any log that honest writers and the sealer made is whole; any log that somebody touched is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from chalicelib.audit.chain import BEGINNING, chained
from tests.support.audit_log import AuditWorld, stored
from tests.support.builders import audit_entry

WRITERS = st.sampled_from(["a", "b", "c"])
STEPS = st.one_of(
    st.tuples(st.just("write"), WRITERS, st.integers(1, 4), st.integers(0, 4000)),
    st.tuples(st.just("write"), WRITERS, st.integers(1, 4), st.integers(0, 60)),
    st.tuples(st.just("doubt"), WRITERS, st.booleans()),
    st.tuples(st.just("seal"), st.integers(1, 900)),
    st.tuples(st.just("late index"), WRITERS),
    st.tuples(st.just("outage"), st.integers(3600, 40 * 3600)),
)
HISTORIES = st.lists(STEPS, min_size=1, max_size=25)


def lived(history: list[tuple[Any, ...]]) -> AuditWorld:
    """A log after all of it, with every entry sealed."""
    world = AuditWorld()
    world.seal()
    for step in [*history, ("write", "a", 2, 1), ("write", "b", 2, 1)]:
        match step:
            case ("write", name, count, seconds):
                world.write(name, count, seconds=seconds)
            case ("doubt", name, written):
                world.doubt(name, written=written)
            case ("seal", seconds):
                world.table.unseen = set()
                world.seal(seconds=seconds)
            case ("late index", name):
                writer = world.writers.get(name)
                world.table.unseen = {writer.chain} if writer and not writer.links else set()
            case ("outage", seconds):
                world.clock.advance(seconds)
    world.table.unseen = set()
    for _ in range(4):
        world.seal()
    return world


Crime = Callable[[AuditWorld, Callable[..., Any]], str]
"""Falsifies something, and tells in which chain."""


def drop(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    del world.table.chains[chain][f"{number:012d}"]
    return chain


def alter(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    link = world.links(chain)[number]
    changed = draw(
        st.sampled_from(
            [
                {"entry": audit_entry("harmless")},
                {"occurred_at": link.occurred_at + 1},
                {"writer": "somebody"},
                {"number": link.number + 1},
                {"previous": "e" * 64},
                {"digest": "e" * 64},
            ]
        )
    )
    place = f"{number:012d}"
    world.table.chains[chain][place] = replace(stored(link.model_copy(update=changed)), place=place)
    return chain


def alter_a_column(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    place = f"{number:012d}"
    row = world.table.chains[chain][place]
    other: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"day": "2020-01-01"},
                {"person": "user:x"},
                {"target": "x"},
                {"occurred_at": row.occurred_at - 1},
                {"begun": "2020-01-01T00" if row.begun is None else None},
            ]
        )
    )
    world.table.chains[chain][place] = replace(row, **other)
    return chain


def rewrite(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    world.rewrite(chain, number)
    return chain


def reorder(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain = draw(st.sampled_from(sorted(name for name, rows in world.table.chains.items() if len(rows) > 1)))
    rows = world.table.chains[chain]
    one, other = draw(st.lists(st.sampled_from(sorted(rows)), min_size=2, max_size=2, unique=True))
    rows[one], rows[other] = replace(rows[other], place=one), replace(rows[one], place=other)
    return str(chain)


def truncate(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    rows = world.table.chains[chain]
    for place in [place for place in rows if int(place) >= number]:
        del rows[place]
    return chain


def insert_and_number_anew(world: AuditWorld, draw: Callable[..., Any]) -> str:
    chain, number = somewhere(world, draw)
    links = world.links(chain)
    entries = [(link.entry, link.occurred_at) for link in links]
    entries.insert(number, (audit_entry("inserted"), links[number].occurred_at))
    previous, made = BEGINNING, []
    for place, (entry, moment) in enumerate(entries):
        made.append(chained(entry, writer=chain, number=place, occurred_at=moment, previous=previous))
        previous = made[-1].digest
    world.put_back(chain, made)
    return chain


def insert_a_chain(world: AuditWorld, draw: Callable[..., Any]) -> str:
    """Of a time that was sealed: it is hidden from the index of beginnings, or appears too late."""
    sealed = world.archive.seal(max(world.archive.seals))
    moment = sealed.found_until - 3600 - draw(st.integers(1, 600))
    link = chained(audit_entry("x"), writer="forged", number=0, occurred_at=moment, previous=BEGINNING)
    world.table.put("forged", stored(link, **draw(st.sampled_from([{}, {"begun": None}]))))
    if draw(st.booleans()):
        world.seal()
    return "forged"


def somewhere(world: AuditWorld, draw: Callable[..., Any]) -> tuple[str, int]:
    chain = draw(st.sampled_from(sorted(name for name, rows in world.table.chains.items() if rows)))
    return chain, draw(st.integers(0, len(world.table.chains[chain]) - 1))


CHAIN_CRIMES = [
    drop,
    alter,
    alter_a_column,
    rewrite,
    reorder,
    truncate,
    insert_and_number_anew,
    insert_a_chain,
]


def whole_logs_have_no_finding(examples: int) -> None:
    @hypothesis.settings(max_examples=examples)
    @hypothesis.given(HISTORIES, st.integers(1, 100))
    def prove(history: list[tuple[Any, ...]], cut: int) -> None:
        world = lived(history)
        assert world.verify().findings == ()
        position = world.verify(until=min(cut, max(world.archive.seals))).position
        assert world.verify(position).findings == ()

    prove()


def crimes_are_named(crime: Crime, examples: int) -> None:
    @hypothesis.settings(max_examples=examples)
    @hypothesis.given(HISTORIES, st.data())
    def prove(history: list[tuple[Any, ...]], data: st.DataObject) -> None:
        world = lived(history)
        chain = crime(world, data.draw)
        assert chain in {finding.chain for finding in world.verify().findings}

    prove()


def test_a_log_that_nobody_touched_has_no_finding_from_its_beginning_or_any_position() -> None:
    whole_logs_have_no_finding(60)


@pytest.mark.parametrize("crime", CHAIN_CRIMES, ids=lambda crime: crime.__name__)
def test_whatever_is_done_to_a_sealed_chain_is_found_and_the_chain_is_named(crime: Crime) -> None:
    crimes_are_named(crime, 60)


@pytest.mark.long
def test_thousands_of_logs_that_nobody_touched_have_no_finding() -> None:
    whole_logs_have_no_finding(3_000)


@pytest.mark.long
@pytest.mark.parametrize("crime", CHAIN_CRIMES, ids=lambda crime: crime.__name__)
def test_whatever_is_done_to_one_of_thousands_of_logs_is_found(crime: Crime) -> None:
    crimes_are_named(crime, 2_000)


SEAL_CRIMES: dict[str, Callable[[AuditWorld, int], None]] = {
    "dropped": lambda world, number: world.archive.seals.__delitem__(number),
    "unreadable": lambda world, number: world.archive.damage(number, body=b"{}"),
    "signed by somebody else": lambda world, number: world.archive.lay(
        world.archive.seal(number).model_copy(update={"sealed_at": 1}), "x"
    ),
    "overlaid": lambda world, number: world.archive.damage(number, others=1),
    "unlocked": lambda world, number: world.archive.damage(number, locked_until=None),
    "stored late": lambda world, number: world.archive.damage(number, stored_at=world.clock.now() + 3600),
}


@pytest.mark.parametrize("crime", SEAL_CRIMES)
def test_whatever_is_done_to_a_seal_is_found_and_the_seal_is_named(crime: str) -> None:
    @hypothesis.given(HISTORIES, st.data())
    def prove(history: list[tuple[Any, ...]], data: st.DataObject) -> None:
        world = lived(history)
        # Of the last seals that are gone only their age tells.
        last = max(world.archive.seals)
        number = data.draw(st.integers(1, last - 1 if crime == "dropped" else last))
        SEAL_CRIMES[crime](world, number)
        named: set[int | None] = {finding.seal for finding in world.verify().findings}
        assert number in named

    prove()
