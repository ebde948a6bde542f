"""Table `requests`: a request is read whole with one query, and every step of its life is one conditional transaction.

`META` holds the Head field by field, so that a step writes only what it changes; the other items hold one document each and
are never changed, but for `CHG`, which moves only together with the head.
"""

from collections.abc import Iterable, Iterator, Sequence
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import LimitExceeded
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.db.leases import GrantRow, Lease
from chalicelib.requests.items import (
    ALL,
    META,
    STUCK_SHARD,
    Record,
    assembled,
    attributes_of,
    head_of,
    key_of,
    number_of,
    shards,
    size_of,
    targets_of,
)
from chalicelib.requests.models import ChangeRecord, Head, Request

ITEM_LIMIT = 350_000
"""Bytes in one item; DynamoDB ends at 400 KB."""

_DUE_LIMIT = 200
"""Of one shard, at one look: the rest is overdue a minute later, too."""


class _List(GlobalSecondaryIndex["RequestRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "list"
        projection = AllProjection()

    list_pk = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class _Due(GlobalSecondaryIndex["RequestRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "due"
        projection = AllProjection()

    due_shard = UnicodeAttribute(hash_key=True)
    due_at = NumberAttribute(range_key=True)


class RequestRow(Table):
    suffix = "requests"

    body = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    lock_version = NumberAttribute(null=True)
    revision = NumberAttribute(null=True)
    revision_hash = UnicodeAttribute(null=True)
    summary = UnicodeAttribute(null=True)
    decide_by = NumberAttribute(null=True)
    reviewer = UnicodeAttribute(null=True)
    last_updated = NumberAttribute(null=True)
    generation = NumberAttribute(null=True)
    task_token = UnicodeAttribute(null=True)
    attempts = NumberAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    outbox = UnicodeAttribute(null=True)
    due_kind = UnicodeAttribute(null=True)
    due_shard = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    list_pk = UnicodeAttribute(null=True)
    open_pk = UnicodeAttribute(null=True)
    requester = UnicodeAttribute(null=True)
    target = UnicodeAttribute(null=True)
    created_at = NumberAttribute(null=True)

    by_list = _List()
    by_due = _Due()


class RequestStore:
    def add(self, head: Head, records: Sequence[Record]) -> None:
        """Stores a new request, all or nothing. Raises Conflict when there is one of this id, LimitExceeded when it is too large."""
        row = RequestRow(*key_of(head.id, META), **attributes_of(head))
        with translated(f"request {head.id}"), _transaction() as transaction:
            transaction.save(row, condition=RequestRow.pk.does_not_exist())
            for record in records:
                transaction.save(_row(head, record), condition=RequestRow.pk.does_not_exist())

    def find(self, request_id: str) -> Request | None:
        """The whole request, strongly consistent."""
        with translated(f"request {request_id}"):
            rows = list(RequestRow.query(key_of(request_id, META)[0], consistent_read=True))
        return assembled(rows)

    def head(self, request_id: str) -> Head | None:
        """Only what rules the request, strongly consistent."""
        with translated(f"request {request_id}"):
            try:
                return head_of(RequestRow.get(*key_of(request_id, META), consistent_read=True))
            except DoesNotExist:
                return None

    def advance(self, before: Head, after: Head, records: Iterable[Record] = (), lease: Lease | None = None) -> Head:
        """One step of a request's life: the head and everything that belongs to the step, all or nothing.

        Raises Conflict when somebody made a step since `before` was read, or when the lease is lost.
        """
        after = after.model_copy(update={"lock_version": before.lock_version + 1})
        with translated(f"request {before.id}"), _transaction() as transaction:
            transaction.update(
                RequestRow(*key_of(before.id, META)),
                actions=_differences(before, after),
                condition=RequestRow.lock_version == before.lock_version,
            )
            for record in records:
                moved = isinstance(record, ChangeRecord) and record.attempt > 0
                transaction.save(_row(after, record), condition=None if moved else RequestRow.pk.does_not_exist())
            if lease is not None:
                transaction.condition_check(GrantRow, *lease.key, condition=lease.held(after.last_updated))
        return after

    def settle(self, before: Head, after: Head) -> Head:
        """Notes what was done about a request, without being a step of its life. Raises Conflict when anything that it changes,
        or the state, is not as `before` says.
        """
        actions = _differences(before, after)
        if actions:
            with translated(f"request {before.id}"):
                RequestRow(*key_of(before.id, META)).update(actions=actions, condition=_untouched(before, after))
        return after

    def put_token(self, head: Head, token: str) -> None:
        """Notes who waits for the decision. Raises Conflict when another execution was started meanwhile."""
        with translated(f"request {head.id}"):
            RequestRow(*key_of(head.id, META)).update(
                actions=[RequestRow.task_token.set(token)], condition=RequestRow.generation == head.generation
            )

    def comment(self, head: Head, records: Sequence[Record], now: int) -> None:
        """Adds items that change nothing about the request. Raises Conflict when it does not exist."""
        with translated(f"request {head.id}"), _transaction() as transaction:
            transaction.update(
                RequestRow(*key_of(head.id, META)),
                actions=[RequestRow.last_updated.set(now)],
                condition=RequestRow.pk.exists(),
            )
            for record in records:
                transaction.save(_row(head, record), condition=RequestRow.pk.does_not_exist())

    def newest(self) -> Iterator[Head]:
        """Every request, newest first; pages are read as they are used."""
        with translated("the list of requests"):
            yield from (head_of(row) for row in RequestRow.by_list.query(ALL, scan_index_forward=False))

    def due(self, now: int) -> list[str]:
        """Ids of requests with something overdue, longest first. From an index: whoever acts reads the request itself."""
        found: list[tuple[int, str]] = []
        with translated("what is due"):
            for shard in shards():
                rows = RequestRow.by_due.query(shard, RequestRow.due_at <= now, limit=_DUE_LIMIT)
                found += [(int(row.due_at or 0), row.pk.removeprefix("REQ#")) for row in rows]
        return [request_id for _, request_id in sorted(found)]

    def stuck(self) -> int:
        """How many requests are shown as stuck."""
        with translated("what is stuck"):
            return RequestRow.by_due.count(STUCK_SHARD)


def _transaction() -> TransactWrite:
    """Its token makes the library's own second try, after an answer that was lost, the same transaction."""
    return TransactWrite(connection=connection(), client_request_token=str(uuid4()))


def _row(head: Head, record: Record) -> RequestRow:
    body = record.model_dump_json()
    if size_of(body) > ITEM_LIMIT:
        raise LimitExceeded(
            f"The request is larger than {ITEM_LIMIT} bytes. Split it into several requests.", reason="body_too_large"
        )
    return RequestRow(*key_of(head.id, number_of(record)), body=body, **targets_of(head, record))


def _differences(before: Head, after: Head) -> list[Action]:
    """Only what changed is written; what became nothing is removed, so that sparse indexes forget it."""
    old, new = attributes_of(before), attributes_of(after)
    actions: list[Action] = []
    for name in sorted(old.keys() | new.keys()):
        attribute = getattr(RequestRow, name)
        if new.get(name) is None and old.get(name) is not None:
            actions.append(attribute.remove())
        elif old.get(name) != new.get(name):
            actions.append(attribute.set(new[name]))
    return actions


def _untouched(before: Head, after: Head) -> Condition:
    old, new = attributes_of(before), attributes_of(after)
    condition: Condition = RequestRow.lock_version == before.lock_version
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            attribute = getattr(RequestRow, name)
            condition &= attribute.does_not_exist() if old.get(name) is None else attribute == old[name]
    return condition
