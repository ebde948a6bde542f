"""The audit log, its seals, and somebody who falsifies them: in memory, with the product's own arithmetic."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.audit.chain import BEGINNING, CHAIN_LIFE, chained
from chalicelib.audit.columns import columns
from chalicelib.audit.findings import Position, StoredEntry, StoredSeal
from chalicelib.audit.models import ChainedEntry
from chalicelib.audit.reports import SealReport
from chalicelib.audit.seal_chains import SealChains
from chalicelib.audit.seals import Seal, Sighting, SignedSeal, parsed
from chalicelib.audit.verify import Verification, VerifyAudit
from chalicelib.core.errors import Conflict
from chalicelib.core.model import Frozen
from chalicelib.db.leases import Lease
from tests.support.builders import audit_entry
from tests.support.clock import FrozenClock

KEY = b"the sealer's"


def stored(link: ChainedEntry, **other: Any) -> StoredEntry:
    """The row of an entry, with other columns or another place when they are given."""
    as_written: Any = {"place": f"{link.number:012d}", "link": link.model_dump_json(), **columns(link)}
    return StoredEntry(**(as_written | other))


@dataclass
class MemoryTable:
    """Rows by chain and place."""

    chains: dict[str, dict[str, StoredEntry]] = field(default_factory=dict)
    unseen: set[str] = field(default_factory=set)
    """Chains that the index of beginnings does not show yet."""

    def put(self, writer: str, row: StoredEntry) -> None:
        """Raises Conflict for a place that is taken."""
        chain = self.chains.setdefault(writer, {})
        if row.place in chain:
            raise Conflict("taken")
        chain[row.place] = row

    def begun(self, after: int, until: int) -> dict[str, int]:
        rows = [(writer, row) for writer, chain in self.chains.items() for row in chain.values() if row.begun]
        return {w: row.occurred_at for w, row in rows if after < row.occurred_at <= until and w not in self.unseen}

    def end(self, writer: str) -> Sighting | None:
        rows = list(self.entries(writer))
        if not rows:
            return None
        return Sighting(int(rows[-1].place) + 1, ChainedEntry.model_validate_json(rows[-1].link).digest)

    def entries(self, writer: str) -> Iterator[StoredEntry]:
        chain = self.chains.get(writer, {})
        return (chain[place] for place in sorted(chain))

    def writers(self, after: int, until: int) -> Iterator[tuple[str, int]]:
        for writer, chain in self.chains.items():
            for row in chain.values():
                if after < row.occurred_at <= until:
                    yield writer, row.occurred_at


@dataclass
class MemoryArchive:
    clock: FrozenClock
    seals: dict[int, StoredSeal] = field(default_factory=dict)

    def add(self, seal: Seal) -> None:
        if seal.number in self.seals:
            raise Conflict("taken")
        self.lay(seal, _signature(KEY, seal))

    def lay(self, seal: Seal, signature: str) -> None:
        body = SignedSeal(seal=seal, signature=signature).model_dump_json().encode()
        self.seals[seal.number] = StoredSeal(seal.number, body, self.clock.now(), self.clock.now() + 86_400, 0)

    def last(self, hint: int = 0) -> Seal | None:
        signed = parsed(self.seals[max(self.seals)].body) if self.seals else None
        return signed.seal if signed else None

    def after(self, number: int) -> Iterator[StoredSeal]:
        return (self.seals[known] for known in sorted(self.seals) if known > number)

    def find(self, number: int) -> StoredSeal | None:
        return self.seals.get(number)

    def is_genuine(self, signed: SignedSeal) -> bool:
        return hmac.compare_digest(signed.signature, _signature(KEY, signed.seal))

    def seal(self, number: int) -> Seal:
        signed = parsed(self.seals[number].body)
        assert signed is not None
        return signed.seal

    def damage(self, number: int, **change: Any) -> None:
        self.seals[number] = replace(self.seals[number], **change)


def _signature(key: bytes, seal: Seal) -> str:
    return hmac.new(key, seal.digest.encode(), hashlib.sha256).hexdigest()


class MemoryLeases:
    def take(self, target: str, owner: str, seconds: int) -> Lease:
        return Lease(target, owner, 1, seconds)

    def release(self, lease: Lease) -> None:
        """Nobody else is here."""


@dataclass
class MemoryNotes:
    notes: dict[str, Frozen] = field(default_factory=dict)

    def find(self, name: str, kind: type[Any]) -> Any:
        return self.notes.get(name)

    def put(self, name: str, note: Frozen) -> None:
        self.notes[name] = note


@dataclass
class MemoryWriter:
    """A process that records, as `AuditLog` does."""

    name: str
    began: int = 0
    links: list[ChainedEntry] = field(default_factory=list)
    chains: int = 1

    @property
    def chain(self) -> str:
        return f"{self.name}-{self.chains}"

    def begin_anew(self) -> None:
        self.chains += 1
        self.links = []

    def next(self, now: int, action: str = "act") -> ChainedEntry:
        if self.links and now - self.began >= CHAIN_LIFE:
            self.begin_anew()
        previous = self.links[-1].digest if self.links else BEGINNING
        link = chained(
            audit_entry(action), writer=self.chain, number=len(self.links), occurred_at=now, previous=previous
        )
        if not self.links:
            self.began = now
        return link


@dataclass
class AuditWorld:
    clock: FrozenClock = field(default_factory=FrozenClock)
    table: MemoryTable = field(default_factory=MemoryTable)
    writers: dict[str, MemoryWriter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.archive = MemoryArchive(self.clock)
        self._sealer = SealChains(
            chains=self.table, archive=self.archive, leases=MemoryLeases(), notes=MemoryNotes(), clock=self.clock
        )

    def write(self, name: str = "w", count: int = 1, *, seconds: int = 1) -> str:
        """The chain that the last of the entries went to."""
        writer = self.writers.setdefault(name, MemoryWriter(name))
        for _ in range(count):
            self.clock.advance(seconds)
            link = writer.next(self.clock.now())
            self.table.put(link.writer, stored(link))
            writer.links.append(link)
        return writer.chain

    def doubt(self, name: str, *, written: bool) -> None:
        """An answer was lost: the entry may be there or not, and its writer begins a new chain."""
        writer = self.writers.setdefault(name, MemoryWriter(name))
        link = writer.next(self.clock.now())
        if written:
            self.table.put(link.writer, stored(link))
        writer.begin_anew()

    def seal(self, *, seconds: int = 300) -> SealReport:
        self.clock.advance(seconds)
        return self._sealer.run()

    def verify(self, since: Position | None = None, **more: Any) -> Verification:
        return VerifyAudit(chains=self.table, archive=self.archive, clock=self.clock).run(since, **more)

    def links(self, chain: str) -> list[ChainedEntry]:
        return [ChainedEntry.model_validate_json(row.link) for row in self.table.entries(chain)]

    def put_back(self, chain: str, links: list[ChainedEntry]) -> None:
        """The chain is these entries from now on, each at the place that it says."""
        self.table.chains[chain] = {f"{link.number:012d}": stored(link) for link in links}

    def rewrite(self, chain: str, number: int, action: str = "forged") -> None:
        """Entry `number` says something else, and every digest from there on fits again."""
        links = self.links(chain)
        previous = links[number - 1].digest if number else BEGINNING
        for place in range(number, len(links)):
            old = links[place]
            entry = audit_entry(action) if place == number else old.entry
            links[place] = chained(entry, writer=chain, number=place, occurred_at=old.occurred_at, previous=previous)
            previous = links[place].digest
        self.put_back(chain, links)
