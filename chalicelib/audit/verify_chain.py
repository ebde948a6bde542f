"""One chain against itself and against what the seals say of it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from chalicelib.audit.chain import BEGINNING, genuine
from chalicelib.audit.columns import columns
from chalicelib.audit.findings import Fault, Finding, StoredEntry
from chalicelib.audit.models import ChainedEntry
from chalicelib.audit.seals import ChainHead

LATE = 900
"""Seconds that an entry may be on its way: as long as a function may run."""
LATE_CHAIN = 3600
"""Seconds that the beginning of a chain may be unseen: as long as its index could lag."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What one seal says of a chain."""

    seal: int
    head: ChainHead


@dataclass(frozen=True, slots=True)
class ChainReport:
    entries: int
    findings: tuple[Finding, ...]


def check_chain(writer: str, rows: Iterable[StoredEntry], witnesses: Sequence[Witness]) -> ChainReport:
    """`witnesses` in the order of their seals; `rows` as the table gives them, by place."""
    check = _Check(writer)
    entries = 0
    for stored in rows:
        entries += 1
        check.take(stored)
    check.compare(witnesses)
    return ChainReport(entries, tuple(check.found))


class _Check:
    def __init__(self, writer: str) -> None:
        self.found: list[Finding] = []
        self._writer = writer
        self._digests: dict[int, str] = {}
        self._moments: dict[int, int] = {}
        self._next = 0
        self._previous: str | None = BEGINNING
        """Digest of the entry before; None when that one is missing or can't be read."""

    def take(self, stored: StoredEntry) -> None:
        if not stored.place.isdecimal():
            self._add(Fault.ALTERED, None, f"a row that no writer wrote stands at {stored.place[:40]!r}")
            return
        number = int(stored.place)
        if number > self._next:
            self._add(Fault.MISSING, self._next, f"{_entries(self._next, number)} missing")
            self._previous = None
        self._next = number + 1
        link = _link(stored)
        if link is None:
            self._add(Fault.ALTERED, number, f"entry {number} can't be read")
            self._previous = None
            return
        self._judge(stored, link, number)
        self._digests[number], self._moments[number] = link.digest, link.occurred_at
        self._previous = link.digest

    def _judge(self, stored: StoredEntry, link: ChainedEntry, number: int) -> None:
        if (link.writer, link.number) != (self._writer, number):
            place = f"entry {link.number} of chain {link.writer[:40]}"
            self._add(Fault.MOVED, number, f"at the place of entry {number} stands {place}")
        elif not genuine(link):
            self._add(Fault.ALTERED, number, f"entry {number} is not what was written")
        elif self._previous is not None and link.previous != self._previous:
            self._add(Fault.FORKED, number, f"entry {number} does not follow the entry before it")
        wrong = [name for name, value in columns(link).items() if getattr(stored, name) != value]
        if wrong:
            self._add(Fault.ALTERED, number, f"entry {number} is found by another {' and '.join(wrong)} than it says")

    def compare(self, witnesses: Sequence[Witness]) -> None:
        before: Witness | None = None
        for witness in witnesses:
            if before is None or witness.head.count > before.head.count:
                self._compare_end(witness)
            if before is not None:
                self._refuse_late(before, witness.head.count)
            before = witness
        if before is not None:
            self._refuse_late(before, self._next)
            if before.head.closed and self._next > before.head.count:
                text = f"entry {before.head.count} was added after seal {before.seal} had closed the chain"
                self._add(Fault.LATE, before.head.count, text, before.seal)

    def _compare_end(self, witness: Witness) -> None:
        count = witness.head.count
        if not count:
            return
        if not self._next:
            self._once(
                Fault.MISSING, 0, f"the whole chain is missing; seal {witness.seal} counted {count}", witness.seal
            )
        elif self._next < count:
            text = f"{_entries(self._next, count)} cut off; seal {witness.seal} counted {count}"
            self._once(Fault.CUT_OFF, self._next, text, witness.seal)
        elif (stands := self._digests.get(count - 1)) is not None and stands != witness.head.digest:
            text = f"entry {count - 1} is another than seal {witness.seal} saw: the chain was written anew"
            self._once(Fault.FORKED, count - 1, text, witness.seal)

    def _refuse_late(self, before: Witness, until: int) -> None:
        """What came after the look of a seal must not say that it is older than that."""
        oldest = before.head.read_at - LATE
        for number in range(before.head.count, until):
            if (moment := self._moments.get(number)) is not None and moment < oldest:
                text = f"entry {number} says it is of {moment}, but was not there when seal {before.seal} looked"
                self._add(Fault.LATE, number, text, before.seal)
                return

    def _once(self, fault: Fault, number: int, text: str, seal: int) -> None:
        """One seal is enough to tell it."""
        if not any(finding.fault is fault and finding.seal is not None for finding in self.found):
            self._add(fault, number, text, seal)

    def _add(self, fault: Fault, number: int | None, text: str, seal: int | None = None) -> None:
        self.found.append(
            Finding(fault=fault, chain=self._writer, number=number, seal=seal, text=f"chain {self._writer}: {text}")
        )


def _entries(start: int, end: int) -> str:
    return f"entry {start} is" if end - start == 1 else f"entries {start} to {end - 1} are"


def _link(stored: StoredEntry) -> ChainedEntry | None:
    try:
        return ChainedEntry.model_validate_json(stored.link)
    except ValidationError:
        return None
