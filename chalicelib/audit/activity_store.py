"""Table `audit` as people read it: by day, person or target, newest first."""

from typing import Any

from pydantic import ValidationError
from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.audit.activity import After, Index, Row
from chalicelib.audit.models import ChainedEntry
from chalicelib.audit.store import AuditRow
from chalicelib.db.errors import translated

_INDEXES: dict[Index, GlobalSecondaryIndex[AuditRow]] = {
    "day": AuditRow.by_day,
    "person": AuditRow.by_person,
    "target": AuditRow.by_target,
}


class ActivityStore:
    def page(self, index: Index, key: str, since: int, until: int, after: After | None, limit: int) -> tuple[Row, ...]:
        """At most `limit` rows; fewer when there are no more."""
        if since > until:
            return ()
        with translated("the audit log"):
            rows = _INDEXES[index].query(
                key,
                AuditRow.occurred_at.between(since, until),
                scan_index_forward=False,
                limit=limit,
                page_size=limit,
                last_evaluated_key=_start(index, key, after),
            )
            return tuple(_row(row) for row in rows)


def _start(index: Index, key: str, after: After | None) -> dict[str, Any] | None:
    if after is None:
        return None
    texts = {"pk": after.pk, "sk": after.sk, index: key}
    return {name: {"S": text} for name, text in texts.items()} | {"occurred_at": {"N": str(after.occurred_at)}}


def _row(row: AuditRow) -> Row:
    place = After(pk=row.pk, sk=row.sk, occurred_at=int(row.occurred_at))
    try:
        return Row(place, ChainedEntry.model_validate_json(row.link))
    except ValidationError:
        return Row(place, None)
