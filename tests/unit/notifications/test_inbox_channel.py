"""Notes about requests: who may decide finds one for each revision, until somebody has decided; what is news is a note of its own."""

from typing import Any

from chalicelib.core.hooks import NoticeKind
from chalicelib.notifications.channels.inbox import InboxChannel
from chalicelib.notifications.messages import Message, Recipient, Why
from chalicelib.notifications.models import Note
from tests.support.messages import REQUEST_ID, card, message, notice, shown_change
from tests.support.request_world import ADA, EVE


class Notes:
    def __init__(self) -> None:
        self.posted: dict[str, Note] = {}
        self.channel = InboxChannel(self)

    def post(self, note: Note) -> None:
        self.posted[note.key] = note

    def tell(self, kind: NoticeKind, **more: Any) -> None:
        shown = card(**{"open": True, **more})
        deciding = Recipient(principal=f"user:{ADA}", why=Why.DECIDES)
        asking = Recipient(principal=f"user:{EVE}", why=Why.REQUESTER)
        self.channel.tell(told(kind, shown, (deciding if shown.open else asking,)))

    @property
    def standing(self) -> dict[str, str]:
        """Headers of those that anybody sees, by what is special about their keys."""
        return {
            key.removeprefix(f"request-{REQUEST_ID}-"): note.header
            for key, note in self.posted.items()
            if note.recipients and note.expires_at > note.event_time
        }


def told(kind: NoticeKind, shown: Any, recipients: Any) -> Message:
    return message(notice(kind, "system:test"), shown, recipients=recipients)


ASKED = f"A request of {EVE} needs a decision"


def test_what_is_asked_for_goes_away_when_it_is_decided_and_the_requester_is_told() -> None:
    notes = Notes()
    notes.tell(NoticeKind.CREATED)
    assert notes.standing == {"1": ASKED}
    notes.tell(NoticeKind.APPROVED, open=False, state="Approved")
    notes.tell(NoticeKind.APPLIED, open=False, state="Applied")
    assert notes.standing == {"approved": "Your request: approved", "applied": "Your request: applied"}


def test_a_revision_and_a_reminder_take_the_place_of_what_asked_before() -> None:
    notes = Notes()
    notes.tell(NoticeKind.CREATED)
    notes.tell(NoticeKind.WAITING)
    assert notes.standing == {"1-again": ASKED}
    notes.tell(NoticeKind.REVISED, revision=2)
    assert notes.standing == {"2": ASKED}
    notes.tell(NoticeKind.REJECTED, revision=2, open=False, state="Rejected")
    assert notes.standing == {"rejected": "Your request: rejected"}


def test_an_end_that_is_near_says_so() -> None:
    notes = Notes()
    notes.tell(NoticeKind.ENDING, open=False, state="Applied")
    assert notes.standing == {"ending": "What you asked for ends soon"}


def test_a_note_lists_what_changes_as_plain_text() -> None:
    notes = Notes()
    many = tuple(shown_change(number) for number in range(7))
    notes.tell(NoticeKind.CREATED, changes=many, justification="*see* [here](https://evil.example)")
    (note,) = notes.posted.values()
    assert "- and 2 more" in note.message
    assert "\\*see\\* \\[here\\](https://evil.example)" in note.message
