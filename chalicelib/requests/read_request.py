"""One request, as the person who looks at it may see and treat it."""

from chalicelib.requests.models import RequestsConfig
from chalicelib.requests.present import detail
from chalicelib.requests.rules import Person, not_found
from chalicelib.requests.steps import found
from chalicelib.requests.store import RequestStore
from chalicelib.requests.wire import RequestDetail


class RequestReader:
    def __init__(self, *, store: RequestStore, config: RequestsConfig) -> None:
        self._store = store
        self._config = config

    def read(self, request_id: str, person: Person) -> RequestDetail:
        """Changes nothing. Raises NotFound, also for a request that the person does not see."""
        request = found(self._store, request_id)
        if not person.may_look_at(request.head.requester, request.targets):
            raise not_found()
        return detail(request, person, self._config)
