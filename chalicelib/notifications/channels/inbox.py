"""The inbox of everybody who is told. Who may decide finds one note for each revision, which is gone once somebody has decided."""

from typing import Protocol

from chalicelib.core.hooks import NoticeKind
from chalicelib.notifications.messages import Message, Why
from chalicelib.notifications.models import Button, Note

_KEEP = 7 * 86_400
"""Seconds: a decision may wait over a weekend."""
_TEXT = 500


class Notes(Protocol):
    def post(self, note: Note) -> None:
        """In the place of the one before with the same key."""


class InboxChannel:
    name = "inbox"

    def __init__(self, store: Notes) -> None:
        self._store = store

    def tell(self, message: Message) -> None:
        for why in Why:
            if principals := message.named(why):
                self._store.post(note_of(message, why, principals))
        for key in _over(message):
            # In the place of the note that asks for a decision: for nobody, and over.
            note = note_of(message, Why.DECIDES, frozenset())
            self._store.post(note.model_copy(update={"key": key, "expires_at": message.at}))


def _over(message: Message) -> list[str]:
    """Keys of notes that ask for what is not to be decided any more, or is asked for by another note."""
    card, first, again = message.card, _asking(message, 0), _asking(message, 0, again=True)
    over = [_asking(message, -1), _asking(message, -1, again=True)] if card.revision > 1 else []
    if not card.open:
        return [*over, first, again]
    return [*over, first] if message.notice.kind is NoticeKind.WAITING else over


def _asking(message: Message, later: int, *, again: bool = False) -> str:
    return f"request-{message.card.request_id}-{message.card.revision + later}{'-again' if again else ''}"


def key_of(message: Message, why: Why) -> str:
    """What somebody has hidden stays hidden, so what is news has a key of its own."""
    if why is Why.DECIDES:
        return _asking(message, 0, again=message.notice.kind is NoticeKind.WAITING)
    return f"request-{message.card.request_id}-{message.notice.kind}"


def note_of(message: Message, why: Why, principals: frozenset[str]) -> Note:
    card = message.card
    said = message.notice.reason or card.justification
    lines = [f"{message.headline}.", *(f"- {plain(change.title)}" for change in card.changes[:5])]
    if more := len(card.changes) - 5:
        lines += [f"- and {more} more"] if more > 0 else []
    if said:
        lines.append(f"“{plain(said[:_TEXT])}”")
    return Note(
        key=key_of(message, why),
        kind=f"request_{message.notice.kind}",
        recipients=principals,
        event_time=message.at,
        expires_at=message.at + _KEEP,
        header=_header(message, why),
        message="\n".join(lines),
        buttons=(Button(uri=f"/policies/request/{card.request_id}", text="Open the request"),),
        details={"request_id": card.request_id, "state": card.state, "requester": card.requester},
    )


def _header(message: Message, why: Why) -> str:
    if why is Why.DECIDES:
        return f"A request of {message.card.requester} needs a decision"
    if message.notice.kind is NoticeKind.ENDING:
        return "What you asked for ends soon"
    return f"Your request: {message.card.state.lower()}"


def plain(text: str) -> str:
    """What Markdown would take for its own is kept as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#" else letter for letter in text)
