"""Table `jobs`, small notes that a task leaves for its next run: where it was, and what came of it. Never what anything is decided by."""

from typing import TypeVar

from pydantic import ValidationError
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist

from chalicelib.core.model import Frozen
from chalicelib.db.base import Table
from chalicelib.db.errors import translated

Note = TypeVar("Note", bound=Frozen)

_NOTE = "NOTE"


class NoteRow(Table):
    suffix = "jobs"

    body = UnicodeAttribute(null=True)


class Notes:
    def find(self, name: str, kind: type[Note]) -> Note | None:
        """Strongly consistent; None when there is none, or only one that an older version of this product wrote otherwise."""
        with translated(f"the note {name}"):
            try:
                row = NoteRow.get(_NOTE, name, consistent_read=True)
            except DoesNotExist:
                return None
        try:
            return kind.model_validate_json(row.body or "")
        except ValidationError:
            return None

    def put(self, name: str, note: Frozen) -> None:
        """The last word counts."""
        with translated(f"the note {name}"):
            NoteRow(_NOTE, name).update(actions=[NoteRow.body.set(note.model_dump_json())])
