"""Table `notifications`. A note stands once, whoever it is for; each recipient has a list of keys, and a row that tells if it is empty.

pk NOTE#<key>         sk META    the note, and who read and who hid it
pk INBOX#<principal>  sk LATEST  when the newest was posted, and until when there is any
pk INBOX#<principal>  sk <key>   one note
"""

from collections.abc import Collection, Iterable

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from chalicelib.core.clock import Clock
from chalicelib.core.errors import Conflict
from chalicelib.db.base import Table
from chalicelib.db.errors import translated
from chalicelib.notifications.models import InboxAction, Kept, Note

_META, _LATEST = "META", "LATEST"
_MOST = 1_000
"""Keys of one principal that are looked at."""


class NoteRow(Table):
    suffix = "notifications"

    body = UnicodeAttribute(null=True)
    event_time = NumberAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    read_by = UnicodeSetAttribute(null=True)
    hidden_for = UnicodeSetAttribute(null=True)
    read_by_all = BooleanAttribute(null=True)
    hidden_for_all = BooleanAttribute(null=True)


class NoteStore:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def post(self, note: Note) -> None:
        """May be repeated; an older note never replaces a newer one."""
        self._newer(NoteRow(_note_key(note.key), _META), note, [NoteRow.body.set(note.model_dump_json())])
        for principal in sorted(note.recipients):
            for sk in (note.key, _LATEST):
                self._newer(NoteRow(_inbox_key(principal), sk), note, [])

    def _newer(self, row: NoteRow, note: Note, actions: list[Action]) -> None:
        times = [NoteRow.event_time.set(note.event_time), NoteRow.expires_at.set(note.expires_at)]
        newer = NoteRow.event_time.does_not_exist() | (NoteRow.event_time <= note.event_time)
        try:
            with translated("the inbox"):
                row.update(actions=[*actions, *times], condition=newer)
        except Conflict:
            return

    def of(self, principals: Collection[str]) -> tuple[Kept, ...]:
        """Newest first, the expired left out. Whoever has none costs one round trip; else each principal that has some costs one more."""
        now = self._clock.now()
        with translated("the inbox"):
            latest = NoteRow.batch_get([(_inbox_key(name), _LATEST) for name in principals])
            filled = [row.pk for row in latest if int(row.expires_at) > now]
            keys: dict[str, int] = {}
            for pk in filled:
                for row in NoteRow.query(pk, filter_condition=NoteRow.expires_at > now, limit=_MOST):
                    keys[row.sk] = max(int(row.event_time), keys.get(row.sk, 0))
        keys.pop(_LATEST, None)
        newest = sorted(keys, key=lambda key: (-keys[key], key))[:_MOST]
        notes = self.find(newest)
        return tuple(notes[key] for key in newest if key in notes)

    def find(self, keys: Iterable[str]) -> dict[str, Kept]:
        """By key, strongly consistent; what is not there is missing."""
        wanted = [(_note_key(key), _META) for key in set(keys)]
        with translated("the inbox"):
            rows = list(NoteRow.batch_get(wanted, consistent_read=True)) if wanted else []
        kept = map(_kept, rows)
        return {one.note.key: one for one in kept}

    def mark(self, kept: Kept, user: str, action: InboxAction) -> None:
        """Turns the mark on, or off where it is on. Raises Conflict when the note is gone."""
        row = NoteRow(_note_key(kept.note.key), _META)
        mine = {
            InboxAction.READ: (NoteRow.read_by, user in kept.read_by),
            InboxAction.HIDE: (NoteRow.hidden_for, user in kept.hidden_for),
        }
        everybodys = {
            InboxAction.READ_FOR_ALL: NoteRow.read_by_all.set(not kept.read_by_all),
            InboxAction.HIDE_FOR_ALL: NoteRow.hidden_for_all.set(not kept.hidden_for_all),
        }
        if action in mine:
            names, marked = mine[action]
            change: Action = names.delete({user}) if marked else names.add({user})
        else:
            change = everybodys[action]
        with translated("the notification"):
            row.update(actions=[change], condition=NoteRow.pk.exists())


def _kept(row: NoteRow) -> Kept:
    return Kept(
        note=Note.model_validate_json(row.body or ""),
        read_by=frozenset(row.read_by or ()),
        hidden_for=frozenset(row.hidden_for or ()),
        read_by_all=bool(row.read_by_all),
        hidden_for_all=bool(row.hidden_for_all),
    )


def _note_key(key: str) -> str:
    return f"NOTE#{key}"


def _inbox_key(principal: str) -> str:
    return f"INBOX#{principal}"
