"""Table `inventory`. META is small, listed by scope (account and type), and never written over what was seen later. DETAIL is gzipped,
read alone, and kept under the hash of its content: writing one again changes nothing, so many go in one call. META names the hash, so
whoever reads both sees what belongs together.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.inventory.models import Known, Listed, ResourceWrite

LIMIT = 350_000
"""Bytes of one item."""
_META, _DETAIL = "META", "DETAIL#"


class _ByScope(GlobalSecondaryIndex["InventoryRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "scope"
        projection = AllProjection()

    scope = UnicodeAttribute(hash_key=True)
    arn = UnicodeAttribute(range_key=True)


class InventoryRow(Table):
    suffix = "inventory"

    scope = UnicodeAttribute(null=True)
    arn = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    content_hash = UnicodeAttribute(null=True)
    observed_at = NumberAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    tags = UnicodeAttribute(null=True)
    granted = UnicodeAttribute(null=True)
    detail = BinaryAttribute(legacy_encoding=False, null=True)
    by_scope = _ByScope()


class ResourceStore:
    def of_scope(self, account_id: str, kind: str) -> dict[str, Known]:
        """By ARN. From the index, which lags a little: what was written a moment ago may be missing or old."""
        with translated(f"the inventory of {account_id}"):
            rows = InventoryRow.by_scope.query(_scope(account_id, kind))
            return {known.arn: known for known in map(_known, rows)}

    def listed(self, account_id: str, kind: str) -> Iterator[Listed]:
        """One by one, for whoever reads very many. From the index, which lags a little."""
        with translated(f"the inventory of {account_id}"):
            for row in InventoryRow.by_scope.query(_scope(account_id, kind)):
                yield Listed(
                    arn=row.arn,
                    name=row.name,
                    tags=json.loads(row.tags or "{}"),
                    owner=row.owner,
                    observed_at=int(row.observed_at),
                )

    def find(self, arn: str) -> tuple[Known, bytes] | None:
        """The resource and its packed detail, strongly consistent."""
        with translated(f"the inventory of {arn}"):
            wanted = InventoryRow.sk.between(_DETAIL, _META)
            rows = {row.sk: row for row in InventoryRow.query(_key(arn), wanted, consistent_read=True)}
        meta = rows.get(_META)
        detail = rows.get(_DETAIL + meta.content_hash) if meta is not None else None
        return None if meta is None or detail is None else (_known(meta), detail.detail)

    def read_many(self, arns: Collection[str]) -> dict[str, tuple[Known, bytes]]:
        """The same of many, in two round trips per hundred; those that the table does not have, whole, are missing."""
        with translated("the inventory"):
            metas = list(InventoryRow.batch_get([(_key(arn), _META) for arn in set(arns)], consistent_read=True))
            wanted = {(meta.pk, _DETAIL + meta.content_hash): _known(meta) for meta in metas}
            details = list(InventoryRow.batch_get(list(wanted), consistent_read=True)) if wanted else []
        return {known.arn: (known, row.detail) for row in details for known in [wanted[row.pk, row.sk]]}

    def next_arns(self, account_id: str, kind: str, after: str, limit: int) -> list[str]:
        """The ARNs of a scope that follow `after`, in order. From the index, which lags a little."""
        later = InventoryRow.arn > after if after else None
        with translated(f"the inventory of {account_id}"):
            return [row.arn for row in InventoryRow.by_scope.query(_scope(account_id, kind), later, limit=limit)]

    def set_granted(self, known: Known, granted: Mapping[str, str]) -> bool:
        """Notes what was told of a resource that is as it was read; False when somebody has seen it anew meanwhile."""
        unchanged = (InventoryRow.content_hash == known.content_hash) & (InventoryRow.observed_at == known.observed_at)
        try:
            with translated(f"the inventory of {known.arn}"):
                InventoryRow(_key(known.arn), _META).update(
                    actions=[InventoryRow.granted.set(json.dumps(granted))], condition=unchanged
                )
        except Conflict:
            return False
        return True

    def arn_by_name(self, account_id: str, kind: str, name: str) -> str | None:
        """For a resource whose path is not known: reads the account's rows of that kind until one fits."""
        with translated(f"the inventory of {account_id}"):
            rows = InventoryRow.by_scope.query(_scope(account_id, kind), filter_condition=InventoryRow.name == name)
            return next((_known(row).arn for row in rows), None)

    def write(self, account_id: str, kind: str, writes: Sequence[ResourceWrite], observed_at: int) -> set[str]:
        """Gives the ARNs that were left alone, because somebody saw them later. Raises Throttled or Upstream.

        Details first: a crash in between leaves details that nobody names, and the next run writes the same again.
        """
        with translated(f"the inventory of {account_id}"), InventoryRow.batch_write() as batch:
            for write in writes:
                batch.save(_detail(write.arn, write.content_hash, observed_at, write.detail))
        lost = {
            write.arn
            for write in writes
            if not _done(_meta(_scope(account_id, kind), write, observed_at), _unless_seen_later(observed_at, new=True))
        }
        for write in writes:
            if write.replaces not in {"", write.content_hash} and write.arn not in lost:
                self._forget(write.arn, write.replaces, observed_at - 1)
        return lost

    def remove(self, arns: Iterable[str], observed_at: int) -> set[str]:
        """Gives the ARNs that were left alone, because somebody saw them later. Raises Throttled or Upstream."""
        lost: set[str] = set()
        for arn in arns:
            try:
                with translated(f"the inventory of {arn}"):
                    InventoryRow(_key(arn), _META).delete(condition=_unless_seen_later(observed_at))
            except Conflict:
                lost.add(arn)
            with translated(f"the inventory of {arn}"):
                details = list(InventoryRow.query(_key(arn), InventoryRow.sk.startswith(_DETAIL), consistent_read=True))
            for row in details if arn not in lost else ():
                self._forget(arn, row.sk.removeprefix(_DETAIL), observed_at)
        return lost

    def withdraw(self, arns: Iterable[str], observed_at: int) -> None:
        """Notes that nobody has a right to these any more; what somebody saw later stays. Raises Throttled or Upstream."""
        for arn in arns:
            actions: list[Action] = [InventoryRow.granted.set("{}"), InventoryRow.observed_at.set(observed_at)]
            try:
                with translated(f"the inventory of {arn}"):
                    InventoryRow(_key(arn), _META).update(actions=actions, condition=_unless_seen_later(observed_at))
            except Conflict:
                continue

    def _forget(self, arn: str, content_hash: str, last: int) -> None:
        """Removes a detail that META no longer names; one that somebody wrote again after `last` stays."""
        row = InventoryRow(_key(arn), _DETAIL + content_hash)
        try:
            with translated(f"the inventory of {arn}"):
                row.delete(condition=_unless_seen_later(last))
        except Conflict:
            return


