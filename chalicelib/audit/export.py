"""The audit log as a file: CSV for a spreadsheet, or JSON lines with the digests by which entries can be verified elsewhere."""

import json
from datetime import UTC, datetime

from chalicelib.audit.activity import Activity, ActivityFilter, Format
from chalicelib.audit.models import AuditEntry, ChainedEntry, Outcome
from chalicelib.audit.store import AuditLog
from chalicelib.core.clock import Clock
from chalicelib.core.model import Frozen
from chalicelib.core.spreadsheet import csv_line

ROWS = 5_000
BYTES = 4_000_000
"""Of one part, as it stands inside the function's answer, which may have 6 MB."""
_SECONDS = 15
_PAGE = 500
_COLUMNS = ("time", "occurred_at", "person", "action", "target", "outcome", "reason", "details", "chain", "number")


class Exported(Frozen):
    """One part of a file; the next part begins at `cursor`, and has no head line of its own."""

    text: str
    rows: int
    cursor: str | None


class ExportActivity:
    def __init__(self, *, activity: Activity, log: AuditLog, clock: Clock) -> None:
        self._activity = activity
        self._log = log
        self._clock = clock

    def part(self, person: str, wanted: ActivityFilter, form: Format, cursor: str | None) -> Exported:
        """Recorded itself, before it is handed out. Raises InvalidInput for a cursor that is none of this filter's, and what the
        audit log raises.
        """
        lines = [] if cursor or form == "jsonl" else [csv_line(_COLUMNS)]
        rows = size = 0
        end = self._clock.now() + _SECONDS
        while rows < ROWS and self._clock.now() < end:
            page = self._activity.page(wanted, cursor, min(_PAGE, ROWS - rows))
            made = [_line(entry, form) for entry in page.entries]
            fitting = _fitting(made, BYTES - size)
            full = fitting < len(made)
            if full:
                # Once more, to know where exactly the next part begins.
                page = self._activity.page(wanted, cursor, fitting)
                made = made[:fitting]
            lines += made
            size += sum(map(_size, made))
            rows, cursor = rows + len(made), page.cursor
            if full or cursor is None:
                break
        self._record(person, wanted, form, rows)
        return Exported(text="".join(lines), rows=rows, cursor=cursor)

    def _record(self, person: str, wanted: ActivityFilter, form: Format, rows: int) -> None:
        asked = wanted.model_dump(mode="json", exclude_defaults=True)
        self._log.record(
            AuditEntry(
                action="audit.export",
                person=f"user:{person}",
                target="audit",
                outcome=Outcome.DONE,
                details={"format": form, "rows": rows, **{f"filter_{name}": value for name, value in asked.items()}},
            )
        )


def _size(line: str) -> int:
    """Bytes inside the JSON of the function's answer."""
    return len(json.dumps(line))


def _fitting(lines: list[str], room: int) -> int:
    """How many of the first lines have room; at least one has, or no part would ever end."""
    for number, line in enumerate(lines):
        room -= _size(line)
        if room < 0:
            return max(1, number)
    return len(lines)


def _line(link: ChainedEntry, form: Format) -> str:
    if form == "jsonl":
        return link.model_dump_json() + "\n"
    entry = link.entry
    moment = datetime.fromtimestamp(link.occurred_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    details = json.dumps(entry.details, ensure_ascii=False, sort_keys=True)
    return csv_line(
        (
            moment,
            str(link.occurred_at),
            entry.person,
            entry.action,
            entry.target,
            entry.outcome,
            entry.reason,
            details,
            link.writer,
            str(link.number),
        )
    )
