"""Table `audit` as the sealer and the verifier read it: whole chains, where they end, and when they began."""

from collections.abc import Iterator

from pydantic import ValidationError

from chalicelib.audit.columns import day_of, hour_of
from chalicelib.audit.findings import StoredEntry
from chalicelib.audit.models import ChainedEntry
from chalicelib.audit.seals import Sighting
from chalicelib.audit.store import AuditRow, chain_key
from chalicelib.db.errors import translated

_HOUR, _DAY = 3600, 86_400
_CHAIN = "CHAIN#"


class ChainStore:
    def begun(self, after: int, until: int) -> dict[str, int]:
        """The chains whose first entry is of that time, with its moment. From an index, which lags a little."""
        found: dict[str, int] = {}
        if until <= after:
            return found
        with translated("the beginnings of audit chains"):
            for moment in range(after - after % _HOUR, until + 1, _HOUR):
                between = AuditRow.occurred_at.between(after + 1, until)
                for row in AuditRow.by_beginning.query(hour_of(moment), between):
                    found[row.pk.removeprefix(_CHAIN)] = int(row.occurred_at)
        return found

    def end(self, writer: str) -> Sighting | None:
        """Strongly consistent; None when the chain holds nothing."""
        with translated(f"the end of audit chain {writer}"):
            rows = AuditRow.query(chain_key(writer), consistent_read=True, scan_index_forward=False, page_size=2)
            last = next((row for row in rows if row.sk.isdecimal()), None)
        return None if last is None else Sighting(int(last.sk) + 1, _digest(last.link))

    def entries(self, writer: str) -> Iterator[StoredEntry]:
        """All rows of the chain by place, strongly consistent."""
        with translated(f"audit chain {writer}"):
            for row in AuditRow.query(chain_key(writer), consistent_read=True):
                yield StoredEntry(
                    place=row.sk,
                    link=row.link,
                    day=row.day,
                    person=row.person,
                    target=row.target,
                    occurred_at=int(row.occurred_at),
                    begun=row.begun,
                )

    def writers(self, after: int, until: int) -> Iterator[tuple[str, int]]:
        """Chain and moment of each entry of that time, oldest first. From an index, which lags a little."""
        if until <= after:
            return
        with translated("the audit log by day"):
            for moment in range(after - after % _DAY, until + 1, _DAY):
                between = AuditRow.occurred_at.between(after + 1, until)
                for row in AuditRow.by_day.query(day_of(moment), between):
                    yield row.pk.removeprefix(_CHAIN), int(row.occurred_at)


def _digest(link: str) -> str:
    """Empty for an entry that can't be read: no digest is."""
    try:
        return ChainedEntry.model_validate_json(link).digest
    except ValidationError:
        return ""
