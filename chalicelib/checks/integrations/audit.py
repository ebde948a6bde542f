"""The seals of the audit log, and what the last comparison with them found."""

from collections.abc import Iterable

from chalicelib.audit.reports import LAST_SEAL, LAST_VERIFICATION, LastSeal, VerificationNote
from chalicelib.audit.verify import STALE
from chalicelib.checks.base import Check, Parts, ago
from chalicelib.core.health import Health

_SEAL_FIX = (
    "Look at the log of the function seal_audit. What is taken from the audit log before the next seal may go unseen."
)
_VERIFY_FIX = (
    "Look at the log of the function verify_audit, or run make verify-audit: docs/how-to/verify-the-audit-log.md."
)
_LATE = 3 * 3600
_SHOWN = 5


def checks(parts: Parts) -> Iterable[Check]:
    return [
        Check("audit_seals", "Seals of the audit log", lambda: _seals(parts), _SEAL_FIX),
        Check("audit_verification", "Audit log against its seals", lambda: _verification(parts), _VERIFY_FIX),
    ]


def _seals(parts: Parts) -> Health:
    note = parts.auditing.notes.find(LAST_SEAL, LastSeal)
    if note is None:
        return Health.warning("There is no seal yet.", "Wait for five minutes. " + _SEAL_FIX)
    age = parts.clock.now() - note.sealed_at
    told = f"Seal {note.number}, of {note.chains} open chains, was made {ago(age)}."
    return Health.failed(told, _SEAL_FIX) if age > STALE else Health.ok(told)


def _verification(parts: Parts) -> Health:
    note = parts.auditing.notes.find(LAST_VERIFICATION, VerificationNote)
    if note is None:
        return Health.warning("It was not compared yet.", "Wait for an hour. " + _VERIFY_FIX)
    if note.found:
        told = " ".join(f"{found.finding.text}." for found in note.found[:_SHOWN])
        more = f" And {len(note.found) - _SHOWN} more." if len(note.found) > _SHOWN else ""
        return Health.failed(f"It is not what was written: {told}{more}", _VERIFY_FIX)
    age = parts.clock.now() - note.checked_at
    if age > _LATE:
        return Health.warning(f"It was compared {ago(age)}.", _VERIFY_FIX)
    if not note.whole:
        return Health.warning(
            "The comparison has not reached the newest seal yet.", "It carries on by itself, each hour."
        )
    return Health.ok(f"It is what was written, as of {ago(age)}.")
