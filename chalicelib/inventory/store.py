"""Table `inventory`. META is small, listed by scope (account and type), and never written over what was seen later. DETAIL is gzipped,
read alone, and kept under the hash of its content: writing one again changes nothing, so many go in one call. META names the hash, so
whoever reads both sees what belongs together.

Of a resource that is gone META stays for a while as a tombstone: no scope, no content, only when it was seen to be gone. A look that
began earlier can't bring it back.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
TOMBSTONE = 2 * 3600
"""Seconds for which a removal is remembered: longer than a look at an account may take."""
_META, _DETAIL = "META", "DETAIL#"
_AT_ONCE, _FEW = 8, 20
"""Conditional writes in flight, when there are more than a few: each is a round trip of its own."""

T = TypeVar("T")


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
    technology = UnicodeAttribute(null=True)
    region = UnicodeAttribute(null=True)
    config_id = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    tags = UnicodeAttribute(null=True)
    granted = UnicodeAttribute(null=True)
    detail = BinaryAttribute(legacy_encoding=False, null=True)
    by_scope = _ByScope()


class ResourceStore:
    def of_scope(self, account_id: str, kind: str, region: str = "") -> dict[str, Known]:
        """By ARN, of one region or of all. From the index, which lags a little: what was written a moment ago may be missing or old."""
        there = InventoryRow.region == region if region else None
        with translated(f"the inventory of {account_id}"):
            rows = InventoryRow.by_scope.query(_scope(account_id, kind), filter_condition=there)
            return {known.arn: known for known in map(_known, rows)}

    def listed(self, account_id: str, kind: str) -> Iterator[Listed]:
        """One by one, for whoever reads very many. From the index, which lags a little."""
        with translated(f"the inventory of {account_id}"):
            for row in InventoryRow.by_scope.query(_scope(account_id, kind)):
                yield _listed(row)

    def look(self, arn: str) -> tuple[str, Listed] | None:
        """The account that a resource is in, and what tables show of it; strongly consistent."""
        with translated(f"the inventory of {arn}"):
            row = next(iter(InventoryRow.query(_key(arn), InventoryRow.sk == _META, consistent_read=True)), None)
        return (row.scope.partition("#")[0], _listed(row)) if row is not None and row.scope else None

    def find(self, arn: str) -> tuple[Known, bytes] | None:
        """The resource and its packed detail, strongly consistent."""
        with translated(f"the inventory of {arn}"):
            wanted = InventoryRow.sk.between(_DETAIL, _META)
            rows = {row.sk: row for row in InventoryRow.query(_key(arn), wanted, consistent_read=True)}
        meta = rows.get(_META)
        detail = rows.get(f"{_DETAIL}{meta.content_hash}") if meta is not None else None
        return None if meta is None or detail is None else (_known(meta), detail.detail)

    def read_many(self, arns: Collection[str]) -> dict[str, tuple[Known, bytes]]:
        """The same of many, in two round trips per hundred; those that the table does not have, whole, are missing."""
        with translated("the inventory"):
            metas = InventoryRow.batch_get([(_key(arn), _META) for arn in set(arns)], consistent_read=True)
            wanted = {(meta.pk, _DETAIL + meta.content_hash): _known(meta) for meta in metas if meta.content_hash}
            details = list(InventoryRow.batch_get(list(wanted), consistent_read=True)) if wanted else []
        return {known.arn: (known, row.detail) for row in details for known in [wanted[row.pk, row.sk]]}

    def known(self, arns: Collection[str]) -> dict[str, Known]:
        """What the table says of these, strongly consistent, in a round trip per hundred; what it does not have is missing."""
        if not arns:
            return {}
        with translated("the inventory"):
            metas = InventoryRow.batch_get([(_key(arn), _META) for arn in set(arns)], consistent_read=True)
            return {meta.arn: _known(meta) for meta in metas if meta.content_hash}

    def arns(self, account_id: str, kind: str, region: str = "") -> Iterator[str]:
        """One by one, of one region or of all. From the index, which lags a little."""
        there = InventoryRow.region == region if region else None
        with translated(f"the inventory of {account_id}"):
            rows = InventoryRow.by_scope.query(
                _scope(account_id, kind), filter_condition=there, attributes_to_get=["pk", "sk", "arn"]
            )
            for row in rows:
                yield row.arn

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
        guard = _unless_seen_later(observed_at, new=True)

        def lost(write: ResourceWrite) -> bool:
            if not _done(_meta(_scope(account_id, kind), write, observed_at), guard):
                return True
            if write.replaces not in {"", write.content_hash}:
                self._forget(write.arn, write.replaces, observed_at - 1)
            return False

        return {write.arn for write, left in zip(writes, _each(lost, writes), strict=True) if left}

    def remove(self, arns: Iterable[str], observed_at: int) -> set[str]:
        """Gives the ARNs that were left alone, because somebody saw them later. Raises Throttled or Upstream.

        Of one that the table does not know only the tombstone is written.
        """
        gone = list(arns)
        left = _each(lambda arn: not self._buried(arn, observed_at), gone)
        return {arn for arn, lost in zip(gone, left, strict=True) if lost}

    def _buried(self, arn: str, observed_at: int) -> bool:
        stone = InventoryRow(_key(arn), _META, observed_at=observed_at, expires_at=observed_at + TOMBSTONE)
        if not _done(stone, _unless_seen_later(observed_at, new=True)):
            return False
        with translated(f"the inventory of {arn}"):
            details = list(InventoryRow.query(_key(arn), InventoryRow.sk.startswith(_DETAIL), consistent_read=True))
        for row in details:
            self._forget(arn, row.sk.removeprefix(_DETAIL), observed_at)
        return True

    def withdraw(self, arns: Iterable[str], observed_at: int) -> None:
        """Notes that nobody has a right to these any more; what somebody saw later stays. Raises Throttled or Upstream."""
        for arn in arns:
            actions: list[Action] = [InventoryRow.granted.set("{}"), InventoryRow.observed_at.set(observed_at)]
            try:
                with translated(f"the inventory of {arn}"):
                    there = InventoryRow.content_hash.exists() & _unless_seen_later(observed_at)
                    InventoryRow(_key(arn), _META).update(actions=actions, condition=there)
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


def _each(work: Callable[[T], bool], items: Sequence[T]) -> list[bool]:
    """In the order of the items."""
    if len(items) <= _FEW:
        return [work(item) for item in items]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="inventory") as pool:
        return list(pool.map(work, items))


def _done(row: InventoryRow, condition: Condition) -> bool:
    try:
        with translated(f"the inventory of {row.pk.removeprefix('RES#')}"):
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
        technology=write.technology,
        region=write.region,
        config_id=write.config_id or None,
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


def _listed(row: InventoryRow) -> Listed:
    return Listed(
        arn=row.arn,
        name=row.name,
        tags=json.loads(row.tags or "{}"),
        owner=row.owner,
        observed_at=int(row.observed_at),
        technology=row.technology or "",
        region=row.region or "",
        config_id=row.config_id or "",
    )


def _known(row: InventoryRow) -> Known:
    return Known(
        arn=row.arn,
        name=row.name,
        content_hash=row.content_hash,
        observed_at=int(row.observed_at),
        granted=json.loads(row.granted or "{}"),
        region=row.region or "",
    )
