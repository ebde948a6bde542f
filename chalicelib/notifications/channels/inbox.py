"""The inbox of everybody who is told. Who may decide finds one note for each revision, which is gone once somebody has decided."""

from chalicelib.notifications.messages import Message, Why
from chalicelib.notifications.models import Button, Note
from chalicelib.notifications.store import NoteStore

_KEEP = 7 * 86_400
"""Seconds: a decision may wait over a weekend."""
_TEXT = 500


class InboxChannel:
    name = "inbox"

    def __init__(self, store: NoteStore) -> None:
        self._store = store

    def tell(self, message: Message) -> None:
        for why in Why:
            if principals := message.named(why):
                self._store.post(note_of(message, why, principals))
        card = message.card
        if not card.open:
            self._store.post(_withdrawn(message, card.revision))
        if card.revision > 1:
            self._store.post(_withdrawn(message, card.revision - 1))


def _withdrawn(message: Message, revision: int) -> Note:
    """In the place of the note that asks for a decision about that revision: for nobody, and over."""
    note = note_of(message, Why.DECIDES, frozenset())
    return note.model_copy(update={"key": key_of(message, Why.DECIDES, revision), "expires_at": message.at})


def key_of(message: Message, why: Why, revision: int) -> str:
    """What somebody has hidden stays hidden, so what is news has a key of its own."""
    return f"request-{message.card.request_id}-{revision if why is Why.DECIDES else message.notice.kind}"


def note_of(message: Message, why: Why, principals: frozenset[str]) -> Note:
    card = message.card
    said = message.notice.reason or card.justification
    lines = [f"{message.headline}.", *(f"- {plain(change.title)}" for change in card.changes[:5])]
    if more := len(card.changes) - 5:
        lines += [f"- and {more} more"] if more > 0 else []
    if said:
        lines.append(f"“{plain(said[:_TEXT])}”")
    return Note(
        key=key_of(message, why, card.revision),
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
    return f"Your request: {message.card.state.lower()}"


def plain(text: str) -> str:
    """What Markdown would take for its own is kept as it is."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>#" else letter for letter in text)
