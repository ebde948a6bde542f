"""How a request lies in its table: which item holds what, under which key, and in which index it can be found. Pure."""

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel

from chalicelib.core.model import Frozen
from chalicelib.requests.models import ChangeRecord, Comment, Due, Event, Head, Request, Revision, Ruling
from chalicelib.requests.states import UNDECIDED, OnFailure, State

META = "META"
ALL = "ALL"
OPEN = "OPEN"
DUE = "DUE#"
_SHARDS = 4
STUCK_SHARD = "DUE#STUCK"
"""What is stuck is due in a place of its own, so that counting it is one look."""

Record = Revision | ChangeRecord | Ruling | Comment | Event | Due
Model = TypeVar("Model", bound=BaseModel)


class _Row(Protocol):
    """An item of the table."""

    sk: Any
    body: Any


def key_of(request_id: str, sort: str) -> tuple[str, str]:
    return f"REQ#{request_id}", sort


def number_of(record: Record) -> str:
    """The sort key. Ids sort by time, revisions by number."""
    match record:
        case Revision():
            return f"REV#{record.number:06d}"
        case ChangeRecord():
            return f"CHG#{record.revision:06d}#{record.id}"
        case Ruling():
            return f"DECISION#{record.id}"
        case Comment():
            return f"COMMENT#{record.id}"
        case Event():
            return f"EVENT#{record.id}"
        case Due():
            return f"{DUE}{record.kind}#{record.id}"


def places_of(head: Head, record: Record) -> dict[str, Any]:
    """The attributes of a record's item that put it into indexes: changes are found by what they change, what is due by when."""
    match record:
        case ChangeRecord():
            return {"target": record.target, "created_at": head.created_at}
        case Due():
            return places_of_due(head.id, record)
        case _:
            return {}


def places_of_due(request_id: str, due: Due) -> dict[str, Any]:
    return {"due_at": due.at, "due_shard": STUCK_SHARD if due.stuck else _shard_of(request_id)}


def size_of(body: str) -> int:
    return len(body.encode())


def shards() -> tuple[str, ...]:
    return (*(f"DUE#{number}" for number in range(_SHARDS)), STUCK_SHARD)


def _shard(head: Head) -> str | None:
    if head.due_at is None:
        return None
    return STUCK_SHARD if head.stuck else _shard_of(head.id)


def _shard_of(request_id: str) -> str:
    return f"DUE#{zlib.crc32(request_id.encode()) % _SHARDS}"


class _Constant(Frozen):
    """The part of the head that never changes."""

    id: str
    requester: str
    principal_arn: str
    justification: str
    auto_approve: bool
    submitted_hash: str
    created_at: int
    on_failure: OnFailure = OnFailure.KEEP
    extends: str | None = None


def attributes_of(head: Head) -> dict[str, Any]:
    """The head as attributes of its item. None is no attribute."""
    return {
        "body": _Constant(**{name: getattr(head, name) for name in _Constant.model_fields}).model_dump_json(),
        "list_pk": None if head.state is State.DRAFT else ALL,
        "open_pk": OPEN if head.state in UNDECIDED else None,
        "requester": head.requester,
        "created_at": head.created_at,
        "state": head.state.value,
        "lock_version": head.lock_version,
        "revision": head.revision,
        "revision_hash": head.revision_hash,
        "summary": json.dumps(head.summary),
        "decide_by": head.decide_by,
        "reviewer": head.reviewer,
        "last_updated": head.last_updated,
        "generation": head.generation,
        "task_token": head.task_token,
        "attempts": head.attempts,
        "failure": head.failure,
        "outbox": json.dumps([entry.model_dump(mode="json") for entry in head.outbox]) if head.outbox else None,
        "due_kind": head.due_kind.value if head.due_kind else None,
        "due_at": head.due_at,
        "due_shard": _shard(head),
    }


_NUMBERS = ("lock_version", "revision", "decide_by", "last_updated", "generation", "attempts", "due_at")


def head_of(row: Any) -> Head:
    numbers = {name: getattr(row, name) for name in _NUMBERS}
    return Head.model_validate(
        {
            **json.loads(row.body),
            **{name: int(value) for name, value in numbers.items() if value is not None},
            "state": State(row.state),
            "revision_hash": row.revision_hash,
            "summary": json.loads(row.summary),
            "reviewer": row.reviewer,
            "task_token": row.task_token,
            "failure": row.failure,
            "outbox": json.loads(row.outbox) if row.outbox else (),
            "due_kind": row.due_kind,
        }
    )


def assembled(rows: Sequence[_Row]) -> Request | None:
    """A request from all its rows; None when there is none."""
    head = next((head_of(row) for row in rows if row.sk == META), None)
    if head is None:
        return None
    revisions = _documents(rows, "REV#", Revision)
    revision = next(found for found in revisions if found.number == head.revision)
    records = {record.id: record for record in _documents(rows, f"CHG#{head.revision:06d}#", ChangeRecord)}
    return Request(
        head=head,
        revision=revision,
        records=tuple(records[change.id] for change in revision.changes),
        rulings=tuple(_documents(rows, "DECISION#", Ruling)),
        comments=tuple(_documents(rows, "COMMENT#", Comment)),
        events=tuple(_documents(rows, "EVENT#", Event)),
        dues=tuple(_documents(rows, DUE, Due)),
        earlier=tuple(found for found in revisions if found.number < head.revision),
    )


def _documents(rows: Iterable[_Row], prefix: str, model: type[Model]) -> list[Model]:
    return [model.model_validate_json(row.body) for row in rows if row.sk.startswith(prefix)]
