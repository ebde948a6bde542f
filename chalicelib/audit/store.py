"""Table `audit`: one chain per writer, one conditional put per entry, never an update or a delete."""

from datetime import UTC, datetime
from threading import Lock

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.audit.chain import BEGINNING, chained
from chalicelib.audit.models import AuditEntry, ChainedEntry
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.core.ids import ulid
from chalicelib.db.base import Table
from chalicelib.db.errors import translated


class _ByTarget(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "target"
        projection = AllProjection()

    target = UnicodeAttribute(hash_key=True)
    occurred_at = NumberAttribute(range_key=True)


class AuditRow(Table):
    suffix = "audit"

    day = UnicodeAttribute()
    person = UnicodeAttribute()
    target = UnicodeAttribute()
    occurred_at = NumberAttribute()
    link = UnicodeAttribute()
    by_target = _ByTarget()


class AuditLog:
    """One warm process is one writer. After an answer that leaves doubt, a new chain begins: the old one may hold the entry."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._writer, self._number, self._previous = ulid(), 0, BEGINNING

    def record(self, entry: AuditEntry) -> ChainedEntry:
        """One round trip. Raises what the database raised: whoever calls must then not do what it was about to do."""
        with self._lock:
            link = chained(
                entry,
                writer=self._writer,
                number=self._number,
                occurred_at=self._clock.now(),
                previous=self._previous,
            )
            try:
                with translated("the audit log"):
                    row(link).save(condition=AuditRow.pk.does_not_exist())
            except AppError:
                self._begin()
                raise
            self._number, self._previous = link.number + 1, link.digest
            return link

    def of_target(self, target: str, limit: int = 100) -> tuple[ChainedEntry, ...]:
        """Newest first."""
        with translated("the audit log"):
            rows = list(AuditRow.by_target.query(target, scan_index_forward=False, limit=limit))
        return tuple(ChainedEntry.model_validate_json(found.link) for found in rows)

    def chain(self, writer: str) -> tuple[ChainedEntry, ...]:
        """A writer's entries in order."""
        with translated("the audit log"):
            rows = list(AuditRow.query(f"CHAIN#{writer}", consistent_read=True))
        return tuple(ChainedEntry.model_validate_json(found.link) for found in rows)


def row(link: ChainedEntry) -> AuditRow:
    return AuditRow(
        f"CHAIN#{link.writer}",
        f"{link.number:012d}",
        day=datetime.fromtimestamp(link.occurred_at, UTC).strftime("%Y-%m-%d"),
        person=link.entry.person,
        target=link.entry.target,
        occurred_at=link.occurred_at,
        link=link.model_dump_json(),
    )
