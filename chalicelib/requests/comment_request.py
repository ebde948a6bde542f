"""Saying something about a request: changes neither its state nor who decided."""

from chalicelib.core.clock import Clock
from chalicelib.core.errors import InvalidInput
from chalicelib.core.ids import ulid
from chalicelib.core.principals import Principal
from chalicelib.requests.announce import COMMENT
from chalicelib.requests.create_request import TEXT_LIMIT
from chalicelib.requests.models import Comment, Request
from chalicelib.requests.rules import Person
from chalicelib.requests.states import State
from chalicelib.requests.steps import audited
from chalicelib.requests.store import RequestStore


class RequestCommenter:
    def __init__(self, *, store: RequestStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def comment(self, request: Request, person: Person, text: str | None, reply_to: str | None = None) -> None:
        """Raises InvalidInput for a text that is empty or too long, and for an answer to a comment that there is not."""
        if not text or not text.strip():
            raise InvalidInput("comment_text: a comment needs a text.", reason="no_comment_text")
        if len(text) > TEXT_LIMIT:
            raise InvalidInput(f"comment_text: longer than {TEXT_LIMIT} characters.", reason="text_too_long")
        if reply_to is not None and all(said.id != reply_to for said in request.comments):
            raise InvalidInput("reply_to: the request has no comment of this id.", reason="no_such_comment")
        now = self._clock.now()
        comment = Comment(id=ulid(), actor=person.user, text=text, written_at=now, reply_to=reply_to)
        told = audited(request.head, COMMENT, str(Principal.user(person.user)), reason=text)
        # A draft is nobody's but its author's.
        self._store.comment(request.head, [comment], now, () if request.head.state is State.DRAFT else (told,))
