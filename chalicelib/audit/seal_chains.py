"""Every five minutes: looks where each chain ends, and seals what it saw. One at a time, and never longer than it may."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

from chalicelib.audit.reports import LAST_SEAL, LastSeal, SealReport
from chalicelib.audit.seals import (
    ChainHead,
    Seal,
    Sighting,
    advanced,
    carried,
    has_lost,
    in_turn,
    next_seal,
    search_from,
)
from chalicelib.core.clock import Clock
from chalicelib.core.ids import ulid
from chalicelib.core.model import Frozen
from chalicelib.db.leases import Lease
from chalicelib.db.notes import Note
from chalicelib.observability import MetricUnit, logger, metrics

_TARGET = "audit-seals"
_LONGEST = 330
"""Seconds of the lease: more than the function may run."""
_READING = 200
"""Seconds for looking at chains; what is not reached then keeps its head until the next seal, and is looked at first."""
_AT_ONCE = 16
_SEARCH = 48 * 3600
"""Seconds of beginnings that are searched at once, after an outage."""


class Chains(Protocol):
    def begun(self, after: int, until: int) -> dict[str, int]: ...

    def end(self, writer: str) -> Sighting | None: ...


class Archive(Protocol):
    def last(self, hint: int = 0) -> Seal | None: ...

    def add(self, seal: Seal) -> None: ...


class Leases(Protocol):
    def take(self, target: str, owner: str, seconds: int) -> Lease: ...

    def release(self, lease: Lease) -> None: ...


class Notes(Protocol):
    def find(self, name: str, kind: type[Note]) -> Note | None: ...

    def put(self, name: str, note: Frozen) -> None: ...


class SealChains:
    def __init__(self, *, chains: Chains, archive: Archive, leases: Leases, notes: Notes, clock: Clock) -> None:
        self._chains = chains
        self._archive = archive
        self._leases = leases
        self._notes = notes
        self._clock = clock

    def run(self) -> SealReport:
        """Raises Throttled while another seals, Conflict when one has sealed meanwhile, and what the stores raise."""
        with self._alone():
            last = self._archive.last(self._hint())
            now = self._clock.now()
            since = search_from(last, now)
            until = min(now, since + _SEARCH)
            chains = carried(last, self._chains.begun(since, until))
            looked = self._look(chains)
            lost = tuple(sorted(writer for writer, (_, gone) in looked.items() if gone))
            heads = chains | {writer: head for writer, (head, _) in looked.items()}
            seal = next_seal(last, heads, found_until=until, now=now)
            self._archive.add(seal)
            self._notes.put(LAST_SEAL, LastSeal(number=seal.number, sealed_at=now, chains=len(heads)))
        if lost:
            logger.error("audit chains are shorter than they were sealed", extra={"chains": lost[:20]})
        metrics.add_metric(name="AuditChainsLost", unit=MetricUnit.Count, value=len(lost))
        unread = len(in_turn(chains)) - len(looked)
        return SealReport(number=seal.number, sealed_at=now, chains=len(heads), unread=unread, lost=lost)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lease = self._leases.take(_TARGET, ulid(), _LONGEST)
        try:
            yield
        finally:
            self._leases.release(lease)

    def _hint(self) -> int:
        note = self._notes.find(LAST_SEAL, LastSeal)
        return note.number if note else 0

    def _look(self, chains: dict[str, ChainHead]) -> dict[str, tuple[ChainHead, bool]]:
        """The new head of each chain that was reached in time, and whether the chain has lost entries."""
        end = self._clock.now() + _READING
        found: dict[str, tuple[ChainHead, bool]] = {}
        turn = iter(in_turn(chains))
        with ThreadPoolExecutor(_AT_ONCE) as readers:
            while self._clock.now() < end and (some := list(islice(turn, 4 * _AT_ONCE))):
                now = self._clock.now()
                sightings: Iterator[Sighting | None] = readers.map(self._chains.end, some)
                for writer, seen in zip(some, sightings, strict=True):
                    head = chains[writer]
                    found[writer] = (advanced(head, seen, now), has_lost(head, seen))
        return found
