"""One request, as the person who looks at it may see and treat it."""

from chalicelib.core.errors import InvalidInput
from chalicelib.requests.models import Request, RequestsConfig, Revision
from chalicelib.requests.present import detail
from chalicelib.requests.present_review import compared, revisions
from chalicelib.requests.rules import Person, not_found
from chalicelib.requests.states import State
from chalicelib.requests.steps import found
from chalicelib.requests.store import RequestStore
from chalicelib.requests.wire import RequestDetail
from chalicelib.requests.wire_review import ComparedRevisions


class RequestReader:
    def __init__(self, *, store: RequestStore, config: RequestsConfig) -> None:
        self._store = store
        self._config = config

    def read(self, request_id: str, person: Person) -> RequestDetail:
        """Changes nothing. Raises NotFound, also for a request that the person does not see."""
        return detail(self._seen(request_id, person), person, self._config)

    def compare(self, request_id: str, person: Person, older: int | None, newer: int | None) -> ComparedRevisions:
        """Two revisions by their numbers: the last one and the one before, unless others are asked for. Raises NotFound, or
        InvalidInput for a revision that there is not.
        """
        request = self._seen(request_id, person)
        last = request.revision.number if newer is None else newer
        first = max(last - 1, 1) if older is None else older
        return compared(_revision(request, first), _revision(request, last), request.head.revision)

    def _seen(self, request_id: str, person: Person) -> Request:
        request = found(self._store, request_id)
        if not may_see(request, person):
            raise not_found()
        return request


def may_see(request: Request, person: Person) -> bool:
    """A draft only its author; all others as the person sees what they change."""
    if request.head.state is State.DRAFT:
        return request.head.requester == person.user
    return person.may_look_at(request.head.requester, request.targets)


def _revision(request: Request, number: int) -> Revision:
    known = {revision.number: revision for revision in revisions(request)}
    if number not in known:
        numbers = ", ".join(map(str, known))
        raise InvalidInput(f"The request has no revision {number}. It has: {numbers}.", reason="no_such_revision")
    return known[number]
