"""One step of a request's life, taken by one of many who may try at once."""

from collections.abc import Callable, Sequence

from chalicelib.audit.models import AuditEntry, Outcome
from chalicelib.core.errors import Conflict, Throttled
from chalicelib.core.ids import ulid
from chalicelib.db.leases import Lease
from chalicelib.requests.items import Record
from chalicelib.requests.models import Event, Head, Request
from chalicelib.requests.rules import check_transition, not_found, standing
from chalicelib.requests.states import UNDECIDED
from chalicelib.requests.store import Moves, RequestStore

_TRIES = 4


def found(store: RequestStore, request_id: str) -> Request:
    """Raises NotFound."""
    request = store.find(request_id)
    if request is None:
        raise not_found()
    return request


def event(at: int, actor: str, kind: str, text: str) -> Event:
    return Event(id=ulid(), at=at, actor=actor, kind=kind, text=text)


def audited(
    head: Head,
    action: str,
    person: str,
    *,
    outcome: Outcome = Outcome.DONE,
    reason: str = "",
    **details: str | int | None,
) -> AuditEntry:
    """The entry of a step; its `event` tells one entry that was written twice from two entries."""
    return AuditEntry(
        action=action,
        person=person,
        target=head.principal_arn,
        outcome=outcome,
        reason=reason[:2000],
        details={"request_id": head.id, "requester": head.requester, "event": ulid(), **details},
    )


def take(
    store: RequestStore,
    request: Request,
    after: Callable[[Head], Head],
    records: Sequence[Record],
    moves: Moves | None = None,
    lease: Lease | None = None,
    frees: Lease | None = None,
) -> Head:
    """Stores the step, or raises Conflict saying who was faster and where the request stands.

    The database also refuses a step because of a note that was made at the same moment and changes nothing, or because somebody took
    over what was to be let go: then the step is taken again from the head as it is, and lets nothing go.
    """
    for _ in range(_TRIES):
        before = request.head
        wanted = after(before)
        # What is taken back may leave a request as it is, whatever it is.
        if moves is None or wanted.state is not before.state:
            check_transition(before.state, wanted.state)
        try:
            return store.advance(before, wanted, records, lease, moves, frees)
        except Conflict:
            frees = None
            request = found(store, before.id)
            if request.head.lock_version != before.lock_version:
                raise Conflict(_overtaken(request), reason="overtaken") from None
    raise Throttled(f"Request {request.head.id} is very busy. Try again in a moment.")


def _overtaken(request: Request) -> str:
    """Who was faster, as far as the request tells."""
    head = request.head
    if head.state not in UNDECIDED:
        return standing(head)
    by = next((f" by {one.actor}" for one in reversed(request.rulings) if one.revision == head.revision), "")
    return f"The request was changed meanwhile{by} and is {head.state} at revision {head.revision}. Reload it and look again."
