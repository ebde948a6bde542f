"""Table `requests`: a request is read whole with one query, and every step of its life is one conditional transaction.

`META` holds the Head field by field, so that a step writes only what it changes; the other items hold one document each and
are never changed, but for `CHG`, which moves only together with the head, and `DUE`, which goes away when it is done.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from pynamodb.exceptions import DoesNotExist

from chalicelib.audit.models import AuditEntry
from chalicelib.db.errors import translated
from chalicelib.db.leases import FREED, GrantRow, Lease
from chalicelib.requests.items import (
    DUE,
    META,
    STUCK_SHARD,
    Record,
    assembled,
    attributes_of,
    head_of,
    key_of,
    number_of,
    places_of_due,
    shards,
)
from chalicelib.requests.ledger import Hold
from chalicelib.requests.ledger_store import HoldRow, hold_row, key_of_hold
from chalicelib.requests.models import Due, Head, Request
from chalicelib.requests.rows_store import RequestRow, differences, replaces, row_of, transaction, untouched
from chalicelib.requests.states import DueKind

_DUE_LIMIT = 200
"""Of one shard, at one look: the rest is overdue a minute later, too."""


class Overdue(NamedTuple):
    """Something that is overdue, as an index has it: `due` beside the request's workflow, or None for the workflow itself."""

    at: int
    request_id: str
    due: Due | None = None


class Moves(NamedTuple):
    """What goes along with a step: what is due no more, and what is kept or let go at the place that a lease is held for."""

    done: Sequence[Due] = ()
    held: Sequence[Hold] = ()
    released: Sequence[Hold] = ()


Notices = Callable[[Head, Sequence[AuditEntry]], Sequence[Due]]
"""What people are to be told of what a step has left for the audit log."""


def _nothing(_head: Head, _entries: Sequence[AuditEntry]) -> tuple[Due, ...]:
    return ()


