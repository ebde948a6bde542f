"""An audit log whose entries are counted too: every attempt to get credentials leaves one entry, and so one number."""

from collections.abc import Callable
from typing import Protocol

from chalicelib.audit.models import AuditEntry
from chalicelib.core.errors import AppError
from chalicelib.core.hooks import MetricSample

Measure = Callable[[MetricSample], None]
"""Raises nothing."""
UNRECORDED = "unrecorded"


class Recorder(Protocol):
    def record(self, entry: AuditEntry) -> object: ...


class MeasuredAudit:
    def __init__(self, audit: Recorder, measure: Measure) -> None:
        self._audit = audit
        self._measure = measure

    def record(self, entry: AuditEntry) -> None:
        """Raises what the log raises; what could not be recorded is counted as that."""
        try:
            self._audit.record(entry)
        except AppError:
            self._count(entry, UNRECORDED)
            raise
        self._count(entry, entry.outcome.value)

    def _count(self, entry: AuditEntry, outcome: str) -> None:
        self._measure(MetricSample("Credentials", 1, dimensions={"action": entry.action, "outcome": outcome}))
