"""Saying something about a request: changes neither its state nor who decided."""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput
from chalicelib.core.ids import ulid
from chalicelib.requests.create_request import TEXT_LIMIT
from chalicelib.requests.models import Comment, Request
from chalicelib.requests.rules import Person
from chalicelib.requests.store import RequestStore


class RequestCommenter:
    def __init__(self, *, store: RequestStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def comment(self, request: Request, person: Person, text: str | None) -> None:
        """Raises InvalidInput for a text that is empty or too long."""
        if not text or not text.strip():
            raise InvalidInput("comment_text: a comment needs a text.", reason="no_comment_text")
        if len(text) > TEXT_LIMIT:
            raise InvalidInput(f"comment_text: longer than {TEXT_LIMIT} characters.", reason="text_too_long")
        now = self._clock.now()
        comment = Comment(id=ulid(), actor=person.user, text=text, written_at=now)
        self._store.comment(request.head, [comment], now)
