"""Whether the audit log is what was written: every seal against the one before, and every chain against all seals that name it.

Seals are read in their order, so that only chains that are still open need to be remembered; a chain is read when it is closed, or
at the end. What was verified up to some seal can be carried on from there.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from chalicelib.audit.findings import Fault, Finding, Position, StoredEntry, StoredSeal
from chalicelib.audit.seals import Seal, SignedSeal
from chalicelib.audit.verify_chain import LATE_CHAIN, ChainReport, Witness, check_chain
from chalicelib.audit.verify_seals import SealLine
from chalicelib.core.clock import Clock
from chalicelib.core.model import Frozen

_AT_ONCE = 16
STALE = 1200
"""Seconds without a new seal after which the sealer is said not to run: three of its turns, and a little."""
_EVERYTHING = 1 << 62


class Chains(Protocol):
    def entries(self, writer: str) -> Iterator[StoredEntry]: ...

    def writers(self, after: int, until: int) -> Iterator[tuple[str, int]]: ...


class Archive(Protocol):
    def after(self, number: int) -> Iterator[StoredSeal]: ...

    def find(self, number: int) -> StoredSeal | None: ...

    def is_genuine(self, signed: SignedSeal) -> bool: ...


class Verification(Frozen):
    """`position` is the last seal that was read; `whole` is False when time ran out before the last there is."""

    seals: int
    chains: int
    entries: int
    findings: tuple[Finding, ...]
    position: Position | None
    last_sealed_at: int | None
    whole: bool


class VerifyAudit:
    def __init__(self, *, chains: Chains, archive: Archive, clock: Clock) -> None:
        self._chains = chains
        self._archive = archive
        self._clock = clock

    def run(
        self,
        since: Position | None = None,
        *,
        until: int = _EVERYTHING,
        end_at: int = _EVERYTHING,
        tell: Callable[[Seal], None] = lambda _: None,
    ) -> Verification:
        """Verifies the seals after `since` up to number `until`, with all chains that they name. Begins no new seal after the
        moment `end_at`. Raises what the stores raise: what can't be read is not verified.
        """
        walk = _Walk(self._chains, self._archive, since)
        whole = True
        for stored in self._archive.after(since.number if since else 0):
            if stored.number > until:
                break
            if self._clock.now() >= end_at:
                whole = False
                break
            seal = walk.take(stored)
            if seal is not None:
                tell(seal)
        walk.finish()
        line = walk.line
        if whole and until == _EVERYTHING:
            line.refuse_stale(self._clock.now() - STALE)
        return Verification(
            seals=line.count,
            chains=walk.chains,
            entries=walk.entries,
            findings=tuple(line.found + walk.found),
            position=Position(number=line.seal.number, digest=line.seal.digest) if line.seal else since,
            last_sealed_at=line.seal.sealed_at if line.seal else None,
            whole=whole,
        )


class _Walk:
    def __init__(self, chains: Chains, archive: Archive, since: Position | None) -> None:
        self.found: list[Finding] = []
        self.chains = self.entries = 0
        self._source = chains
        self._open: dict[str, list[Witness]] = {}
        self._known: set[str] = set()
        self._due: list[tuple[str, list[Witness]]] = []
        self.line = SealLine(archive.is_genuine)
        self._base: Seal | None = None
        if since is not None:
            self._base = self.line.resume(since.number, since.digest, archive.find(since.number))
            if self._base is not None:
                self._witness(self._base)

    def take(self, stored: StoredSeal) -> Seal | None:
        before = self.line.seal
        seal = self.line.take(stored)
        if seal is None:
            return None
        self._base = self._base or seal
        if before is not None:
            self._refuse_late_chains(before, seal)
        self._witness(seal)
        if len(self._due) >= 4 * _AT_ONCE:
            self._read_due()
        return seal

    def _witness(self, seal: Seal) -> None:
        gone = sorted(set(self._open) - set(seal.chains))
        for writer in gone:
            self._add(Fault.SEAL_ALTERED, writer, f"seal {seal.number} no longer names it, which was open", seal.number)
            self._due.append((writer, self._open.pop(writer)))
        for writer, head in seal.chains.items():
            if writer in self._known and writer not in self._open:
                continue
            witnesses = self._open.setdefault(writer, [])
            if witnesses and (witnesses[-1].head.count, witnesses[-1].head.digest) == (head.count, head.digest):
                witnesses.pop()
            witnesses.append(Witness(seal.number, head))
            self._known.add(writer)
            if head.closed:
                self._due.append((writer, self._open.pop(writer)))

    def _refuse_late_chains(self, before: Seal, seal: Seal) -> None:
        for writer, head in seal.chains.items():
            if writer not in self._known and head.begun_at <= before.found_until - LATE_CHAIN:
                text = f"it says that it began at {head.begun_at}, and seal {before.number} did not know it"
                self._add(Fault.LATE, writer, text, seal.number)

    def finish(self) -> None:
        self._due += self._open.items()
        self._read_due()
        self._refuse_unknown_chains()

    def _read_due(self) -> None:
        def check(one: tuple[str, list[Witness]]) -> ChainReport:
            return check_chain(one[0], self._source.entries(one[0]), one[1])

        with ThreadPoolExecutor(_AT_ONCE) as readers:
            for report in readers.map(check, self._due):
                self.chains += 1
                self.entries += report.entries
                self.found += report.findings
        self._due = []

    def _refuse_unknown_chains(self) -> None:
        first, last = self._base, self.line.seal
        if first is None or last is None:
            return
        told: set[str] = set()
        for writer, moment in self._source.writers(first.found_until - LATE_CHAIN, last.found_until - LATE_CHAIN):
            if writer not in self._known and writer not in told:
                told.add(writer)
                self._add(Fault.UNKNOWN, writer, f"it holds an entry of {moment}, and no seal names it", None)

    def _add(self, fault: Fault, writer: str, text: str, seal: int | None) -> None:
        self.found.append(Finding(fault=fault, chain=writer, seal=seal, text=f"chain {writer}: {text}"))