def _done(row: InventoryRow, condition: Condition) -> bool:
    try:
        with translated(f"the inventory of {row.arn}"):
            row.save(condition=condition)
    except Conflict:
        return False
    return True


def _meta(scope: str, write: ResourceWrite, observed_at: int) -> InventoryRow:
    return InventoryRow(
        _key(write.arn),
        _META,
        scope=scope,
        arn=write.arn,
        name=write.name,
        content_hash=write.content_hash,
        observed_at=observed_at,
        owner=write.owner,
        tags=json.dumps(write.tags),
        granted=json.dumps(write.granted),
    )


def _detail(arn: str, content_hash: str, observed_at: int, detail: bytes) -> InventoryRow:
    return InventoryRow(_key(arn), _DETAIL + content_hash, detail=detail, observed_at=observed_at)


def _unless_seen_later(observed_at: int, *, new: bool = False) -> Condition:
    """Of one second the last word counts: two runs on demand may follow each other that fast."""
    seen_before: Condition = InventoryRow.observed_at <= observed_at
    return InventoryRow.pk.does_not_exist() | seen_before if new else seen_before


def _key(arn: str) -> str:
    return f"RES#{arn}"


def _scope(account_id: str, kind: str) -> str:
    return f"{account_id}#{kind}"


def _known(row: InventoryRow) -> Known:
    return Known(
        arn=row.arn,
        name=row.name,
        content_hash=row.content_hash,
        observed_at=int(row.observed_at),
        granted=json.loads(row.granted or "{}"),
    )
