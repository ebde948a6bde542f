"""Table `audit`: one chain per writer, one conditional put per entry, never an update or a delete."""

from threading import Lock

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.audit.chain import BEGINNING, CHAIN_LIFE, chained
from chalicelib.audit.columns import columns
from chalicelib.audit.models import AuditEntry, ChainedEntry
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError
from chalicelib.core.ids import ulid
from chalicelib.db.base import Table
from chalicelib.db.errors import translated


class _ByDay(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "day"
        projection = AllProjection()

    day = UnicodeAttribute(hash_key=True)
    occurred_at = NumberAttribute(range_key=True)


class _ByPerson(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "person"
        projection = AllProjection()

    person = UnicodeAttribute(hash_key=True)
    occurred_at = NumberAttribute(range_key=True)


class _ByTarget(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "target"
        projection = AllProjection()

    target = UnicodeAttribute(hash_key=True)
    occurred_at = NumberAttribute(range_key=True)


class _ByBeginning(GlobalSecondaryIndex["AuditRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "begun"
        projection = KeysOnlyProjection()

    begun = UnicodeAttribute(hash_key=True)
    occurred_at = NumberAttribute(range_key=True)


class AuditRow(Table):
    suffix = "audit"

    day = UnicodeAttribute()
    person = UnicodeAttribute()
    target = UnicodeAttribute()
    occurred_at = NumberAttribute()
    begun = UnicodeAttribute(null=True)
    link = UnicodeAttribute()
    by_day = _ByDay()
    by_person = _ByPerson()
    by_target = _ByTarget()
    by_beginning = _ByBeginning()


class AuditLog:
    """One warm process is one writer. After an answer that leaves doubt, a new chain begins: the old one may hold the entry."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._begin()

    def _begin(self) -> None:
        self._writer, self._number, self._previous, self._begun_at = ulid(), 0, BEGINNING, 0

    def record(self, entry: AuditEntry) -> ChainedEntry:
        """One round trip. Raises what the database raised: whoever calls must then not do what it was about to do."""
        with self._lock:
            now = self._clock.now()
            if self._number and now - self._begun_at >= CHAIN_LIFE:
                self._begin()
            link = chained(entry, writer=self._writer, number=self._number, occurred_at=now, previous=self._previous)
            try:
                with translated("the audit log"):
                    row(link).save(condition=AuditRow.pk.does_not_exist())
            except AppError:
                self._begin()
                raise
            if not link.number:
                self._begun_at = now
            self._number, self._previous = link.number + 1, link.digest
            return link

    def of_target(self, target: str, limit: int = 100) -> tuple[ChainedEntry, ...]:
        """Newest first; of one second, which the index leaves in any order, a writer's last word first."""
        with translated("the audit log"):
            rows = list(AuditRow.by_target.query(target, scan_index_forward=False, limit=limit))
        links = [ChainedEntry.model_validate_json(found.link) for found in rows]
        return tuple(sorted(links, key=lambda link: (link.occurred_at, link.writer, link.number), reverse=True))

    def chain(self, writer: str) -> tuple[ChainedEntry, ...]:
        """A writer's entries in order."""
        with translated("the audit log"):
            rows = list(AuditRow.query(chain_key(writer), consistent_read=True))
        return tuple(ChainedEntry.model_validate_json(found.link) for found in rows)


def chain_key(writer: str) -> str:
    return f"CHAIN#{writer}"


def place_key(number: int) -> str:
    return f"{number:012d}"


def row(link: ChainedEntry) -> AuditRow:
    written = AuditRow(chain_key(link.writer), place_key(link.number), link=link.model_dump_json())
    for name, value in columns(link).items():
        setattr(written, name, value)
    return written
