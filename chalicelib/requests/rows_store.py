"""The rows of table `requests`, and what a write of them changes and requires."""

from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import LimitExceeded
from chalicelib.db.base import Table, connection
from chalicelib.requests.items import Record, attributes_of, key_of, number_of, places_of, size_of
from chalicelib.requests.models import ChangeRecord, Due, Head

ITEM_LIMIT = 350_000
"""Bytes in one item; DynamoDB ends at 400 KB."""


class _List(GlobalSecondaryIndex["RequestRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "list"
        projection = AllProjection()

    list_pk = UnicodeAttribute(hash_key=True)
    created_at = NumberAttribute(range_key=True)


class _Changed(GlobalSecondaryIndex["RequestRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "changed"
        projection = AllProjection()

    list_pk = UnicodeAttribute(hash_key=True)
    last_updated = NumberAttribute(range_key=True)


class _Requester(GlobalSecondaryIndex["RequestRow"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "requester"
        projection = AllProjection()

    requester = UnicodeAttribute(hash_key=True)
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
    by_changed = _Changed()
    by_requester = _Requester()
    by_due = _Due()


def transaction() -> TransactWrite:
    """Its token makes the library's own second try, after an answer that was lost, the same transaction."""
    return TransactWrite(connection=connection(), client_request_token=str(uuid4()))


def replaces(record: Record) -> bool:
    """Whether the step may find the item there already."""
    return isinstance(record, ChangeRecord | Due)


def row_of(head: Head, record: Record) -> RequestRow:
    body = record.model_dump_json()
    if size_of(body) > ITEM_LIMIT:
        raise LimitExceeded(
            f"The request is larger than {ITEM_LIMIT} bytes. Split it into several requests.", reason="body_too_large"
        )
    return RequestRow(*key_of(head.id, number_of(record)), body=body, **places_of(head, record))


def differences(before: Head, after: Head) -> list[Action]:
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


def untouched(before: Head, after: Head) -> Condition:
    old, new = attributes_of(before), attributes_of(after)
    condition: Condition = RequestRow.lock_version == before.lock_version
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            attribute = getattr(RequestRow, name)
            condition &= attribute.does_not_exist() if old.get(name) is None else attribute == old[name]
    return condition