class RequestStore:
    def __init__(self, notices: Notices = _nothing) -> None:
        """What people are to be told is stored with every step, here, where no step can forget it."""
        self._notices = notices

    def add(self, head: Head, records: Sequence[Record]) -> None:
        """Stores a new request, all or nothing. Raises Conflict when there is one of this id, LimitExceeded when it is too large."""
        row = RequestRow(*key_of(head.id, META), **attributes_of(head))
        with translated(f"request {head.id}"), transaction() as step:
            step.save(row, condition=RequestRow.pk.does_not_exist())
            for record in (*records, *self._notices(head, head.outbox)):
                step.save(row_of(head, record), condition=RequestRow.pk.does_not_exist())

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

    def advance(
        self,
        before: Head,
        after: Head,
        records: Iterable[Record] = (),
        lease: Lease | None = None,
        moves: Moves | None = None,
        frees: Lease | None = None,
    ) -> Head:
        """One step of a request's life: the head and everything that belongs to the step, all or nothing.

        Records are added; those of changes and what is due are replaced. `frees` is let go with the step: whoever dies right after it
        keeps nobody waiting. Raises Conflict when somebody made a step since `before` was read, when the lease is lost, or when somebody
        took over what is to be let go.
        """
        after = after.model_copy(update={"lock_version": before.lock_version + 1})
        with translated(f"request {before.id}"), transaction() as step:
            step.update(
                RequestRow(*key_of(before.id, META)),
                actions=differences(before, after),
                condition=RequestRow.lock_version == before.lock_version,
            )
            new = [entry for entry in after.outbox if entry not in before.outbox]
            for record in (*records, *self._notices(after, new)):
                condition = None if replaces(record) else RequestRow.pk.does_not_exist()
                step.save(row_of(after, record), condition=condition)
            moves = moves or Moves()
            for due in moves.done:
                step.delete(RequestRow(*key_of(before.id, number_of(due))))
            for hold in moves.held:
                step.save(hold_row(hold))
            for hold in moves.released:
                step.delete(HoldRow(*key_of_hold(hold)))
            held = lease.held(after.last_updated) if lease is not None else None
            if frees is not None:
                step.update(
                    GrantRow(*frees.key), actions=list(FREED), condition=frees.not_taken_over if held is None else held
                )
            elif lease is not None:
                step.condition_check(GrantRow, *lease.key, condition=held)
        return after

    def discard(self, head: Head) -> None:
        """Throws away what nobody but its author has seen. Raises Conflict when it made a step since it was read."""
        pk = key_of(head.id, META)[0]
        with translated(f"request {head.id}"):
            rest = [row.sk for row in RequestRow.query(pk, consistent_read=True) if row.sk != META]
            RequestRow(pk, META).delete(condition=RequestRow.lock_version == head.lock_version)
            with RequestRow.batch_write() as batch:
                for sort in rest:
                    batch.delete(RequestRow(pk, sort))

    def settle(self, before: Head, after: Head) -> Head:
        """Notes what was done about a request, without being a step of its life. Raises Conflict when anything that it changes,
        or the state, is not as `before` says.
        """
        actions = differences(before, after)
        if actions:
            with translated(f"request {before.id}"):
                RequestRow(*key_of(before.id, META)).update(actions=actions, condition=untouched(before, after))
        return after

    def put_token(self, head: Head, token: str) -> None:
        """Notes who waits for the decision. Raises Conflict when another execution was started meanwhile."""
        with translated(f"request {head.id}"):
            RequestRow(*key_of(head.id, META)).update(
                actions=[RequestRow.task_token.set(token)], condition=RequestRow.generation == head.generation
            )

    def comment(self, head: Head, records: Sequence[Record], now: int, told: Sequence[AuditEntry] = ()) -> None:
        """Adds items that change nothing about the request, and what people are told of it. Raises Conflict when it does not exist."""
        notices = self._notices(head.model_copy(update={"last_updated": now}), told)
        with translated(f"request {head.id}"), transaction() as step:
            step.update(
                RequestRow(*key_of(head.id, META)),
                actions=[RequestRow.last_updated.set(now)],
                condition=RequestRow.pk.exists(),
            )
            for record in (*records, *notices):
                step.save(row_of(head, record), condition=RequestRow.pk.does_not_exist())

    def due(self, now: int) -> list[Overdue]:
        """What is overdue, longest first. From an index: whoever acts reads the request itself."""
        found: list[Overdue] = []
        with translated("what is due"):
            for shard in shards():
                rows = RequestRow.by_due.query(shard, RequestRow.due_at <= now, limit=_DUE_LIMIT)
                found += [_overdue(row) for row in rows]
        return sorted(found, key=lambda one: one.at)

    def find_due(self, request_id: str, kind: DueKind, name: str) -> Due | None:
        """What is due beside the workflow, strongly consistent; None once it is done."""
        with translated(f"request {request_id}"):
            try:
                row = RequestRow.get(*key_of(request_id, f"{DUE}{kind}#{name}"), consistent_read=True)
            except DoesNotExist:
                return None
        return Due.model_validate_json(row.body or "")

    def settle_due(self, head_id: str, before: Due, after: Due | None) -> None:
        """Notes what became of a try, None when it is done. Raises Conflict when it is not as `before` says any more."""
        key = key_of(head_id, number_of(before))
        unchanged = RequestRow.body == before.model_dump_json()
        with translated(f"request {head_id}"):
            if after is None:
                RequestRow(*key).delete(condition=unchanged)
            else:
                RequestRow(*key, body=after.model_dump_json(), **places_of_due(head_id, after)).save(
                    condition=unchanged
                )

    def stuck(self) -> int:
        """How much is shown as stuck."""
        with translated("what is stuck"):
            return RequestRow.by_due.count(STUCK_SHARD)


def _overdue(row: RequestRow) -> Overdue:
    at, request_id = int(row.due_at or 0), row.pk.removeprefix("REQ#")
    return Overdue(at, request_id, None if row.sk == META else Due.model_validate_json(row.body or ""))
