"""The seals in their line: each is there, is ours, is locked, and follows the one before."""

from collections.abc import Callable

from chalicelib.audit.chain import BEGINNING
from chalicelib.audit.findings import Fault, Finding, StoredSeal
from chalicelib.audit.seals import Seal, SignedSeal, parsed
from chalicelib.audit.verify_chain import LATE


class SealLine:
    def __init__(self, is_genuine: Callable[[SignedSeal], bool]) -> None:
        self.found: list[Finding] = []
        self.count = 0
        self.number = 0
        self.seal: Seal | None = None
        """The last seal that could be believed."""
        self._is_genuine = is_genuine
        self._previous: str | None = BEGINNING

    def resume(self, number: int, digest: str, stored: StoredSeal | None) -> Seal | None:
        """Begins after a seal that was verified before, if it still is what it was then."""
        self.number, self._previous = number, digest
        signed = parsed(stored.body) if stored else None
        if stored is None or not stored.body:
            self._add(Fault.SEAL_MISSING, number, f"seal {number} is missing; it was there when it was verified")
        elif signed is None or signed.seal.digest != digest:
            self._add(Fault.SEAL_ALTERED, number, f"seal {number} is not what it was when it was verified")
        else:
            self.seal = signed.seal
        return self.seal

    def take(self, stored: StoredSeal) -> Seal | None:
        """The seal, if it can be believed; chains are measured by nothing else."""
        self._refuse_gap(stored.number)
        self.count += 1
        self.number = stored.number
        signed = parsed(stored.body)
        if signed is None:
            self._add(Fault.SEAL_ALTERED, stored.number, f"seal {stored.number} can't be read")
        elif signed.seal.number != stored.number or not self._is_genuine(signed):
            self._add(Fault.SEAL_ALTERED, stored.number, f"seal {stored.number} was not made by the sealer")
        else:
            self._refuse_misfits(stored, signed.seal)
            self.seal, self._previous = signed.seal, signed.seal.digest
            return signed.seal
        self._previous = None
        return None

    def refuse_stale(self, oldest: int) -> None:
        if self.seal is None:
            self._add(Fault.SEAL_MISSING, None, "there is no seal: nothing proves the audit log")
        elif self.seal.sealed_at < oldest:
            text = f"seal {self.seal.number}, of {self.seal.sealed_at}, is the last: the sealer does not run"
            self._add(Fault.SEAL_MISSING, self.seal.number + 1, text)

    def _refuse_gap(self, number: int) -> None:
        if number > self.number + 1:
            first, last = self.number + 1, number - 1
            text = f"seal {first} is missing" if first == last else f"seals {first} to {last} are missing"
            self._add(Fault.SEAL_MISSING, first, text)
            self._previous = None

    def _refuse_misfits(self, stored: StoredSeal, seal: Seal) -> None:
        number = seal.number
        if self._previous is not None and seal.previous != self._previous:
            self._add(Fault.SEAL_ALTERED, number, f"seal {number} does not follow the seal before it")
        if stored.stored_at - seal.sealed_at > LATE:
            text = f"seal {number} says it is of {seal.sealed_at}, but was stored at {stored.stored_at}"
            self._add(Fault.SEAL_ALTERED, number, text)
        if stored.others:
            self._add(
                Fault.SEAL_REWRITTEN, number, f"something was laid over seal {number}; its first version was used"
            )
        if stored.locked_until is None:
            self._add(Fault.SEAL_UNLOCKED, number, f"seal {number} is not locked: it could be deleted")

    def _add(self, fault: Fault, number: int | None, text: str) -> None:
        self.found.append(Finding(fault=fault, seal=number, text=text))
